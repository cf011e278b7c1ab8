"""``swm agents sweep``: play a matrix of agents, models, world models, partners and scenarios."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from social_world_model.cli.options import EPISODES_SAVED, DryRun, ended_by_ctrl_c, run_until_stopped
from social_world_model.cli.signatures import options_of
from social_world_model.errors import ConfigurationError
from social_world_model.settings import EpisodeSettings, declared

if TYPE_CHECKING:
    from social_world_model.experiments.episodes.estimate import EpisodeEstimate
    from social_world_model.experiments.episodes.matrix import Cell, Matrix
    from social_world_model.experiments.episodes.matrix_runs import CellResult
    from social_world_model.usage import Usage

FAILURES_SHOWN = 3
OF_PRESET = (
    *("data", "seats", "limit", "repeats", "seed", "temperature", "output_dir", "continue_mode"),
    *("batch_size", "timeout", "rpm", "tpm", "max_cost", "max_total_tokens", "max_output_tokens", "reasoning_effort"),
)
"""Options for a preset. A file contains these settings itself."""


@options_of(EpisodeSettings, only=(*OF_PRESET, "shard"))
def sweep(
    given: Mapping[str, Any],
    file: Annotated[
        Path | None,
        typer.Argument(
            help="YAML file with scenarios, agents, models, world_models, partners, and settings for all cells.",
            show_default=False,
        ),
    ] = None,
    preset: Annotated[
        Literal["paper"] | None,
        typer.Option(help="Use a built-in matrix instead of a file. paper: the table of the paper on SOTOPIA-hard."),
    ] = None,
    controls: Annotated[
        bool,
        typer.Option(
            "--controls", help="For a preset: add agents with equal compute (reflect, best-of, matched best-of)."
        ),
    ] = False,
    aa: Annotated[
        bool, typer.Option("--aa/--no-aa", help="For a preset: play the agent plain twice, under two seeds.")
    ] = True,
    dry_run: DryRun = False,
) -> None:
    """Play all combinations of agents, models and partners.

    The combinations are agents x models x world models x partners x scenarios. Each combination is a run of episodes
    in its own folder. The agent plain is played twice, under two seeds, to show what changes by chance. The command
    prints one line per run. To resume, run the same command again. Use swm agents judge to judge the episodes, and swm
    report to print the table.

    Exit status: 0 if all episodes were played to their end; 1 if some episodes failed; 2 after a usage, data or
    configuration error; 130 if interrupted.
    """
    from social_world_model.experiments.episodes.matrix import make_matrix, read_matrix
    from social_world_model.experiments.episodes.paper_matrix import paper_matrix

    command, shard = tuple(sys.argv), given["shard"]
    if file is not None:
        _check_file(given, preset, controls=controls, aa=aa)
        matrix = read_matrix(file, command, shard=shard, without_keys=dry_run)
    else:
        settings = _check_preset(given, preset)
        seats = None if given["seats"] == "both" else Path(given["seats"])
        data = paper_matrix(settings, given["data"], seats, controls=controls, aa=aa)
        matrix = make_matrix(data, "the preset paper", command, shard=shard, without_keys=dry_run)
    show_left_out(matrix)
    if dry_run:
        show_estimates(matrix, is_paper=preset is not None, has_seats=given["seats"] != "both")
        return
    with ended_by_ctrl_c(EPISODES_SAVED):
        results = run_until_stopped(_execute(matrix))
    show_usage(results)
    is_complete = show_unfinished(matrix, results)
    raise typer.Exit(0 if is_complete else 1)


def _check_file(given: Mapping[str, Any], preset: str | None, *, controls: bool, aa: bool) -> None:
    """Refuse options that the file contains itself."""
    if preset is not None:
        raise ConfigurationError(f"expected a matrix file or --preset {preset}, got both: leave one of them out")
    defaults = {one.name: (one.default, one.flag) for one in declared(EpisodeSettings)}
    changed = [flag for name in OF_PRESET for default, flag in [defaults[name]] if given[name] != default]
    changed += [flag for flag, is_given in (("--controls", controls), ("--no-aa", not aa)) if is_given]
    if changed:
        raise ConfigurationError(
            f"expected {', '.join(changed)} only with --preset, got a matrix file: write this into the file"
        )


def _check_preset(given: Mapping[str, Any], preset: str | None) -> dict[str, Any]:
    """Return the settings of all cells of a preset."""
    if preset is None:
        raise ConfigurationError("expected a matrix file in YAML or --preset paper, got neither")
    if given["data"] is None:
        raise ConfigurationError("expected --data with the bundle of SOTOPIA-hard for --preset paper, got none")
    if given["seats"] != "both" and Path(given["seats"]).suffix != ".json":
        raise ConfigurationError(
            f"expected --seats to be both or an EnvironmentList file in JSON, got {given['seats']!r}"
        )
    return {name: given[name] for name in OF_PRESET if name not in ("data", "seats") and given[name] is not None}


def show_left_out(matrix: Matrix) -> None:
    """Print the combinations that are not run, grouped by reason."""
    titles: dict[str, list[str]] = {}
    for line in matrix.meaningless:
        title, _, why = line.partition(": ")
        titles.setdefault(why, []).append(title)
    for why, having in titles.items():
        print(f"left out: {'; '.join(having)}: {why}")
    for title in matrix.repeated:
        print(f"listed more than once, but run only once: {title}")


def show_estimates(matrix: Matrix, *, is_paper: bool, has_seats: bool) -> None:
    """Print the estimated calls, tokens and cost of each cell, and what judging and power need."""
    import asyncio

    from social_world_model.experiments.episodes.matrix_runs import estimate_matrix
    from social_world_model.usage import NO_USAGE

    print(f"dry run of {len(matrix.cells)} cells; no model is called, and nothing is written")
    estimates = asyncio.run(estimate_matrix(matrix))
    titles = _titles(matrix)
    for number, (cell, one) in enumerate(estimates, 1):
        kept = f", {one.kept} reused" if one.kept else ""
        words = f"{cell.episodes:,} episodes{kept}; {_in_words(one.total)}"
        print(f"[{number}/{len(estimates)}] {titles[number - 1]}: {words}")
    total = sum((one.total for _, one in estimates), NO_USAGE)
    print(f"all: {matrix.episodes:,} episodes; {_in_words(total)}")
    if any(cell.target is not None for cell, _ in estimates):
        print("Cells with matched tokens: the number of candidates is a guess; a pilot of 5 episodes decides.")
    if is_paper:
        for line in _of_paper(estimates, has_seats=has_seats):
            print(line)
    judged = [cell for cell in matrix.cells if cell.is_judged]
    if judged:
        calls = 2 * sum(cell.episodes for cell in judged)
        print(f"judging (swm agents judge) is not included: {calls:,} calls for each judge, 2 per episode")
    for line in _power(judged):
        print(line)
    if total.requests:
        print("Tokens are estimated as characters / 4. Retries are not included.")
        print("The length of replies is a guess: reasoning models write many times more.")
    bound = matrix.cells[0].settings.max_cost
    if bound is not None and total.cost is not None and total.cost > bound:
        print(f"max_cost {bound:g} will stop the sweep before the end")


def _power(cells: Sequence[Cell]) -> Iterator[str]:
    """Yield which gain the matrix will show, for each size of a cell. The size of a shard does not decide."""
    from social_world_model.reports.environments import about_planned_gain

    sizes = dict.fromkeys(
        (cell.environments, max(cell.episodes // cell.environments, 1)) for cell in cells if not cell.settings.shard
    )
    for environments, episodes in sizes:
        yield from about_planned_gain(environments, episodes)


def _of_paper(estimates: Sequence[tuple[Cell, EpisodeEstimate]], *, has_seats: bool) -> Iterator[str]:
    """Yield the size of the paper's protocol."""
    from social_world_model.experiments.episodes.paper_matrix import JUDGE, protocol_of

    size = protocol_of((cell, one.total.requests) for cell, one in estimates)
    yield (
        f"protocol of the paper: {size.calls:,} calls = {size.acts:,} to play {size.episodes:,} episodes in "
        f"{size.cells} cells + {size.episodes:,} verdicts of one judge ({JUDGE})"
    )
    yield "    per episode of 20 turns: 21 calls without a world model, 41 with a world model, each with 1 verdict"
    if not has_seats:
        yield (
            "note: without --seats, both seats of each environment are played. The 100 tasks of the paper need an "
            "EnvironmentList file"
        )


