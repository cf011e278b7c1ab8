"""SOTOPIA: two people with private goals talk and act. The data comes from a bundle file of the user.

There is one scenario for each environment and cast. The rules are those of SOTOPIA's benchmark. The people act in turn,
at most 20 turns. An episode ends earlier if fewer than two people are left, or if two turns in a row are idle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from social_world_model.errors import ConfigurationError, DatasetError, GenerationError, shortened
from social_world_model.interaction import Act, ActKind, Briefing, Happening, Order, State, act_problem
from social_world_model.s3ap.tags import without_tags
from social_world_model.scenarios.base import Scenario
from social_world_model.scenarios.sotopia_data import Cast, Environment, PersonProfile, read_bundle, read_seats
from social_world_model.scenarios.sotopia_rendering import known_of, own_background, visible_text

MAX_TURNS = 20
MAX_IDLE_TURNS = 2
"""SOTOPIA allows at most two idle acts in a row, and also counts the person who has no turn. In round-robin order, two
idle turns exceed this number."""

KINDS: tuple[ActKind, ...] = ("speak", "non-verbal", "action", "leave", "none")
_LONG_NAME = "non-verbal communication"


def kind_in_sotopia(kind: ActKind) -> str:
    """Return SOTOPIA's name of a kind of act.

    Parameters
    ----------
    kind
        Kind of act.

    Examples
    --------
    >>> kind_in_sotopia("non-verbal"), kind_in_sotopia("speak")
    ('non-verbal communication', 'speak')
    """
    return _LONG_NAME if kind == "non-verbal" else kind


def kind_from_sotopia(name: str) -> ActKind:
    """Return the kind of act that SOTOPIA calls by a name.

    Parameters
    ----------
    name
        Name in SOTOPIA, such as ``"non-verbal communication"``.

    Raises
    ------
    DatasetError
        If SOTOPIA has no such kind.
    """
    kinds = {kind_in_sotopia(kind): kind for kind in KINDS}
    if name.strip() not in kinds:
        raise DatasetError(f"expected one of {', '.join(kinds)} as kind of an act, got {shortened(repr(name))}")
    return kinds[name.strip()]


@dataclass(frozen=True, kw_only=True)
class SotopiaScenario:
    """An environment of SOTOPIA with a cast.

    Parameters
    ----------
    id
        Codename of the environment and number of the cast, such as ``"share_blanket/0"``.
    situation
        The environment: situation, goals and relationship.
    people
        Profiles of the people, in the order of the seats.
    """

    id: str
    situation: Environment
    people: tuple[PersonProfile, ...]

    @property
    def environment(self) -> str:
        """Id of the environment."""
        return self.situation.pk

    @cached_property
    def cast(self) -> tuple[str, ...]:
        """Names of the people. A name that occurs again gets a number, such as ``"Leo Williams (2)"``."""
        names: list[str] = []
        for person in self.people:
            taken = {name.casefold() for name in names}
            plain = name = without_tags(person.name)
            number = 1
            while name.casefold() in taken:
                number += 1
                name = f"{plain} ({number})"
            names.append(name)
        return tuple(names)

    @property
    def seats(self) -> Mapping[str, str]:
        """Names by seat. Seats are numbers from 1."""
        return {str(number): name for number, name in enumerate(self.cast, start=1)}

    @property
    def main_seats(self) -> tuple[str, ...]:
        """All seats."""
        return tuple(self.seats)

    @property
    def max_turns(self) -> int:
        """Maximum number of turns, as in SOTOPIA's benchmark."""
        return MAX_TURNS

    @property
    def order(self) -> Order:
        """The people act one after the other."""
        return "round-robin"

    def start(self, seed: int) -> tuple[State, tuple[Happening, ...]]:
        """Return the first state, and the situation as the only fact. The seed changes nothing."""
        situation = Happening(text=visible_text(self.situation.scenario, None), observers=frozenset(self.cast))
        return {"turn": 0, "next": 0, "idle": 0, "gone": []}, (situation,) if situation.text else ()

    def briefing(self, name: str, state: State) -> Briefing:
        """Return what a person knows at the beginning. It contains no goal and no secret of another person.

        Parameters
        ----------
        name
            Name of the person.
        state
            Not used.
        """
        me = self.cast.index(name)
        shared = visible_text(self.situation.scenario, None)
        own = visible_text(self.situation.scenario, me)
        notes = [f"The situation as only I know it: {own}"] if own != shared else []
        if len({person.name.casefold() for person in self.people}) < len(self.people):
            notes.append(f"Some people here have the same name. The cast is {'; '.join(self.cast)}. I am {name}.")
        others = {
            other: known_of(person, self.situation.relationship, me)
            for other, person in zip(self.cast, self.people, strict=True)
            if other != name
        }
        return Briefing(
            scenario=shared,
            me=name,
            cast=self.cast,
            background="\n".join([own_background(self.people[me], name, me), *notes]),
            goal=visible_text(self.situation.goals[me], me),
            others={other: text for other, text in others.items() if text},
        )

    def available(self, state: State, name: str) -> tuple[ActKind, ...]:
        """Return all kinds of acts if it is the turn of the person, otherwise nothing.

        Parameters
        ----------
        state
            State at the beginning of the turn.
        name
            Name of the person.
        """
        return KINDS if name == self.cast[state["next"]] else ()

    def step(self, state: State, acts: Mapping[str, Act]) -> tuple[State, tuple[Happening, ...]]:
        """Return the next state, and the act as a happening. An idle turn has no happening.

        Parameters
        ----------
        state
            State at the beginning of the turn.
        acts
            The act of the person who acts in this turn, by name.

        Raises
        ------
        GenerationError
            If another person acts, or if the act is not possible, for example because a recipient has left.
        """
        name = self.cast[state["next"]]
        present = [one for one in self.cast if one not in state["gone"]]
        if list(acts) != [name]:
            raise GenerationError(f"expected an act of {name} and of nobody else, got acts of {', '.join(acts)}")
        act = acts[name]
        if problem := act_problem(act, me=name, cast=present, available=KINDS):
            raise GenerationError(problem)
        gone = [*state["gone"], *([name] if act.kind == "leave" else [])]
        left = [one for one in range(len(self.cast)) if self.cast[one] not in gone]
        later = [one for one in left if one > state["next"]]
        after: State = {
            "turn": state["turn"] + 1,
            "next": (later or left or [0])[0],
            "idle": state["idle"] + 1 if act.kind == "none" else 0,
            "gone": gone,
        }
        if act.kind == "none":
            return after, ()
        text = f"{name} {act.words.removeprefix(f'{name} ')}"
        observers = frozenset({name, *act.to}) if act.to and act.kind != "leave" else frozenset(present)
        return after, (Happening(text=text, observers=observers, actor=name),)

    def over(self, state: State) -> str | None:
        """Return why the episode is over; None if it is not over."""
        if len(self.cast) - len(state["gone"]) < 2:
            return "fewer than two people are left"
        if state["idle"] >= MAX_IDLE_TURNS:
            return f"nobody acted in {MAX_IDLE_TURNS} turns in a row"
        if state["turn"] >= MAX_TURNS:
            return f"the maximum of {MAX_TURNS} turns is reached"
        return None

    def score(self, state: State, name: str) -> Mapping[str, float] | None:
        """Return None: a judge must decide.

        Parameters
        ----------
        state
            Not used.
        name
            Not used.
        """
        return None


