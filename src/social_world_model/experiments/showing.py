"""Look at one stored item: find its result, and rebuild the prompt that the model got.

Results do not contain prompts. The manifest contains the wording of every section of a prompt, and the result contains
the item and its context. The prompt is rebuilt from these parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from social_world_model.benchmarks import Benchmark
from social_world_model.contracts import Dataset, Query, Reply
from social_world_model.errors import DatasetError, SocialWorldModelError, did_you_mean, shortened
from social_world_model.experiments.answering import without_label
from social_world_model.experiments.plan import Plan
from social_world_model.experiments.session import shown_as
from social_world_model.experiments.stored import benchmark_of_run
from social_world_model.generation_utils.model import Sampling
from social_world_model.generation_utils.output_parsers import written_form
from social_world_model.generation_utils.prompts import PROMPTS, own_prompt, text_of
from social_world_model.generation_utils.sync import run_sync
from social_world_model.modes import MODES, get_mode
from social_world_model.runs.keys import content_key
from social_world_model.runs.names import file_stem
from social_world_model.runs.reading import StoredResults, read_result_file
from social_world_model.runs.results import Result
from social_world_model.s3ap import SocializedContext
from social_world_model.settings import RunSettings

ROLE = "answer"
OWN_PROMPT = "prompt file"
"""Name of the user's prompt file in the manifest."""
FORM = "form of the reply"
"""Name of the part that describes the form of the reply."""


@dataclass(frozen=True)
class PromptPart:
    """A part of a prompt: the name of its section, and its text."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class RebuiltPrompt:
    """The prompt of a stored item, rebuilt from the result and the manifest.

    Parameters
    ----------
    text
        Text of the prompt; empty if the prompt cannot be rebuilt.
    note
        How the prompt was rebuilt, or the reason why there is no prompt. The note contains "not as sent" if the wording
        of a part is not the wording in the run.
    parts
        The text by section, in the order of the prompt.
    """

    text: str
    note: str
    parts: tuple[PromptPart, ...] = ()


def stored_result(stored: StoredResults, index: str) -> Result:
    """Return the result of one item.

    Parameters
    ----------
    stored
        Results folder of a run.
    index
        Index of the item.

    Raises
    ------
    DatasetError
        If the folder has no result for this index, or if the result cannot be read.
    """
    path = stored.folder / f"{file_stem(index)}.json"
    if path.is_file():
        result = read_result_file(path)
        if result is not None and result.index == index:
            return result
    known = []
    for result in stored.results:
        if result.index == index:
            return result
        known.append(result.index)
    raise DatasetError(
        f"expected the index of a result in {stored.folder}, got {shortened(index)!r}{did_you_mean(index, known)}; "
        f"the folder has {len(known)} results"
    )


def prompt_of(stored: StoredResults, result: Result) -> RebuiltPrompt:
    """Rebuild the first prompt that a model got for an item. No model is called.

    Parameters
    ----------
    stored
        Results folder of the run. The manifest contains the wording of the prompt.
    result
        Result of the item.
    """
    texts = _stored_parts(stored.manifest)
    mode = str(stored.manifest.get("mode"))
    if not stored.manifest:
        return RebuiltPrompt(text="", note="the prompt is unknown, because the folder has no run.json")
    if not texts:
        return RebuiltPrompt(text="", note="no prompt: the answer is from a rule-based model or from a file")
    if MODES.find(mode) is None:
        return RebuiltPrompt(text="", note=f"the prompt cannot be rebuilt, because the mode {mode!r} is unknown")
    try:
        session = _Collector(_plan(stored, benchmark_of_run(stored)), result)
        run_sync(_collect(session))
        if not session.queries:
            return RebuiltPrompt(text="", note="no prompt: the mode asked no question about this item")
        text, parts, changed = _text(session.queries[0], texts, _reasons(stored.manifest))
    except (SocialWorldModelError, KeyError, TypeError, ValueError) as error:
        return RebuiltPrompt(text="", note=f"the prompt cannot be rebuilt: {error}")
    notes = ["rebuilt from the stored item and the stored wording of the prompt; prompts are not stored"]
    if changed:
        notes.append(f"not as sent: these parts have another wording than in the run: {', '.join(changed)}")
    if len(session.queries) > 1:
        notes.append("only the first prompt is shown, because later prompts contain replies that are not stored")
    return RebuiltPrompt(text=text, note="; ".join(notes), parts=tuple(parts))


class _Collector:
    """Session that collects the queries of a mode. Every query gets the stored answer as its reply."""

    def __init__(self, plan: Plan, result: Result) -> None:
        self.plan = plan
        self.result = result
        self.queries: list[Query] = []

    async def ask(self, query: Query) -> Reply:
        """Keep a query."""
        self.queries.append(shown_as(query, self.plan))
        return Reply(response=self.result.response or "", reasoning=self.result.reasoning or "")

    async def context(self) -> SocializedContext:
        """Return the stored context."""
        context = self.result.context
        if context is None:
            raise DatasetError("expected a result with a context, got a result without a context")
        return context

    def holds_fact(self, account: str) -> bool:
        """Return False, because only later queries depend on this answer."""
        return False


async def _collect(session: _Collector) -> None:
    try:
        await session.plan.mode.run(without_label(session.result.item()), session)
    except SocialWorldModelError:
        if not session.queries:
            raise


def _plan(stored: StoredResults, benchmark: Benchmark) -> Plan:
    """Return a plan with the settings that decide how a prompt shows an item."""
    manifest = stored.manifest
    given = manifest.get("settings") or {}
    values: dict[str, Any] = {name: given[name] for name in ("protocol", "context_form") if name in given}
    if "context_fields" in given:
        values["context_fields"] = tuple(given["context_fields"])
    settings = RunSettings(benchmark=benchmark.name, mode=manifest["mode"], **values)
    return Plan(
        settings=settings,
        benchmark=benchmark,
        mode=get_mode(settings.mode),
        dataset=Dataset(name="", rows=(), sha256=""),
        no_gold=0,
        model=None,
        context_model=None,
        configs=(),
    )


def _stored_parts(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the stored prompt parts and reply schemas of a manifest, by name. Each part has a text."""
    prompts = manifest.get("prompts")
    parts = prompts.get(ROLE) if isinstance(prompts, dict) else None
    return {
        name: part
        for name, part in (parts if isinstance(parts, dict) else {}).items()
        if isinstance(part, dict) and isinstance(part.get("text"), str)
    }