async def _execute(matrix: Matrix) -> list[CellResult]:
    """Play the cells, and print a line for each cell, in the order of the matrix."""
    from social_world_model.cli.progress import progress, told
    from social_world_model.experiments.episodes.matrix_runs import run_matrix

    results: list[CellResult] = []
    titles = _titles(matrix)
    with progress() as shown:
        async for result in run_matrix(matrix, shown.on_progress, shown.on_problem):
            print(f"[{len(results) + 1}/{len(matrix.cells)}] {titles[len(results)]}: {_came_to(result)}")
            for line in _asides(result):
                print(f"    {told(line)}")
            sys.stdout.flush()
            results.append(result)
    return results


def _titles(matrix: Matrix) -> list[str]:
    """Return the titles of cells. If several cells have the same title, add the name of the data file."""
    titles = [f"{cell.title} (A/A)" if cell.settings.aa else cell.title for cell in matrix.cells]
    times = Counter(titles)
    return [
        name if times[name] == 1 or cell.settings.data is None else f"{name} · {cell.settings.data.name}"
        for name, cell in zip(titles, matrix.cells, strict=True)
    ]


def _came_to(result: CellResult) -> str:
    """Summarize the result of a cell in a few words."""
    from social_world_model.experiments.episodes.token_matching import tokens_per_turn

    made = result.result
    if made is None or not made.episodes:
        return "no episode was played"
    played = [episode for episode in made.episodes if episode.is_played]
    parts = [f"{len(played)} of {result.cell.episodes} episodes played"]
    parts += [f"{made.kept} reused"] if made.kept else []
    parts += [f"{len(made.episodes) - len(played)} failed"] if made.failed else []
    for name in dict.fromkeys(name for one in played for name in one.scores.get(one.person, {})):
        scores = [one.scores[one.person][name] for one in played if name in one.scores.get(one.person, {})]
        parts.append(f"{name} {sum(scores) / len(scores):.2f}")
    tokens = tokens_per_turn(made.episodes)
    parts += [f"{tokens:,.0f} tokens per own turn"] if tokens else []
    return ", ".join(parts)


