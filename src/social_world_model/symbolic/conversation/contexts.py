"""Convert a transcript to S3AP: one step per line, and everybody who is present hears the line.

The other people perceive an utterance in the next step, as ``<same_as_last_action />``. A state lists the people in the
conversation if this list has changed. A state also contains the text of stage lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.prose import closed, joined
from social_world_model.s3ap.tags import without_tags
from social_world_model.symbolic.conversation.presence import Attendance, attendance
from social_world_model.symbolic.conversation.transcript import Channel, Transcript, TranscriptLine, read_transcript
from social_world_model.symbolic.doubts import Doubts, written
from social_world_model.symbolic.parser import NOT_READ, TraceEntry
from social_world_model.symbolic.provenance import Provenance
from social_world_model.symbolic.steps import Fact, Source, Step, check_size, context_of

MANUAL = (
    "Written by the symbolic model from the transcript, in the words of the transcript. Each line is a step. A state "
    "says who is in the conversation when that changes."
)
BEGINNING = "Written by the symbolic model from the transcript"
"""Beginning of the manuals of all versions."""
CHANNEL_MEMBERS = "The members of the channel read every message that is written while they are members."
CHANNEL_HISTORY = "The members of the channel read every message, also messages from the time before they joined."
CHANNEL_MANUALS: Mapping[Channel, str] = {"members": CHANNEL_MEMBERS, "history": CHANNEL_HISTORY}
"""Sentences in the manual of a channel. They say who reads the messages."""
SAYS = "says: "
JOINS, LEAVES = "joins the conversation", "leaves the conversation"
HERE = "in the conversation."


def parse_conversation(narrative: str, guidance: str = "") -> tuple[SocializedContext, list[TraceEntry]]:
    """Convert a transcript to S3AP.

    Parameters
    ----------
    narrative
        Transcript with lines such as ``Ann: Hello`` and stage lines such as ``(Ann leaves)``.
    guidance
        Domain instructions. The manual of the context contains these instructions and a list of the unread lines.

    Returns
    -------
    tuple
        A valid context, and a trace with one entry for each line that contains text.

    Raises
    ------
    NarrativeError
        If the transcript has no line with a known speaker.
    """
    transcript = read_transcript(narrative)
    check_size(narrative, len(transcript.cast), len(transcript.lines))
    attending = attendance(transcript)
    steps = [Step()]
    provenance = Provenance(steps, transcript.cast)
    trace: list[TraceEntry] = []
    before: frozenset[str] = frozenset()
    step_of_line: list[int] = []
    for line, people, hearers in zip(transcript.lines, attending.there, attending.hears, strict=True):
        present = [name for name in transcript.cast if name in people]
        heard = [name for name in transcript.cast if name in hearers]
        step_of_line.append(len(steps))
        entry = len(trace)
        if people != before:
            come, gone = people - before, before - people
            sources = [*([entry - 1] if gone else []), *([entry] if come else [])]
            facts = Fact(_who_is_here(present), people, tuple(Source(one, told=False) for one in sources))
            steps[-1].facts.append(facts)
        before = people
        if line.text:
            place = str(len(steps)), line.start, line.end
            trace.append(TraceEntry(line.number, line.text, tuple(heard), *place, provenance, entry))
        if _happens(steps[-1], line, present, Source(entry)):
            steps.append(steps[-1].next(heard))
    channel = CHANNEL_MANUALS[transcript.channel] if transcript.channel else ""
    doubts = written(_doubts(attending, step_of_line))
    manual = " ".join(part for part in (MANUAL, channel, guidance, doubts, _unread(transcript)) if part)
    return context_of(steps, transcript.cast, manual), trace


def _doubts(attending: Attendance, step_of_line: Sequence[int]) -> Doubts:
    """Return the steps in which it is a guess whether a person hears what is said."""
    return {name: frozenset(step_of_line[line] for line in lines) for name, lines in attending.guesses.items()}


def _happens(step: Step, line: TranscriptLine, present: Sequence[str], source: Source) -> bool:
    """Add a line to a step. Return True if the step then has an action, because the next line needs a new step."""
    if line.kind == "note" or (line.kind == "utterance" and not line.people and not line.to_all):
        text = without_tags(line.text)
        told = closed(text) if line.kind == "note" else f'Somebody says: "{closed(text)}"'
        step.facts.append(Fact(told, frozenset(present), (source,)))
    elif line.text:
        does = {"join": JOINS, "leave": LEAVES}.get(line.kind) or f'{SAYS}"{without_tags(line.text)}"'
        step.acts = dict.fromkeys(present if line.to_all else line.people, does)
        step.acts_source = source
    return bool(step.acts)


def _who_is_here(present: Sequence[str]) -> str:
    if not present:
        return f"Nobody is {HERE}"
    return f"{joined(present)} {'is' if len(present) == 1 else 'are'} {HERE}"


def _unread(transcript: Transcript) -> str:
    """List the numbers of the unread lines with reasons. The manual is visible to every agent, so no text is quoted."""
    told = "; ".join(f"line {problem.number}, {problem.why}" for problem in transcript.problems)
    return f"{NOT_READ} {told}." if told else ""
