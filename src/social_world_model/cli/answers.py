"""Print answers of ``swm ask``: the answer, how certain it is, and the sentences that it depends on."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from social_world_model.errors import shortened

if TYPE_CHECKING:
    from social_world_model.s3ap import SocializedContext
    from social_world_model.world_model import Answer

TEXT_WIDTH = 100
"""Maximum number of characters of a sentence."""
UNREAD_SHOWN = 5
"""Maximum number of unread lines in a note."""
_UNREAD = re.compile(r"(?:^|; )(?P<of>line|sentence) (?P<number>\d+), (?P<why>.+?)(?=; (?:line|sentence) \d+, |\.?$)")
MAY_CHANGE = {
    "line": "these lines were not read, or only in part; they may say who comes or goes:",
    "sentence": "these sentences were not read, or only in part; they may change the answer:",
}


def show_answer(answer: Answer, context: SocializedContext, *, explained: bool) -> None:
    """Print an answer on stdout.

    Parameters
    ----------
    answer, context
        The answer, and the context that it comes from.
    explained
        Whether to print below the answer how certain it is, the reason, and the sentences that it depends on.
    """
    print(answer)
    if not explained:
        return
    print(f"{'certain' if answer.certain else 'uncertain'}{f': {answer.why}' if answer.why else ''}")
    of = _name_of_sentences(context)
    width = len(str(max(answer.evidence, default=0)))
    for number in answer.evidence:
        print(f"{of} {number:>{width}}: {_text(context, number)}")


def tell_guess(answer: Answer) -> None:
    """Print a note on stderr if an answer of the symbolic model is a guess."""
    if not answer.certain:
        why = f": {answer.why.rstrip('.')}" if answer.why else ""
        print(f"note: this answer is a guess{why}; use --why", file=sys.stderr)


def tell_unread(context: SocializedContext) -> None:
    """Print a note on stderr about the parts of a narrative that were not read. They may change the answer.

    An unread line of a transcript may say that a person comes or goes.
    """
    from social_world_model.symbolic.parser import not_read

    unread = not_read(context)
    parts = [(part["of"], int(part["number"]), part["why"]) for part in _UNREAD.finditer(unread)]
    if not parts:
        if unread:
            print(f"note: these parts were not read, or only in part: {unread}", file=sys.stderr)
        return
    print(f"note: {MAY_CHANGE[parts[0][0]]}", file=sys.stderr)
    for of, number, why in parts[:UNREAD_SHOWN]:
        text = _text(context, number)
        print(f"note:   {of} {number}{f': {text}' if text else ''} ({why})", file=sys.stderr)
    if (more := len(parts) - UNREAD_SHOWN) > 0:
        print(f"note:   … and {more} more; swm parse lists all", file=sys.stderr)


def _name_of_sentences(context: SocializedContext) -> str:
    from social_world_model.symbolic import domain_of

    return "line" if domain_of(context) == "conversation" else "sentence"


def _text(context: SocializedContext, number: int) -> str:
    """Return a line of a transcript, or a sentence of another narrative; ``""`` if the narrative is not known."""
    from social_world_model.symbolic.sources import source_of

    source = source_of(context)
    if source is None:
        return ""
    text = source.line(number) if _name_of_sentences(context) == "line" else source.sentence(number)
    return shortened(" ".join(text.split()), TEXT_WIDTH)