def _asides(result: CellResult) -> Iterator[str]:
    """Yield the notes of a cell, some failures, and the reason of an early stop."""
    for note in result.notes:
        yield f"note: {note}"
    failed = [] if result.result is None else [one for one in result.result.episodes if not one.is_played]
    for episode in failed[:FAILURES_SHOWN]:
        yield f"failed: {episode.index}: {episode.why_over}"
    if len(failed) > FAILURES_SHOWN:
        yield f"failed: {len(failed) - FAILURES_SHOWN} more; see why_over in the files of the episodes"
    if result.stopped is not None:
        yield f"stopped: {result.stopped}"


def show_usage(results: Sequence[CellResult]) -> None:
    """Print the usage of all model calls of the command, and where the results are."""
    from social_world_model.usage import NO_USAGE

    made = [one.result for one in results if one.result is not None]
    paid = sum((one.usage for one in results), NO_USAGE)
    if paid.requests:
        print(f"all cells: {_in_words(paid)}")
    folders = sorted({one.folder.parent for one in made if one.folder is not None})
    for folder in folders:
        print(f"results: {folder}")


def show_unfinished(matrix: Matrix, results: Sequence[CellResult]) -> bool:
    """Print how many cells did not start or are incomplete. Return whether all cells are complete."""
    cells = len(matrix.cells)
    if left := cells - len(results):
        print(f"stopped: the budget is spent; {left} of {cells} cells did not start")
    unfinished = sum(not result.is_complete for result in results)
    if unfinished:
        print(f"{unfinished} of {cells} cells have failures or were stopped: to retry them, run the same command")
    return not (left or unfinished)


def _in_words(usage: Usage) -> str:
    from social_world_model.cli.progress import dollars

    tokens = f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out"
    return f"{usage.requests:,} calls, {tokens}, {dollars(usage)}" if usage.requests else "no calls"
