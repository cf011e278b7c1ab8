"""Training samples for a parser: each sample is a request, as `parse` sends it, and the expected reply."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from social_world_model.choices import Wire
from social_world_model.generation_utils.model import Prompt
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.wire_forms import WIRE_FORMS
from social_world_model.world_model.parsing import parse_prompt, wire_text

HASH_BYTES = 16
"""Length of a hash in bytes: large enough for a hundred million narratives, small enough to keep all hashes in
memory."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A request and the expected reply.

    Parameters
    ----------
    narrative
        Story to parse.
    prompt
        Request to the model, with the same wording as in `LanguageModelParser`.
    reply
        Expected reply: the context in the wire form.
    source
        Name of the benchmark or folder that the sample comes from.
    """

    narrative: str
    prompt: str
    reply: str
    source: str = ""


def sample_of(
    narrative: str, guidance: str, context: SocializedContext, source: str = "", *, wire: Wire = "standard"
) -> Sample:
    """Make a sample from a context. The prompt is the text that `LanguageModelParser` sends.

    Parameters
    ----------
    narrative, guidance
        Story and domain instructions, as for `parse`.
    context
        Context that the model should return.
    source
        Name of the benchmark or folder that the sample comes from.
    wire
        Wire form of the reply.

    Raises
    ------
    ContextError
        If the context has no wire form.
    """
    prompt = Prompt(text=parse_prompt(narrative, guidance, wire=wire), shape=WIRE_FORMS[wire].shape)
    return Sample(narrative=narrative, prompt=prompt.whole_text, reply=wire_text(context, wire), source=source)


def messages(sample: Sample) -> list[dict[str, str]]:
    """Return a sample as a conversation in the format of verl, TRL and Together.

    >>> [m["role"] for m in messages(Sample(narrative="Al sang.", prompt="Parse: Al sang.", reply="{}"))]
    ['user', 'assistant']
    """
    return [{"role": "user", "content": sample.prompt}, {"role": "assistant", "content": sample.reply}]


def folded(narrative: str) -> str:
    r"""Return a narrative with single spaces instead of line breaks and repeated spaces.

    >>> folded("Al  sang.\nBo left. ")
    'Al sang. Bo left.'
    """
    return " ".join(narrative.split())


def text_hash(*parts: str) -> bytes:
    """Return a short hash of a sequence of texts."""
    text = "\x00".join(parts).encode(errors="surrogatepass")
    return hashlib.sha256(text).digest()[:HASH_BYTES]


def is_held_out(narrative: str, share: float, seed: int) -> bool:
    """Return whether a narrative is held out for validation. A hash of narrative and seed decides.

    Parameters
    ----------
    narrative
        Text of the story.
    share
        Share of narratives that are held out, from 0 to 1.
    seed
        Random seed. Another seed holds out other narratives.
    """
    drawn = int.from_bytes(text_hash(str(seed), folded(narrative))[:8])
    return drawn < share * 2**64