class SotopiaSource:
    """SOTOPIA's scenarios, read from a bundle file."""

    name = "sotopia"

    def load(self, data: Path | None) -> Sequence[Scenario]:
        """Return one scenario for each environment and cast in the file, in file order.

        The id of a scenario is the codename of its environment and the number of the cast in this environment, such as
        ``"share_blanket/0"``. If environments share a codename, the ids also contain the id of the environment, such as
        ``"share_blanket-01H7VFHQ/0"``.

        Parameters
        ----------
        data
            Bundle file; see `read_bundle`.

        Raises
        ------
        ConfigurationError
            If there is no file.
        DatasetError
            If the file cannot be used.
        """
        if data is None:
            raise ConfigurationError(
                "expected data for the scenario sotopia: a JSON file with environments, agents and env_agent_combos",
                parameters=("data",),
            )
        return _scenarios(read_bundle(data), data)


def _scenarios(casts: Sequence[Cast], path: Path) -> list[SotopiaScenario]:
    codenames = Counter(one.codename for one in {cast.environment.pk: cast.environment for cast in casts}.values())
    numbers: Counter[str] = Counter()
    scenarios: dict[str, SotopiaScenario] = {}
    for cast in casts:
        one = cast.environment
        label = one.codename if codenames[one.codename] == 1 else f"{one.codename}-{one.pk}"
        name = f"{label}/{numbers[one.pk]}"
        numbers[one.pk] += 1
        if name in scenarios:
            raise DatasetError(f"expected environments with different codenames in {path}, got {name!r} twice")
        if silent := [seat for seat, goal in enumerate(one.goals) if not visible_text(goal, seat)]:
            raise DatasetError(
                f"expected a goal for each seat in {path}, got no text that seat {silent[0] + 1} of the environment "
                f"{one.pk} may read"
            )
        scenarios[name] = SotopiaScenario(id=name, situation=one, people=cast.people)
    return list(scenarios.values())


SOURCE = SotopiaSource()

__all__ = ["KINDS", "SOURCE", "SotopiaScenario", "SotopiaSource", "kind_from_sotopia", "kind_in_sotopia", "read_seats"]
