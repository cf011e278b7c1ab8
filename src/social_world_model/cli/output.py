"""Print estimates and results on stdout."""

from __future__ import annotations

from social_world_model.cli.progress import dollars, told
from social_world_model.cli.tables import show_report as show_report
from social_world_model.cli.usage_lines import show_stop, show_usage, show_usage_estimate
from social_world_model.experiments import Estimate, RunResult, RunSettings
from social_world_model.experiments.progress import is_failure
from social_world_model.experiments.scoring import MODE as PREDICTIONS
from social_world_model.modes import Mode, get_mode
from social_world_model.reports import make_report
from social_world_model.reports.power import about_planned_power

ERRORS_SHOWN = 5


def show_estimate(estimate: Estimate, settings: RunSettings) -> None:
    """Print the estimated calls, tokens and cost of a run."""
    kept = f", {estimate.kept} reused from an earlier run" if estimate.kept else ""
    asked = "1 question" if estimate.items == 1 else f"{estimate.items:,} questions"
    print(f"dry run: {asked} to answer{kept}; no model is called, and nothing is written")
    show_usage_estimate(estimate.roles, settings)
    for line in about_planned_power(estimate.stories):
        print(line)


def show_result(result: RunResult) -> None:
    """Print the report, the usage and the results folder of a run."""
    mode = (
        None if result.settings.mode == PREDICTIONS else get_mode(result.settings.mode)
    )  # replies from a file have no mode
    _show_heading(result, mode)
    print()
    if mode is not None and not mode.answers:
        parsed = sum(outcome.status == "parsed" for outcome in result.outcomes)
        print(f"{parsed} of {len(result.dataset.rows)} questions have a context; {result.failed} failed")
    elif result.outcomes:
        if result.not_asked:
            asked, rows = len(result.outcomes), len(result.dataset.rows)
            print(f"results for {asked} of {rows} questions; the other questions were not asked:")
        show_report(make_report(result))
    _show_errors(result)
    _show_stop(result)
    print()
    _show_counts(result)
    print(f"results: {result.folder}" if result.folder is not None else "results: not saved (--no-save)")


def _show_heading(result: RunResult, mode: Mode | None) -> None:
    """Print benchmark, mode, models and data of a run, then the notes of the run."""
    settings = result.settings
    source = "bundled sample" if settings.dataset_path is None else "data set"
    models = ([settings.model_name] if mode is None or mode.answers else []) + (
        [f"contexts by {settings.context_model}"] if mode is not None and mode.uses_context else []
    )
    print(" · ".join([settings.benchmark, settings.mode, *models, f"{source} {result.dataset.name}"]))
    for note in result.notes:
        print(f"note: {note}")


def _show_counts(result: RunResult) -> None:
    """Print how many questions and contexts are new, then the usage of model calls."""
    if result.kept:
        print(f"questions: {result.kept} reused from an earlier run, {len(result.outcomes) - result.kept} new")
    if result.contexts_found or result.contexts_made:
        print(f"contexts: {result.contexts_made} made, {result.contexts_found} reused (one per story)")
    show_usage(result.usage)
    if (shared := result.shared_contexts).requests:
        tokens = f"{shared.input_tokens:,} tokens in, {shared.output_tokens:,} out"
        print(f"reused contexts: {shared.requests} calls, {tokens}; {dollars(shared)}; paid by other runs")


def _show_stop(result: RunResult) -> None:
    """Print why a run ended early, and how many questions are done."""
    if result.stopped is None:
        return
    done = sum(not is_failure(outcome.status) for outcome in result.outcomes)
    if result.outcomes:
        print()
    again = "run the same command to resume" if result.folder is not None else "nothing was saved"
    show_stop(result.stopped, f"{done} of {len(result.dataset.rows)} questions are done; {again}")


def _show_errors(result: RunResult) -> None:
    """Print each distinct error once, with the first item that has this error."""
    if not result.errors:
        return
    items: dict[str, list[str]] = {}
    for error in result.errors:
        item, _, why = error.partition(": ")
        items.setdefault(why, []).append(item)
    print()
    for why, having in list(items.items())[:ERRORS_SHOWN]:
        more = f" and {len(having) - 1} more" if len(having) > 1 else ""
        print(f"failed: {told(f'{having[0]}{more}: {why}')}")
    if (left := sum(map(len, list(items.values())[ERRORS_SHOWN:]))) > 0:
        print(f"failed: … and {left} more; see the error in each result file")
