"""Find out which sentences of a narrative made which events of a context."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from social_world_model.s3ap.events import EventDraft, EventExtractor
from social_world_model.s3ap.prose import sentence_spans
from social_world_model.symbolic.steps import Fact, Source, Step, Words, context_of

Origin = Literal["told", "inferred"]
"""``told``: the sentence states the event. ``inferred``: the parser inferred the event from the sentence."""


@dataclass(eq=False)
class Provenance:
    """The events that each sentence of a narrative made.

    The parts of the steps name their sentences. The ids of the events are assigned on first use, because the extraction
    of events takes as long as parsing, and most callers need only the context.

    Parameters
    ----------
    steps
        Steps of the context.
    cast
        Names of all agents, in order.
    """

    steps: Sequence[Step]
    cast: Sequence[str]

    def made_by(self, entry: int) -> Mapping[str, Origin]:
        """Return the ids of the events that a sentence made, each with its origin, in the order of the events.

        Parameters
        ----------
        entry
            0-based position of the sentence in the trace.
        """
        return dict(self._made.get(entry, {}))

    @cached_property
    def _made(self) -> Mapping[int, Mapping[str, Origin]]:
        extractor = EventExtractor(context_of(self.steps, self.cast))
        private: list[list[EventDraft]] = [[] for _ in self.steps]
        for draft in extractor.drafts:
            if draft.kind in ("percept", "mental"):
                private[draft.position].append(draft)
        told: dict[tuple[int, str], bool] = {}
        for position, step in enumerate(self.steps):
            for draft, source in _sources(step, position, extractor, private[position]):
                told[source.entry, draft.id] = told.get((source.entry, draft.id), False) or source.told
        rank = {draft.id: number for number, draft in enumerate(extractor.drafts)}
        made: dict[int, dict[str, Origin]] = {}
        for entry, id in sorted(told, key=lambda key: rank[key[1]]):
            made.setdefault(entry, {})[id] = "told" if told[entry, id] else "inferred"
        return made


def _sources(
    step: Step, position: int, extractor: EventExtractor, private: Sequence[EventDraft]
) -> Iterator[tuple[EventDraft, Source]]:
    """Yield each event of a step with each sentence that the event comes from."""
    facts = extractor.facts(position)
    if facts:  # none if the state is only the word "none"
        for draft, (_, sources) in zip(facts, _by_sentence(step.facts), strict=True):
            yield from ((draft, source) for source in sources)
    percepts = {draft.text.rstrip("."): draft for draft in private if draft.kind == "percept"}
    for agent in step.told:
        for text, sources in _by_sentence(step.in_words(agent)):
            if percept := percepts.get(text.rstrip(".")):
                yield from ((percept, source) for source in sources)
    for agent, thoughts in step.thoughts.items():
        own = [draft for draft in private if draft.kind == "mental" and draft.actor == agent]
        for draft, words in zip(own, thoughts, strict=True):
            yield from ((draft, source) for source in words.sources)
    if step.acts_source is not None:
        yield from ((draft, step.acts_source) for draft in extractor.acts(position).values())


def _by_sentence(parts: Sequence[Fact | Words]) -> Iterator[tuple[str, list[Source]]]:
    """Yield each sentence of a text that consists of parts, with the sources of the parts in this sentence.

    A part can have several sentences. A sentence can have several parts: "The ball is in box A." ends like an
    abbreviation, so the next part continues this sentence.
    """
    text = " ".join(part.text for part in parts)
    places: list[tuple[int, int, Fact | Words]] = []
    start = 0
    for part in parts:
        places.append((start, start + len(part.text), part))
        start += len(part.text) + 1
    first = 0
    for start, end in sentence_spans(text):
        while places[first][1] <= start:
            first += 1
        last = first
        while last < len(places) and places[last][0] < end:
            last += 1
        yield text[start:end], [source for *_, part in places[first:last] for source in part.sources]
