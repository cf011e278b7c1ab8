"""Find sentences of a context that consist of words that the narrative does not contain."""

from __future__ import annotations

import re
from collections.abc import Iterator

from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.alignment import words_of
from social_world_model.s3ap.prose import sentences
from social_world_model.s3ap.tags import is_none, split_pieces

SHARE_FOREIGN = 0.5
"""A sentence is reported if at least this share of its content words does not occur in the narrative."""
PREFIX = 5
"""Content words with the same first letters count as the same word, such as "excited" and "excitement"."""
_WORD = re.compile(r"[^\W_]+")
_TOLERATED = frozenset(
    word[:PREFIX]
    for word in words_of(
        """about act action active actively after again agent all already also another any anyone appear approach
        around arrive as ask aware away back because become before begin believe between both but by can chat
        close closed come continue conversation current decide depart different down during each else end
        enter everyone everything exit explain express feel find first follow for from gather get give go gone
        group her here his hold how if inside into item itself join just keep know lack last later learn leave
        left listen locate long look make meeting mention moment more most move name nearby neither new next
        no nobody none nor nothing object observe off offer only open opened or other out outside over own
        people per perform person pick place presence present previous privately put question quiet react
        remain remember reply respond response return room said same say scene second share show silent
        situate situation so some somebody someone something speak stand start state stay step still such take
        talk tell than thank their then there they thing think through together took topic toward turn unaware
        under understand unseen until up upon use very visible wait walk want went what when where whether
        which while who whole whom whose why will within without would yes yet"""
    ).content
)
"""Words that need no evidence: function words, and words for presence, speech, perception and simple actions."""


def foreign_sentences(narrative: str, context: SocializedContext) -> Iterator[tuple[str, list[str]]]:
    """Yield the sentences of states and actions that are about something else, each with its foreign words.

    Parameters
    ----------
    narrative
        Text that the context describes.
    context
        A context without errors.
    """
    known = {stem[:PREFIX] for stem in _stems(narrative)} | _TOLERATED
    names = {stem[:PREFIX] for name in context.agents_names for stem in _stems(name)}
    for sentence in dict.fromkeys(_told(context)):
        content = {stem: stem[:PREFIX] for stem in _stems(sentence) if stem.isalpha()}
        judged = [stem for stem, start in content.items() if start not in names and start not in _TOLERATED]
        unknown = [stem for stem in judged if content[stem] not in known]
        if unknown and len(unknown) >= SHARE_FOREIGN * len(judged):
            yield sentence, unknown


def _told(context: SocializedContext) -> Iterator[str]:
    """Yield the sentences of all states and actions in words, without tags and mental states."""
    for step in context.socialized_context:
        for text in (step.state, *step.actions.values()):
            if not is_none(text):
                for piece in split_pieces(text):
                    if piece.kind == "text":
                        yield from sentences(piece.text.strip())


def _stems(text: str) -> list[str]:
    """Return the stems of the content words of a text, in alphabetical order."""
    return sorted(words_of(" ".join(_WORD.findall(text))).content)
