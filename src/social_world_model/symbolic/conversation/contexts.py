"""From a transcript to S3AP: a step a line, and who is there hears it.

What is said in a step is perceived by the others in the next, as ``<same_as_last_action />``. A state holds who is in
the conversation, where that has changed, and what stage lines tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from social_world_model.s3ap import SocializedContext, SocializedStructure
from social_world_model.s3ap.prose import closed
from social_world_model.s3ap.tags import NONE, SAME_AS_LAST_ACTION, SAME_AS_STATE, split_pieces
from social_world_model.symbolic.conversation.presence import presence
from social_world_model.symbolic.conversation.transcript import Line, Transcript, read_transcript
from social_world_model.symbolic.reader import TraceEntry

MANUAL = (
    "Written by the symbolic model from the transcript, in its words, a step a line. A state says who is in the "
    "conversation where that has changed; whoever is in it hears what is said."
)
SAYS = "says: "
JOINS, LEAVES = "joins the conversation", "leaves the conversation"
HERE = "in the conversation."


def parse_conversation(narrative: str, guidance: str = "") -> tuple[SocializedContext, list[TraceEntry]]:
    """Turn a transcript into S3AP.

    Parameters
    ----------
    narrative
        Lines of ``Name: utterance``, and stage lines.
    guidance
        Domain instructions; they are kept in the context's manual, with what could not be read.

    Returns
    -------
    tuple
        A valid context, and a trace with one entry per line that says something.

    Raises
    ------
    NarrativeError
        If nobody says anything.
    """
    transcript = read_transcript(narrative)
    there = presence(transcript)
    steps = [_Step()]
    trace: list[TraceEntry] = []
    before: frozenset[str] = frozenset()
    for line, people in zip(transcript.lines, there, strict=True):
        present = [name for name in transcript.cast if name in people]
        if people != before:
            steps[-1].facts.append(_who_is_here(present))
        steps[-1].present, before = people, people
        trace.append(TraceEntry(line.number, line.text, tuple(present), str(len(steps))))
        if _happens(steps[-1], line, present):
            steps.append(_Step(heard=people, actors=frozenset(steps[-1].acts)))
    context = SocializedContext(
        agents_names=list(transcript.cast),
        socialized_context=[step.finished(str(number), transcript.cast) for number, step in enumerate(steps, start=1)],
        context_manual=" ".join(part for part in (MANUAL, guidance, _unread(transcript)) if part),
    )
    return context, trace


def _happens(step: _Step, line: Line, present: Sequence[str]) -> bool:
    """Put a line into a step; tell whether somebody acts in it, so that the next line is another step's."""
    if line.kind == "note" or (line.kind == "utterance" and not line.people and not line.to_all):
        text = _plain(line.text)
        step.facts.append(closed(text) if line.kind == "note" else f'Somebody says: "{text}"')
    elif line.text:
        does = {"join": JOINS, "leave": LEAVES}.get(line.kind) or f'{SAYS}"{_plain(line.text)}"'
        step.acts = dict.fromkeys(present if line.to_all else line.people, does)
    return bool(step.acts)


def _plain(text: str) -> str:
    """Return what was said without brackets that would be read as tags."""
    if all(piece.kind == "text" for piece in split_pieces(text)):
        return text
    return text.translate(str.maketrans("<>[]", "‹›()"))


def _who_is_here(present: Sequence[str]) -> str:
    if not present:
        return f"Nobody is {HERE}"
    names = present[0] if len(present) == 1 else f"{', '.join(present[:-1])} and {present[-1]}"
    return f"{names} {'is' if len(present) == 1 else 'are'} {HERE}"


def _unread(transcript: Transcript) -> str:
    return f"Not understood: {'; '.join(transcript.problems)}." if transcript.problems else ""


@dataclass
class _Step:
    """A step while it is put together."""

    heard: frozenset[str] = frozenset()
    actors: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    facts: list[str] = field(default_factory=list)
    acts: dict[str, str] = field(default_factory=dict)

    def finished(self, timestep: str, cast: Sequence[str]) -> SocializedStructure:
        return SocializedStructure(
            timestep=timestep,
            state=" ".join(self.facts) or NONE,
            observations={name: self._observation(name) for name in cast},
            actions={name: self.acts.get(name, NONE) for name in cast},
        )

    def _observation(self, agent: str) -> str:
        own = len(self.actors) == 1 and agent in self.actors  # one's own act is perceived when it is done
        parts = (
            *([SAME_AS_LAST_ACTION] if agent in self.heard and not own else []),
            *([SAME_AS_STATE] if self.facts and agent in self.present else []),
        )
        return " ".join(parts) or NONE
