"""``swm evaluate``, which is ``run_socialized_context_eval.py``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from social_world_model.evaluation.run import Evaluation

JUDGEMENTS = Path("data/judgements")


def evaluate(
    gen_dir: Annotated[
        Path,
        typer.Option(
            help="Folder of records with the contexts to be judged. Folders in it are looked into only if it holds no "
            "record itself.",
            show_default=False,
        ),
    ],
    gt_dir: Annotated[
        Path | None,
        typer.Option(
            help="Folder of records with the contexts to compare them with, paired by file name; may be left out with "
            "--reference symbolic."
        ),
    ] = None,
    judge_model: Annotated[
        str,
        typer.Option(
            help="Who judges, agent by agent and step by step: NAME (OpenAI), together_ai/NAME, vllm/NAME, "
            "PROVIDER:NAME, custom/NAME@URL, scripted/FILE; or none."
        ),
    ] = "none",
    reference: Annotated[
        Literal["gt", "symbolic"],
        typer.Option(help="What perceived events are compared with: --gt-dir, or the narrative as symbolic reads it."),
    ] = "gt",
    batch_size: Annotated[int, typer.Option(help="Number of model calls in flight.")] = 8,
    output: Annotated[
        Path | None, typer.Option(help="Markdown file for the table; the same, with reasons, as JSON beside it.")
    ] = None,
    repeats: Annotated[int, typer.Option(help="Judge each context so often: tells the judge's own spread.")] = 1,
    judge_cache: Annotated[
        Path, typer.Option(help="Folder in which judgements are kept, so that none is paid for twice.")
    ] = JUDGEMENTS,
    base_url: Annotated[
        str | None, typer.Option(help="Another OpenAI-compatible endpoint for a bare name or vllm/NAME.")
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds that one try of a call may take.")] = 300.0,
    rpm: Annotated[int | None, typer.Option(help="Requests per minute at most.")] = None,
    tpm: Annotated[int | None, typer.Option(help="Tokens per minute at most.")] = None,
    max_cost: Annotated[float | None, typer.Option(help="US$ that this command may spend.")] = None,
) -> None:
    """Say how good contexts are: structure, a judge's verdicts, and who perceives what (docs/evaluation.md).

    Exit status: 0 every file has its scores; 1 some files failed, or the judge did; 2 usage, data or configuration;
    130 interrupted.
    """
    import asyncio

    from social_world_model.cli.options import ended_by_ctrl_c
    from social_world_model.cli.progress import progress
    from social_world_model.errors import GenerationError
    from social_world_model.evaluation.run import EvaluationProgress, EvaluationSettings
    from social_world_model.evaluation.run import evaluate as evaluate_folders
    from social_world_model.experiments import Progress

    _check_output(output)
    settings = EvaluationSettings(
        gen_dir=gen_dir,
        gt_dir=gt_dir,
        judge_model=judge_model,
        reference=reference,
        repeats=repeats,
        batch_size=batch_size,
        cache=judge_cache,
        base_url=base_url,
        rpm=rpm,
        tpm=tpm,
        timeout=timeout,
        max_cost=max_cost,
    )
    kept = "nothing was judged" if judge_model == "none" else f"judgements are kept in {judge_cache}"
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
            evaluation = asyncio.run(evaluate_folders(settings, on_progress, shown.on_problem))
        except GenerationError:
            print(f"stopped: no file is scored; {kept}, and the same command goes on from there", file=sys.stderr)
            raise
    _show(evaluation, output)
    raise typer.Exit(1 if evaluation.failed else 0)


def _check_output(output: Path | None) -> None:
    """Refuse, before anything is paid for, a file that could not be written or would be overwritten by its twin."""
    from social_world_model.errors import ConfigurationError

    if output is None:
        return
    if output.suffix.casefold() == ".json" or output.is_dir():
        raise ConfigurationError(f"expected --output to be a Markdown file, as results.md, got {output}")
    if not output.parent.is_dir():
        raise ConfigurationError(f"expected --output in a folder that is there, got {output}")
    beside = output.with_suffix(".json")
    if beside.exists() and not _is_evaluation(beside):
        raise ConfigurationError(
            f"expected --output of another name than {output}: the reasons go to {beside}, which is something else"
        )


def _is_evaluation(path: Path) -> bool:
    """Tell whether a file is one that an earlier evaluation wrote."""
    import json

    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and {"rubric", "weights", "files"} <= found.keys()


def _show(evaluation: Evaluation, output: Path | None) -> None:
    """Write or print the table; what was spent and what failed is said on stderr where the table goes to a file."""
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
            f"judgements: {evaluation.judgements_made} made, {evaluation.judgements_kept} kept; {used.requests} calls, "
            f"{used.input_tokens:,} tokens in, {used.output_tokens:,} out; {dollars(used)}",
            file=sys.stderr,
        )
    if evaluation.failed:
        print(f"{len(evaluation.failed)} files without a score; the table names them", file=sys.stderr)
