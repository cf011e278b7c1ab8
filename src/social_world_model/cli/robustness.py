"""``swm robustness``: the same questions put otherwise."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from social_world_model.cli.options import NOTHING_SAVED, RESUME_HINT, DryRun, ended_by_ctrl_c
from social_world_model.cli.signatures import made, options_of
from social_world_model.settings import RunSettings

if TYPE_CHECKING:
    from social_world_model.experiments import RunResult


@options_of(RunSettings, without=("variant",))
def robustness(
    given: Mapping[str, Any],
    variant: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this one of options-shuffled, names-swapped, distractors; repeatable. By default all that apply "
            "to the data."
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Run a benchmark as it is and perturbed, and print how many answers stay the same.

    Perturbations: shuffled options, renamed people, irrelevant sentences. Each is a run of its own, as swm run with
    --variant makes it, and the same command resumes where it was stopped.

    Exit status: 0 all answered; 1 some items failed; 2 usage, data or configuration; 130 interrupted.
    """
    settings = made(RunSettings, given, command=tuple(sys.argv))

    import asyncio

    from social_world_model.cli.sweep import execute, show_estimates, show_left_out, show_unfinished
    from social_world_model.experiments.robustness import plan
    from social_world_model.variants import VARIANTS, variants_of

    planned = plan(settings, variants_of(variant or VARIANTS), without_keys=dry_run)
    show_left_out(planned)
    if dry_run:
        asyncio.run(show_estimates(planned))
        return
    with ended_by_ctrl_c(RESUME_HINT if settings.save else NOTHING_SAVED):
        results = asyncio.run(execute(planned))
    if results and results[0].outcomes:
        print()
        _show(results)
    whole = show_unfinished(planned, results)
    folders = [result.folder for result in results if result.folder is not None]
    print(f"results: {folders[0]}, and beside it" if folders else "results: not saved (--no-save)")
    raise typer.Exit(0 if whole else 1)


def _show(results: list[RunResult]) -> None:
    """Print the run as it is and its variants, a line each."""
    from social_world_model.cli.tables import NARROWEST, note
    from social_world_model.errors import DatasetError
    from social_world_model.experiments.datasets import benchmark_of
    from social_world_model.experiments.robustness import changes
    from social_world_model.reports import make_report
    from social_world_model.reports.columns import share, signed, signed_ends
    from social_world_model.reports.comparing import differ

    original = results[0]
    before = benchmark_of(original.settings).headline(original.outcomes)
    head = f"{before.label:{NARROWEST}} {'value':>6} {'n':>5} {'failed':>6}  {'change':>6}  {'95 % of change':>16}"
    print(f"{head}  {'other answers':>13}  {'trivial':>7}")
    names: dict[str, None] = {}
    notes: dict[str, None] = {}
    for result in (result for result in results if result.outcomes):
        variant = result.settings.variant
        report = make_report(result)
        line, best = report.overall, report.overall.best_baseline
        row = f"{variant or 'as it is':{NARROWEST}} {share(line.value):>6} {line.n:>5} {line.failed:>6}"
        if variant is None:
            row += f"  {'':>6}  {'':>16}  {'':>13}"
        else:
            others = changes(original, result)
            headline = benchmark_of(result.settings).headline(result.outcomes)
            not_asked = (original.not_asked, result.not_asked)
            try:
                found = differ(before, headline, not_asked, original.settings.seed or 0)
                change = f"{signed(found.value):>6}  {signed_ends(found.interval):>16}"
            except DatasetError:  # nothing that both came to
                change = f"{'–':>6}  {'–':>16}"
            row += f"  {change}  {f'{len(others.changed)} of {others.compared}':>13}"
        print(f"{row}  {'–' if best is None else share(best[1]):>7}")
        names |= dict.fromkeys(report.baselines)
        notes |= dict.fromkeys(told for told in (line.note, report.caution) if told)
    for told in notes:
        note(told)
    if names:
        note(f"trivial: the best of {', '.join(names)}; swm run and swm report tell them apart")
    note("change: less the value as it is, in pairs, with its interval; other answers: old names put back")
