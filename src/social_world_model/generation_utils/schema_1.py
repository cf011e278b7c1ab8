"""Prompt texts in the keys of schema 1 of results, rebuilt from the current sections.

Results of schema 1 are valid while the prompts for queries have the same text as in schema 1. Once a section changes,
no result of schema 1 is valid, and this module can be deleted.
"""

from __future__ import annotations

from collections.abc import Mapping

from social_world_model.contracts import ModelConfig, Query
from social_world_model.generation_utils.configs import schema_1_config
from social_world_model.generation_utils.model import Sampling
from social_world_model.generation_utils.prompts import PROMPTS
from social_world_model.generation_utils.sections import PromptSpec

PINS: Mapping[str, str] = {
    "answer": "5ec2413e4c5a3477f2ec644e",
    "recount": "8946f2688b8148bd9995b40f",
    "foresee": "d55cae2d3f02df2cfe8be18a",
}
"""Hashes of the prompts in schema 1, computed by `wording_hash`."""

_ANSWER = (
    *("task", "nothing shown", "task without a question", "reasoning", "reasoning about nothing shown"),
    *("answer: option", "how to read a record", "how to read prose", "agent", "agent: of yourself"),
    *("agent: of others", "agent: a fact", "narrative", "context", "memory", "others_observations"),
    *("answer: words", "answer: sentence", "answer: yes_no", "answer: names", "answer: letter", "answer: text"),
    *("statements: recollection", "statements: future", "statements: opinion", "audience"),
)
_RECOUNT = ("task", "agent")
_FORESEE = ("task", "agent", "hypothesis", "question", "other ways")


def answerer_of_schema_1(
    prompts: Mapping[str, PromptSpec[Query]], sampling: Sampling, own: Mapping[str, str]
) -> ModelConfig | None:
    """Return the configuration of an answerer in the form of schema 1; None if prompts or settings have changed.

    Parameters
    ----------
    prompts
        All prompts that may be sent, by task.
    sampling
        Sampling options.
    own
        Custom prompt texts of the user, by name.
    """
    built_in = {name: prompts[name] if name in prompts else PROMPTS.get(name) for name in PINS}
    wordings = {
        "answer": _joined(built_in["answer"], _ANSWER),
        "recount": _joined(built_in["recount"], _RECOUNT),
        "foresee": _joined(built_in["foresee"], _FORESEE),
        "examples": _joined(built_in["answer"], ("examples",)),
    }
    return schema_1_config({**wordings, **own}, sampling, built_in, PINS)


def _joined(prompt: PromptSpec[Query], names: tuple[str, ...]) -> str:
    """Return sections in the form of schema 1: one per line, headings without the text below them."""
    texts = {section.name: section.text for section in prompt.sections}
    joined = "\n".join(texts.get(name, "").partition(":\n{")[0] for name in names)
    return joined.replace("{audience}", "{readers}").replace("{hypothesis}", "{supposing}")