def _is_as_sent(part: Mapping[str, Any] | None, text: str | None = None) -> bool:
    """Return whether a stored part has a hash that fits its own text, or the given text."""
    return part is not None and part.get("hash") == content_key(text=part["text"] if text is None else text)


def _reasons(manifest: Mapping[str, Any]) -> bool:
    """Return whether the model reasoned without being told to."""
    understood = (manifest.get("settings") or {}).get("understood")
    found = understood.get(manifest.get("model")) if isinstance(understood, dict) else None
    return isinstance(found, dict) and found.get("reasons") is True


def _text(
    query: Query, stored: Mapping[str, Mapping[str, Any]], reasons: bool
) -> tuple[str, list[PromptPart], list[str]]:
    """Return the text of a prompt in the stored wording, its parts, and the names of parts with another wording."""
    if query.reasoning and reasons:
        query = replace(query, reasoning=False)
    spec = PROMPTS.get(query.task)
    if spec.own_wording and OWN_PROMPT in stored:
        text = own_prompt(stored[OWN_PROMPT]["text"], query)
        parts, sent = [PromptPart(OWN_PROMPT, text)], {OWN_PROMPT: _is_as_sent(stored[OWN_PROMPT])}
    else:
        kept = {one.name: stored.get(f"{query.task}: {one.name}") for one in spec.sections if one.condition(query)}
        sections = [replace(one, text=(kept.get(one.name) or {}).get("text", one.text)) for one in spec.sections]
        text = text_of(sections, query)
        parts = [PromptPart(one.name, text_of([one], query)) for one in sections if one.name in kept]
        sent = {name: _is_as_sent(part) for name, part in kept.items()}
    reply = spec.reply_for(reasoning=query.reasoning)
    whole = Sampling().prompt(text, reply).whole_text
    if reply is not None and whole != text:
        form = stored.get(f"{query.task}: {reply.__name__}: form")
        parts.insert(0, PromptPart(FORM, whole.removesuffix(text).strip()))
        sent[FORM] = _is_as_sent(form, written_form(reply))
    return whole, parts, [name for name, as_sent in sent.items() if not as_sent]
