"""``swm score`` and ``swm rescore``: score existing replies."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from social_world_model.cli.signatures import made, options_of
from social_world_model.settings import RunSettings

SHOWN = 10


@options_of(RunSettings, only=("benchmark", "dataset_path", "options", "protocol", "limit", "output_dir", "seed"))
def score(
    given: Mapping[str, Any],
    predictions: Annotated[
        Path,
        typer.Option(
            help='File with replies, in a format that --dataset-path accepts. A row is {"index": 1, "response": "…"}. '
            "If the response is a list, each element is one sample. If the response is null, the call failed.",
            show_default=False,
        ),
    ],
    model_name: Annotated[
        str | None,
        typer.Option(help="Name of the model that gave the replies. Default: the name of the file with the replies."),
    ] = None,
) -> None:
    """Score replies from a file.

    No model is called. The results are stored in the same form as results of swm run.

    Exit status: 0 if all questions have a reply; 1 if some questions have no reply; 2 after a usage, data or
    configuration error.
    """
    settings = made(RunSettings, given, model_name=model_name or predictions.name, command=tuple(sys.argv))

    from social_world_model.cli.output import show_result
    from social_world_model.experiments.scoring import score_predictions

    result = score_predictions(settings, predictions)
    show_result(result)
    raise typer.Exit(1 if result.failed else 0)


def rescore(
    run: Annotated[Path, typer.Argument(help="Folder of a run.", show_default=False)],
    scorer: Annotated[
        Literal["official", "lenient", "paper", "strict"],
        typer.Option(
            help="official: the scorer of the benchmark's authors; lenient: a scorer that extracts the answer from a "
            "longer reply; paper: the scorer used in arXiv 2509.00559; strict: accepts only bare answers.",
            show_default=False,
        ),
    ],
) -> None:
    """Score the stored replies of a run with another scorer.

    No model is called. The folder of the run stays unchanged. A copy with the new scores is written next to this
    folder.

    Exit status: 0 if all results are scored; 1 if some files could not be read; 2 after a usage, data or
    configuration error.
    """
    from social_world_model.cli.tables import show_report
    from social_world_model.experiments.baselines import TrivialResults
    from social_world_model.experiments.scoring import rescore as rescore_run
    from social_world_model.experiments.stored import read_stored_run
    from social_world_model.reports.report import make_report

    done = rescore_run(run, scorer)
    for folder in (done.before, done.after):
        stored = read_stored_run(folder, TrivialResults())
        print(f"scorer {stored.scorer}: {folder}")
        inferred = stored.labels_inferred
        show_report(make_report(stored.benchmark, stored.outcomes, baselines=stored.baselines, inferred=inferred))
        print()
    more = f" and {len(done.changed) - SHOWN} more" if len(done.changed) > SHOWN else ""
    print(
        f"scored differently: {len(done.changed)}{': ' if done.changed else ''}{', '.join(done.changed[:SHOWN])}{more}"
    )
    if done.kept:
        print(f"scores unchanged, because the replies are not stored: {len(done.kept)}")
    for problem in done.unusable[:SHOWN]:
        print(f"not scored: {problem}")
    if (left := len(done.unusable) - SHOWN) > 0:
        print(f"not scored: … and {left} more")
    if done.aside is not None:
        print(f"earlier scores by this scorer were moved to {done.aside}")
    print(f"results: {done.after}")
    raise typer.Exit(1 if done.unusable else 0)
