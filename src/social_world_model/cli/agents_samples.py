"""Options and output of ``swm agents export`` for training samples."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from social_world_model.choices import Lesson, SampleForm, Side
from social_world_model.cli.signatures import naming_flags
from social_world_model.errors import ConfigurationError

if TYPE_CHECKING:
    from social_world_model.experiments.episodes.folders import EpisodeFolder
    from social_world_model.experiments.episodes.samples import SampleRules

LearnOption = Annotated[
    Lesson,
    typer.Option(
        help="Samples, for sft and grpo. act: the prompt of the agent plain, and the act that was played. reply: the "
        "prompt of a world model, and the real reply of the partner."
    ),
]
SideOption = Annotated[Side, typer.Option(help="Whose decisions become samples.")]
SeatOption = Annotated[
    list[str] | None, typer.Option(metavar="SEAT", help="Use only episodes of this seat. Repeatable.")
]
AtLeastOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=X",
        help="Use only people with this score or a higher one, such as goal=7 or overall=3. Repeatable.",
    ),
]
DataOption = Annotated[
    list[Path] | None,
    typer.Option(
        help="Data file of the scenarios, as for swm agents run. Prompts then say what people knew of each other. "
        "Repeatable.",
    ),
]
ValShareOption = Annotated[
    float, typer.Option(help="Share of environments in the file val. No environment is in both files.")
]
SeedOption = Annotated[int, typer.Option(help="Random seed of the split.")]


def rules_of(
    learn: Lesson,
    side: Side,
    seats: Sequence[str] | None,
    at_least: Sequence[str] | None,
    judges: Sequence[str] | None,
    val_share: float,
    seed: int,
) -> SampleRules:
    """Return which decisions become samples.

    Parameters
    ----------
    learn, side, seats, at_least, judges, val_share, seed
        Values of the options.

    Raises
    ------
    ConfigurationError
        If a value cannot be used.
    """
    from social_world_model.experiments.episodes.samples import SampleRules

    with naming_flags("val_share"):
        return SampleRules(
            learn=learn,
            side=side,
            seats=tuple(seats or ()),
            at_least=dict(map(_score, at_least or ())),
            judges=None if judges is None else tuple(judges),
            val_share=val_share,
            seed=seed,
        )


def _score(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not name.strip() or not math.isfinite(value):
        raise ConfigurationError(f"expected --at-least as NAME=X, such as goal=7; got {text}")
    return name.strip(), value


def export_samples(
    found: Sequence[EpisodeFolder], out: Path, form: SampleForm, rules: SampleRules, data: Sequence[Path] | None
) -> None:
    """Write training samples, and print what was written.

    Parameters
    ----------
    found
        Runs of episodes.
    out
        Folder to write.
    form
        Form of the samples.
    rules
        Which decisions become samples.
    data
        Data files of the scenarios.

    Raises
    ------
    ConfigurationError, DatasetError
        If a file cannot be written or read, or if there is no sample.
    """
    from social_world_model.experiments.episodes.samples import TRAIN, VAL, write_samples

    with naming_flags("out"):
        result = write_samples(found, out, form=form, rules=rules, data=data or ())
    for why, count in result.skipped.most_common():
        print(f"skipped: {_counted(count, 'episode')}: {why}", file=sys.stderr)
    if result.without_others:
        print(
            f"note: {result.without_others} prompts do not say what people knew of each other; use --data",
            file=sys.stderr,
        )
    if rules.val_share and not result.written[VAL]:
        print("note: there is no file val, because no environment is held out; use another seed", file=sys.stderr)
    parts = [
        f"{result.written[split]} {split} ({_counted(result.environments[split], 'environment')})"
        for split in (TRAIN, VAL)
        if result.written[split]
    ]
    print(f"samples: {', '.join(parts)} from {_counted(result.episodes, 'episode')}")
    print(f"results: {result.path}")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
