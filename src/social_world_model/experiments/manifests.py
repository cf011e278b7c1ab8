"""What a run's manifest says."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from social_world_model.benchmarks.counting import RECONSTRUCTED
from social_world_model.contracts import Answerer, Dataset, Item, Parser
from social_world_model.runs.manifest import Manifest, hashed
from social_world_model.settings import RunSettings
from social_world_model.usage import Usage

OPTIONS = (
    "options",
    "protocol",
    "variant",
    "scorer",
    "batch_size",
    "samples",
    "context_samples",
    "context_fields",
    "context_dir",
    "base_url",
    "vllm_args",
    "limit",
    "timeout",
    "rpm",
    "tpm",
    "max_cost",
    "max_total_tokens",
)
"""What a manifest says of the settings, beside names and what stands in the models' recipes."""


def manifest_of(
    settings: RunSettings,
    dataset: Dataset,
    models: Mapping[str, Answerer | Parser],
    usage: Mapping[str, Usage],
    counts: Mapping[str, int],
    *,
    times: tuple[str, str | None],
    stopped: str | None,
    no_gold: int,
    understood: Mapping[str, Any],
) -> Manifest:
    """Return the manifest of a run.

    Parameters
    ----------
    settings, dataset
        What is run, on what.
    models
        Those in use, by role.
    usage
        By role, earlier runs of the folder included.
    counts
        Items by status.
    times
        When it began and ended.
    stopped
        Why it ended early.
    no_gold
        Number of questions that nobody knows the answer to.
    understood
        What the endpoints turned out to understand, by model.
    """
    options = {name: getattr(settings, name) for name in OPTIONS}
    options["options"], options["vllm_args"] = dict(settings.options), dict(settings.vllm_args)
    options["context_dir"] = None if settings.context_dir is None else str(settings.context_dir)
    return Manifest(
        version=version("social-world-model"),
        command=list(settings.command),
        benchmark=settings.benchmark,
        mode=settings.mode,
        model=models["answer"].name if "answer" in models else None,
        context_model=models["context"].name if "context" in models else None,
        dataset=dataset.name,
        data_sha256=dataset.sha256,
        seed=settings.seed,
        settings={
            **options,
            "questions": len(dataset.rows),
            "no_gold": no_gold,
            "labels_inferred": any(RECONSTRUCTED in row.fields for row in dataset.rows if isinstance(row, Item)),
            "models": {role: dict(model.config.settings) for role, model in models.items()},
            "understood": dict(understood),
        },
        prompts={role: hashed(model.config) for role, model in models.items()},
        started=times[0],
        ended=times[1],
        stopped=stopped,
        counts=dict(counts),
        usage=usage,
    )
