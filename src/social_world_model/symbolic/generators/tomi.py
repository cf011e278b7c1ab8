"""Generate stories like those of ToMi: one person moves an object, and another person may miss the move.

A story has two people (sometimes a third person elsewhere), one object, and two containers in one room. The story types
follow Le et al. (2019), ToMi:

- *true belief*: both people know where the object is, and each person knows that the other person knows;
- *false belief*: the other person misses the move;
- *second-order false belief*: the other person misses the move but returns alone and sees the object. The mover does
  not know that the other person returned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from social_world_model.symbolic.generators.dice import Dice
from social_world_model.symbolic.generators.oracle import Oracle
from social_world_model.symbolic.generators.story import BeliefQuestion, GeneratedStory
from social_world_model.symbolic.generators.vocabulary import CONTAINERS, NAMES, OBJECTS, ROOMS
from social_world_model.symbolic.generators.wordings import worded

STORY_TYPES = ("true_belief", "false_belief", "second_order_false_belief")
# With equal shares, 2 of 3 second-order answers, but only 1 of 6 first-order answers, would differ from reality.
_DRAWN_FROM = ("true_belief", "true_belief", "false_belief", "false_belief", "second_order_false_belief")
QUESTIONS_PER_STORY = 6

Beat = Callable[[], None]


def generate_tomi(n: int, seed: int = 0, *, canonical: bool = False) -> Iterator[GeneratedStory]:
    """Generate ToMi-like stories, one at a time.

    Parameters
    ----------
    n
        Number of stories. A larger number adds stories at the end and does not change the first stories.
    seed
        Seed for the random choices.
    canonical
        True writes the same stories in the sentences of the original ToMi, without paraphrases.

    Yields
    ------
    GeneratedStory
        A story with six rows: reality, memory, and the first- and second-order beliefs of both people. Columns: index,
        set_id, story (a list of sentences), question, answer, qTypeRaw, char1, char2, cands, story_type. If the correct
        answer to a belief question differs from the real place, ``qTypeRaw`` ends in ``_tom``. If both places are
        equal, ``qTypeRaw`` ends in ``_no_tom``. The digit in ``qTypeRaw`` is 0 for the person who is mentioned first,
        and 1 for the other person.

    Examples
    --------
    >>> [row["question"] for row in next(generate_tomi(1)).rows][:2]
    ['Where is the medal really?', 'Where was the medal at the beginning?']
    """
    for number in range(n):
        yield _story(number, Dice(f"tomi:{seed}:{number}"), canonical)


def _story(number: int, dice: Dice, canonical: bool) -> GeneratedStory:
    stage = _Stage(dice, canonical)
    story_type = dice.pick(_DRAWN_FROM)
    for beat in dice.woven(_plot(stage, story_type), _distractions(stage)):
        beat()
    common = {"set_id": str(number), "story": stage.sentences}
    rows = tuple(
        {"index": number * QUESTIONS_PER_STORY + position, **common, **row, "story_type": story_type}
        for position, row in enumerate(_rows(stage))
    )
    return GeneratedStory(set_id=str(number), narrative=" ".join(stage.sentences), rows=rows)


@dataclass
class _Stage:
    """The people, rooms and objects of a story, and the sentences that are already written."""

    dice: Dice
    canonical: bool = False
    sentences: list[str] = field(default_factory=list)
    named: dict[str, None] = field(default_factory=dict)  # people in order of first mention
    containers: dict[str, None] = field(default_factory=dict)
    rooms: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.oracle = Oracle(depth=2)
        self.mover, self.other, self.bystander = self.dice.sample(NAMES, 3)
        self.room, self.elsewhere = self.dice.sample(ROOMS, 2)
        self.source, self.target = self.dice.sample(CONTAINERS, 2)
        self.thing, *self.diversions = self.dice.sample(OBJECTS, 4)

    def tell(self, kind: str, **slots: str) -> None:
        self.sentences.append(worded(self.dice, kind, canonical=self.canonical, **slots))
        self.named |= {slots[slot]: None for slot in ("agent",) if slot in slots}
        self.rooms |= {slots[slot]: None for slot in ("room",) if slot in slots}

    def enter(self, agent: str, room: str) -> None:
        self.tell("enter", agent=agent, room=room)
        self.oracle.enter([agent], room)

    def be_there(self, agent: str, room: str) -> None:
        """Place a person in a room from the start."""
        self.tell("whereabouts", agent=agent, room=room)
        self.oracle.enter([agent], room)

    def leave(self, agent: str, room: str) -> None:
        self.tell("exit", agent=agent, room=room)
        self.oracle.leave(agent)

    def place(self) -> None:
        self.tell("contained", inner=self.thing, outer=self.source)
        self._stand(self.source)
        self.oracle.put(self.thing, self.source, self.room)

    def move(self) -> None:
        self.tell("move", agent=self.mover, thing=self.thing, place=self.target)
        self._stand(self.target)
        self.oracle.move(self.mover, self.thing, self.target)

    def like(self, agent: str, thing: str) -> None:
        self.tell("attitude", agent=agent, thing=thing)

    def _stand(self, container: str) -> None:
        """Write a sentence that names the room of a container, right after the first mention of the container."""
        self.tell("contained", inner=container, outer=self.room)
        self.containers[container] = None


def _plot(stage: _Stage, story_type: str) -> list[Beat]:
    """Return the events of a story type, in order."""
    plots = {
        "true_belief": _true_belief,
        "false_belief": _false_belief,
        "second_order_false_belief": _second_order_false_belief,
    }
    first, second = stage.dice.shuffled([stage.mover, stage.other])
    arrive = stage.be_there if stage.dice.chance(0.15) else stage.enter
    opening: list[Beat] = [partial(arrive, first, stage.room), partial(stage.enter, second, stage.room), stage.place]
    return opening + plots[story_type](stage)


def _true_belief(stage: _Stage) -> list[Beat]:
    away, back = _outing(stage, stage.other)
    variants: tuple[list[Beat], ...] = (
        [stage.move],
        [stage.move, *away],
        [*away, *back, stage.move],
        [*away, stage.move, *back],  # the mover sees that the other person returns and sees the object
    )
    return stage.dice.pick(variants)


def _false_belief(stage: _Stage) -> list[Beat]:
    away, _ = _outing(stage, stage.other)
    leaving: list[Beat] = [partial(stage.leave, stage.mover, stage.room)] if stage.dice.chance(0.5) else []
    return [*away, stage.move, *leaving]


def _second_order_false_belief(stage: _Stage) -> list[Beat]:
    away, back = _outing(stage, stage.other)
    leaving: list[Beat] = [partial(stage.leave, stage.mover, stage.room)]
    if stage.dice.chance(0.4):
        leaving.append(partial(stage.enter, stage.mover, stage.elsewhere))
    return [*away, stage.move, *leaving, *back]


def _outing(stage: _Stage, agent: str) -> tuple[list[Beat], list[Beat]]:
    """Return two lists of events: an agent leaves the room (and may enter another room), and the agent returns."""
    away: list[Beat] = [partial(stage.leave, agent, stage.room)]
    back: list[Beat] = [partial(stage.enter, agent, stage.room)]
    if stage.dice.chance(0.4):
        away.append(partial(stage.enter, agent, stage.elsewhere))
        back.insert(0, partial(stage.leave, agent, stage.elsewhere))
    return away, back


def _distractions(stage: _Stage) -> list[Beat]:
    """Return events that do not affect the answers: visits of a third person, and likes and dislikes."""
    people = [stage.mover, stage.other]
    comings: list[Beat] = []
    if stage.dice.chance(0.6):
        people.append(stage.bystander)
        room = stage.room if stage.dice.chance(0.25) else stage.elsewhere
        comings = [partial(stage.enter, stage.bystander, room), partial(stage.leave, stage.bystander, room)]
        comings = comings[: 1 + stage.dice.below(2)]
    tastes: list[Beat] = [
        partial(stage.like, stage.dice.pick(people), thing)
        for thing in stage.diversions[: stage.dice.below(len(stage.diversions) + 1)]
    ]
    return stage.dice.woven(comings, tastes)


def _rows(stage: _Stage) -> Iterator[dict[str, Any]]:
    """For each question of a story, yield the columns that differ between the questions."""
    cands = [*stage.containers, *stage.rooms]
    for kind, question in _questions(stage):
        char1, char2 = (*question.chain, "", "")[:2]
        yield {
            "question": question.text,
            "answer": question.answer,
            "qTypeRaw": kind,
            "char1": char1,
            "char2": char2,
            "cands": cands,
        }


def _questions(stage: _Stage) -> Iterator[tuple[str, BeliefQuestion]]:
    oracle, thing = stage.oracle, stage.thing
    really = oracle.place(thing)
    yield "reality", BeliefQuestion(text=f"Where is the {thing} really?", answer=really)
    beginning = f"Where was the {thing} at the beginning?"
    yield "memory", BeliefQuestion(text=beginning, answer=oracle.first_place(thing))
    pair = [name for name in stage.named if name in (stage.mover, stage.other)]
    asked = (
        ("first_order", "Where will {0} look for the {thing}?", 1),
        ("second_order", "Where does {0} think that {1} searches for the {thing}?", 2),
    )
    for order, wording, length in asked:
        for position, people in enumerate((pair, pair[::-1])):
            answer = oracle.belief(people[:length], thing)
            kind = f"{order}_{position}_{'no_tom' if answer == really else 'tom'}"
            text = wording.format(*people, thing=thing)
            yield kind, BeliefQuestion(text=text, chain=tuple(people[:length]), answer=answer)
