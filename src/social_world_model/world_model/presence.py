"""Find agents who act or perceive in a context, although the same context says that the agents have left.

An agent who has left a room can act elsewhere, and can hear what happens in the room. A contradiction is therefore
certain only if both the room of the event and the absence from this room are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from social_world_model.errors import shortened
from social_world_model.s3ap import Event, SocializedContext, events
from social_world_model.s3ap.alignment import named

_PLACE = (
    r"(?:the |his |her |their )?(?P<place>[^\W\d_][\w-]*(?: (?!(?:again|and|but|for|then|to|when|while|with)\b)\w+)?)"
)
_LEAVING = (
    r"(?:leaves?|left|exits?|exited|departs?|departed|(?:walks?|walked|steps?|stepped|goes|went|runs?|ran|storms?|stormed)"
    r" (?:out of|away from))"
)
_LEAVES = re.compile(
    rf"(?:(?:then|quietly|quickly|suddenly|soon|just|has|have) )*{_LEAVING}(?: (?:from )?{_PLACE})?(?: again)?\W*",
    re.IGNORECASE,
)
_IS_AWAY = re.compile(
    r"(?:is|was) (?:(?:now |still |currently )?(?:absent|away|gone|asleep|outside|elsewhere|no longer (?:here|present))"
    rf"|(?:no longer|not) in {_PLACE})\W*",
    re.IGNORECASE,
)
_ENTERS = re.compile(
    r"\b(?:enters?|entered|returns? to|returned to|(?:arrives?|arrived) (?:in|at)"
    r"|(?:comes?|came|goes|went|walks?|walked|runs?|ran|steps?|stepped) into"
    rf"|(?:is|are|was|were|stays?|stayed|remains?|remained) (?:\w+ )?(?:in|at|inside)) {_PLACE}",
    re.IGNORECASE,
)
_STAYING = re.compile(
    r"(?:\w+ly )?(?:(?:ask|clean|cook|cut|drop|eat|empt|examin|fill|find|fix|hand|hear|hid|hit|hum|kill|laugh|lift"
    r"|lock|look|mov|nod|notic|open|pick|plac|play|pour|push|put|read|remov|shift|sing|sit|smil|stor|swap|switch|tak"
    r"|transfer|wash|watch|whisper|wip|writ)\w*|ate|clos(?:es?|ed)|drank|drinks?|found|gave|gives?|grab\w*|heard|sat"
    r"|saw|sees?|sang|stands?|stood|steals?|stole|took|wrote)\b"
    r"(?! (?:\w+ly )?(?:back|inside|into|on|over|to|towards?|up)\b)",
    re.IGNORECASE,
)
"""Actions that bring nobody to another room."""
_MOTION = re.compile(
    r"\b(?:arriv\w*|back|climb\w*|com(?:es?|ing)|came|cross\w*|driv\w*|drove|enter\w*|follow\w*|goes|going|went|head\w*"
    r"|join\w*|march\w*|re-?enter\w*|reach\w*|return\w*|runs?|ran|rush\w*|travel\w*|visit\w*|walk\w*)\b",
    re.IGNORECASE,
)
_FROM_AFAR = re.compile(
    r"\b(?:call\w*|camera|distance|door(?:way)?|hear\w*|listen\w*|message|outside|overhear\w*|peek\w*|peer\w*|phone|screen"
    r"|secretly|spie[sd]|spy\w*|through|video|window)\b",
    re.IGNORECASE,
)
_HERE = re.compile(r"\b(?:in|inside|at|back|return\w*|enter\w*|again)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Absence:
    """An agent who acts or perceives after leaving.

    Parameters
    ----------
    text
        Description for a model or a reader.
    is_certain
        Whether the context contradicts itself. Otherwise, the agent may act in another place or may have returned.
    """

    text: str
    is_certain: bool


def says_leaving(act: str) -> bool:
    """Return whether the words of an act only say that the agent leaves.

    Parameters
    ----------
    act
        Words of the act, without the name of the agent.

    Examples
    --------
    >>> says_leaving("leaves the room"), says_leaving("leaves the ball in the box")
    (True, False)
    """
    return _LEAVES.fullmatch(act) is not None


def absences(context: SocializedContext) -> list[Absence]:
    """Return the agents who act or perceive after leaving.

    Parameters
    ----------
    context
        A context without errors.

    Examples
    --------
    >>> step = lambda number, al, bo, seen: {
    ...     "timestep": str(number), "state": "none", "observations": seen, "actions": {"Al": al, "Bo": bo}
    ... }
    >>> both = {"Al": "<same_as_last_action />", "Bo": "<same_as_last_action />"}
    >>> steps = [
    ...     step(1, "enters the den", "enters the den", {"Al": "none", "Bo": "none"}),
    ...     step(2, "leaves the den", "none", both),
    ...     step(3, "none", "hides the key", both),
    ...     step(4, "none", "none", both),
    ... ]
    >>> found = absences(SocializedContext.from_data({"agents_names": ["Al", "Bo"], "socialized_context": steps}))
    >>> found[0].text, found[0].is_certain
    ("step 4: Al perceives 'Bo hides the key' in the den, but left the den in step 2", True)
    """
    timesteps = [step.timestep for step in context.socialized_context]
    return list(dict.fromkeys(_Walk(context.agents_names, timesteps).over(events(context))))


@dataclass(frozen=True)
class _Gone:
    """Where and when an agent left. The place is empty if it is unknown."""

    place: str
    position: int
    timestep: str

    def __str__(self) -> str:
        return f"left{f' the {self.place}' if self.place else ''} in step {self.timestep}"


@dataclass
class _Walk:
    """Places of the agents while the events of a context are read in order."""

    cast: Sequence[str]
    timesteps: Sequence[str]
    place_of: dict[str, str] = field(default_factory=dict)
    gone: dict[str, _Gone] = field(default_factory=dict)
    seen_later: list[tuple[Event, str, str]] = field(default_factory=list)

    def over(self, all_events: Sequence[Event]) -> Iterator[Absence]:
        """Yield the absences, step by step."""
        steps: list[list[Event]] = [[] for _ in self.timesteps]
        for event in all_events:
            steps[event.position].append(event)
        for position, happening in enumerate(steps):
            for event in happening:
                if event.kind in ("fact", "percept"):
                    self._learn(event)
            yield from self._observations(position)
            acts = [event for event in happening if event.actor is not None and event.kind in ("act", "utterance")]
            for event in acts:
                self._move(event)
            for event in acts:
                yield from self._action(event)
            for event in acts:
                self._leave(event)

    def _learn(self, event: Event) -> None:
        """Take the places of agents from a fact, or from a sentence of an observation."""
        about = named(event.text, self.cast)
        if event.kind == "percept":
            if _HERE.search(event.text):
                for name in event.observers | about:
                    self.gone.pop(name, None)
            return
        rest = _after_names(event.text, self.cast)
        away = _LEAVES.fullmatch(rest) or _IS_AWAY.fullmatch(rest)
        inside = _ENTERS.search(event.text)
        for name in about:
            if away and len(about) == 1:
                self._set_gone(name, away["place"] if "place" in away.re.groupindex else None, event)
            else:
                self.gone.pop(name, None)
                if inside:
                    self.place_of[name] = inside["place"].casefold()

    def _move(self, event: Event) -> None:
        actor = event.actor or ""
        does = _after_names(event.text, self.cast)
        if _LEAVES.fullmatch(does):
            return
        moves = _MOTION.search(does) or not _STAYING.match(does)
        if event.kind == "utterance" or moves:
            self.gone.pop(actor, None)
        if inside := _ENTERS.search(event.text):
            self.place_of[actor] = inside["place"].casefold()
        elif moves:
            self.place_of.pop(actor, None)

    def _leave(self, event: Event) -> None:
        if left := _LEAVES.fullmatch(_after_names(event.text, self.cast)):
            self._set_gone(event.actor or "", left["place"], event)

    def _set_gone(self, name: str, place: str | None, event: Event) -> None:
        known = self.place_of.pop(name, "")
        if name not in self.gone:
            self.gone[name] = _Gone((place or known).casefold(), event.position, event.timestep)

    def _action(self, event: Event) -> Iterator[Absence]:
        """Yield an action of an absent agent. Remember who else perceives the action."""
        actor = event.actor or ""
        gone = self.gone.get(actor)
        if gone is not None and event.kind == "act":
            there = bool(gone.place) and re.search(rf"\bin the {re.escape(gone.place)}\b", event.text, re.IGNORECASE)
            text = f"step {event.timestep}: {actor} acts ({shortened(event.text, 60)!r}), but {gone}"
            yield Absence(text, is_certain=bool(there))
        if event.kind == "act" and not _FROM_AFAR.search(event.text):
            place = self.place_of.get(actor, "")
            self.seen_later += [(event, name, place) for name in event.observers - {actor} if name in self.gone]

    def _observations(self, position: int) -> Iterator[Absence]:
        """Yield the observations of absent agents in a step."""
        due = [one for one in self.seen_later if one[0].percepts[one[1]].position <= position]
        self.seen_later = [one for one in self.seen_later if one not in due]
        for event, name, place in due:
            gone = self.gone.get(name)
            percept = event.percepts[name]
            if gone is None or gone.position >= event.position or _FROM_AFAR.search(percept.text):
                continue
            certain = bool(place) and place == gone.place
            where = f" in the {place}" if certain else ""
            seen = f"{name} perceives {shortened(event.text, 60)!r}{where}"
            text = f"step {self.timesteps[percept.position]}: {seen}, but {gone}"
            yield Absence(text, is_certain=certain)


def _after_names(text: str, cast: Sequence[str]) -> str:
    """Return the words after the names at the start of a sentence."""
    for name in sorted(cast, key=len, reverse=True):
        if text.startswith(name):
            return text.removeprefix(name).strip()
    return text
