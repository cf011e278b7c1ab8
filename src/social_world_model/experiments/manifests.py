"""Make the manifest of a run."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

from social_world_model.benchmarks.counting import RECONSTRUCTED
from social_world_model.contracts import Item
from social_world_model.experiments.models import Models
from social_world_model.experiments.plan import Plan
from social_world_model.runs.manifest import Manifest, hashed
from social_world_model.settings import manifest_settings
from social_world_model.usage import Usage


def manifest_of(
    plan: Plan,
    models: Models,
    *,
    usage: Mapping[str, Usage],
    shared_contexts: Usage,
    counts: Mapping[str, int],
    times: tuple[str, str | None],
    stopped: str | None,
) -> Manifest:
    """Return the manifest of a run.

    Parameters
    ----------
    plan, models
        Plan and models of the run.
    usage
        Usage by role, including earlier runs in the same folder.
    shared_contexts
        Usage of contexts that other runs paid for, including earlier runs in the same folder.
    counts
        Number of items by status.
    times
        Start and end of the run. The end is None while the run is in progress.
    stopped
        Reason for an early stop; None if the run was not stopped.
    """
    settings, dataset, by_role = plan.settings, plan.dataset, models.by_role
    return Manifest(
        version=version("social-world-model"),
        command=list(settings.command),
        benchmark=settings.benchmark,
        mode=settings.mode,
        model=plan.model,
        context_model=by_role["context"].name if "context" in by_role else None,
        dataset=dataset.name,
        data_sha256=dataset.sha256,
        seed=settings.seed,
        settings={
            **manifest_settings(settings),
            "scorer": settings.scorer,
            "questions": len(dataset.rows),
            "no_gold": plan.no_gold,
            "labels_inferred": any(RECONSTRUCTED in row.fields for row in dataset.rows if isinstance(row, Item)),
            "models": {role: dict(model.config.settings) for role, model in by_role.items()},
            "understood": models.clients.capabilities(),
        },
        prompts={role: hashed(model.config) for role, model in by_role.items()},
        started=times[0],
        ended=times[1],
        stopped=stopped,
        counts=dict(counts),
        usage=usage,
        shared_contexts=shared_contexts,
    )
