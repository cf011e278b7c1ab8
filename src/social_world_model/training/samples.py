"""What a parser is trained on: the request that `parse` sends, and the context that it should get back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.wire import SocializedContextForModel
from social_world_model.world_model.parsing import parse_prompt, wire_text

HASH_BYTES = 16
"""Enough to tell a hundred million narratives apart, and small enough to keep all hashes of a run."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A request, and the right reply to it.

    Parameters
    ----------
    narrative
        The story that is to be parsed.
    prompt
        What the model is asked, as `LanguageModelParser` asks it.
    reply
        The wire form of its context.
    source
        Where it comes from: a benchmark's name, or a folder's.
    """

    narrative: str
    prompt: str
    reply: str
    source: str = ""


def sample_of(
    narrative: str, guidance: str, context: SocializedContext, source: str = "", *, schema_in_prompt: bool = False
) -> Sample:
    """Return the sample that a context gives.

    Parameters
    ----------
    narrative, guidance
        As `parse` takes them.
    context
        The reply that is right.
    source
        Where it comes from.
    schema_in_prompt
        Whether the form is asked for in words, as it is where an endpoint has no guided decoding.

    Raises
    ------
    ContextError
        If the context has no wire form.
    """
    prompt = parse_prompt(narrative, guidance)
    if schema_in_prompt:
        prompt = f"{format_instructions(SocializedContextForModel)}\n\n{prompt}"
    return Sample(narrative=narrative, prompt=prompt, reply=wire_text(context), source=source)


def messages(sample: Sample) -> list[dict[str, str]]:
    """Return a sample as the conversation that verl, TRL and Together read.

    >>> [m["role"] for m in messages(Sample(narrative="Al sang.", prompt="Parse: Al sang.", reply="{}"))]
    ['user', 'assistant']
    """
    return [{"role": "user", "content": sample.prompt}, {"role": "assistant", "content": sample.reply}]


def folded(narrative: str) -> str:
    r"""Return a narrative without the blanks that another file may have put elsewhere.

    >>> folded("Al  sang.\nBo left. ")
    'Al sang. Bo left.'
    """
    return " ".join(narrative.split())


def text_hash(*parts: str) -> bytes:
    """Return a short hash of texts, kept apart from each other."""
    text = "\x00".join(parts).encode(errors="surrogatepass")
    return hashlib.sha256(text).digest()[:HASH_BYTES]


def is_held_out(narrative: str, share: float, seed: int) -> bool:
    """Tell whether a narrative is one to validate on: a matter of its words and the seed, and of nothing else.

    Parameters
    ----------
    narrative
        The story.
    share
        How many of a hundred narratives, divided by a hundred, are held out.
    seed
        Another one holds out others.
    """
    drawn = int.from_bytes(text_hash(str(seed), folded(narrative))[:8])
    return drawn < share * 2**64
