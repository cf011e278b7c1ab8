"""``swm evaluate-contexts``. The script ``run_socialized_context_eval.py`` runs the same command."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from social_world_model.cli.options import DryRun, ended_by_ctrl_c, run_until_stopped
from social_world_model.cli.signatures import made, options_of
from social_world_model.settings import EvaluationSettings

if TYPE_CHECKING:
    from social_world_model.evaluation.run import Evaluation


@options_of(EvaluationSettings)
def evaluate_contexts(
    given: Mapping[str, Any],
    output: Annotated[
        Path | None,
        typer.Option(
            help="Markdown file for the table. A JSON file with the same name also contains the judge's reasons."
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Measure the quality of contexts.

    There are three measures: validity of the structure, scores by an LLM judge, and agreement with a reference about
    who perceives each event. The LLM judge needs --judge-model.

    Exit status: 0 if all files have scores; 1 if some files or the judge failed; 2 after a usage, data or
    configuration error; 130 if interrupted.
    """
    settings = made(EvaluationSettings, given)

    from social_world_model.cli.progress import progress
    from social_world_model.cli.usage_lines import show_usage_estimate
    from social_world_model.errors import GenerationError
    from social_world_model.evaluation.estimating import estimate_evaluation
    from social_world_model.evaluation.run import EvaluationProgress
    from social_world_model.evaluation.run import evaluate as evaluate_folders
    from social_world_model.experiments import Progress

    _check_output(output)
    if dry_run:
        found = estimate_evaluation(settings)
        print(f"dry run: {found.contexts} contexts to judge, {found.kept} judgements reused from an earlier run")
        show_usage_estimate({"judge": found.usage} if found.usage.requests else {}, settings)
        return
    kept = "nothing was judged" if settings.judge_model == "none" else f"judgements are stored in {settings.cache}"
    with ended_by_ctrl_c(kept), progress() as shown:

        def on_progress(now: EvaluationProgress) -> None:
            shown.on_progress(
                Progress(
                    total=now.total,
                    kept=0,
                    done=now.done,
                    failed=now.failed,
                    in_flight=now.in_flight,
                    per_minute=now.per_minute,
                    retries=now.retries,
                    usage=now.usage,
                )
            )

        try:
            evaluation = run_until_stopped(evaluate_folders(settings, on_progress, shown.on_problem))
        except GenerationError:
            print(f"stopped: no file was scored; {kept}; run the same command to resume", file=sys.stderr)
            raise
    _show(evaluation, output)
    raise typer.Exit(1 if evaluation.failed else 0)


def _check_output(output: Path | None) -> None:
    """Check that both output files can be written and overwrite no other file. Do this before any paid call."""
    from social_world_model.errors import ConfigurationError

    if output is None:
        return
    if output.suffix.casefold() == ".json" or output.is_dir():
        raise ConfigurationError(f"expected --output to be a Markdown file such as results.md, got {output}")
    if not output.parent.is_dir():
        raise ConfigurationError(f"expected --output to be in an existing folder, got {output}")
    beside = output.with_suffix(".json")
    if beside.exists() and not _is_evaluation(beside):
        raise ConfigurationError(
            f"expected another name for --output, got {output}: the JSON output would overwrite {beside}, which is not "
            "the output of an evaluation"
        )


def _is_evaluation(path: Path) -> bool:
    """Return whether an earlier evaluation wrote this file."""
    import json

    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and {"rubric", "weights", "files"} <= found.keys()


def _show(evaluation: Evaluation, output: Path | None) -> None:
    """Write or print the table. Print usage and failures on stderr."""
    import json

    from social_world_model.cli.progress import dollars
    from social_world_model.evaluation.report import data, markdown, remarks
    from social_world_model.files import write_whole

    if output is None:
        print(markdown(evaluation), end="")
    else:
        beside = output.with_suffix(".json")
        write_whole(output, markdown(evaluation))
        write_whole(beside, json.dumps(data(evaluation), ensure_ascii=False, indent=1))
        print("\n".join(remarks(evaluation)))
        print(f"table: {output}; with reasons: {beside}")
    if evaluation.settings.judge_model != "none":
        used = evaluation.usage
        print(
            f"judgements: {evaluation.judgements_made} made, {evaluation.judgements_kept} reused; "
            f"{used.requests} calls, {used.input_tokens:,} tokens in, {used.output_tokens:,} out; {dollars(used)}",
            file=sys.stderr,
        )
    if evaluation.failed:
        print(f"files without a score: {len(evaluation.failed)}; the table lists these files", file=sys.stderr)
