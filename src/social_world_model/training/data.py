"""From contexts to files of samples: chosen, split by narrative, measured, written as they come."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.files import write_whole
from social_world_model.training.lengths import Lengths, Spread, TokenLengths
from social_world_model.training.samples import is_held_out
from social_world_model.training.selection import LeftOut, Selection
from social_world_model.training.settings import DataSettings
from social_world_model.training.sources import Candidate, Unusable, context_files, generated, stored
from social_world_model.training.writing import check_parquet, sinks

TRAIN, VAL = "train", "val"
REPORT = "report.json"
EXAMPLES_TOLD = 5
BYTES_PER_SAMPLE = {"parquet": 1_000, "jsonl": 8_000}
"""Rough, from above, for what is checked before anything is written."""


@dataclass
class DataReport:
    """What became of every context.

    Parameters
    ----------
    out
        The folder.
    read
        Contexts, and files that hold none.
    written
        Samples by split.
    left_out, examples
        How many were not taken, by reason; and the first few of each.
    over_long
        Samples that were kept although they are longer than asked for.
    without_guidance
        Samples whose prompt says nothing about their benchmark, because nobody said which it is.
    tokens
        Lengths of what was written.
    """

    out: Path
    read: int = 0
    written: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    over_long: int = 0
    without_guidance: int = 0
    tokens: Spread = field(default_factory=Spread)

    def leave_out(self, place: str, what: LeftOut) -> None:
        """Count a context that is not taken."""
        self.left_out[what.reason] += 1
        told = self.examples.setdefault(what.reason, [])
        if len(told) < EXAMPLES_TOLD:
            told.append(f"{place}: {what.detail}" if what.detail else place)

    def to_json(self, settings: DataSettings) -> str:
        """Return the report as it lies beside the files."""
        data = {
            "read": self.read,
            "written": dict(self.written),
            "left_out": {why: {"count": n, "first": self.examples[why]} for why, n in self.left_out.most_common()},
            "over_long_kept": self.over_long,
            "without_guidance": self.without_guidance,
            "tokens": self.tokens.summary(),
            "settings": asdict(settings),
        }
        return json.dumps(data, ensure_ascii=False, indent=1, default=str)


OnProgress = Callable[[int, int], None]
"""Called with how many contexts were gone through, and of how many."""


def make_data(
    settings: DataSettings, on_progress: OnProgress | None = None, lengths: Lengths | None = None
) -> DataReport:
    """Write samples.

    Parameters
    ----------
    settings
        Of what, and how.
    on_progress
        Called after each context.
    lengths
        Who counts tokens, in place of the tokenizer that the settings name.

    Returns
    -------
    DataReport
        What was written and what was left out; ``report.json`` in the folder holds the same.

    Raises
    ------
    ConfigurationError
        If the settings cannot be followed, or something cannot be written.
    DatasetError
        If there is nothing to train on.
    """
    files = [path for folder in settings.folders for path in context_files(folder)]
    total = len(files) or settings.n
    if settings.generate is None:
        candidates: Iterator[Candidate | Unusable] = stored(files, settings.benchmark)
    else:
        candidates = generated(settings.generate, settings.n, settings.seed)
    if "parquet" in settings.kinds:
        check_parquet()
    if lengths is None and settings.tokenizer is not None:
        lengths = TokenLengths(settings.tokenizer)
    _make_room(settings, total)
    report = DataReport(settings.out)
    selection = Selection(settings.rules, lengths)
    with ExitStack() as stack:
        splits = {
            split: stack.enter_context(sinks(settings.out, split, settings.form, settings.kinds))
            for split in (TRAIN, VAL)
        }
        for candidate in candidates:
            report.read += 1
            split = _taken(candidate, selection, settings, report)
            if split is not None:
                for sink in splits[split[0]]:
                    sink.write(split[1])
            if on_progress is not None:
                on_progress(report.read, total)
        if not report.written[TRAIN]:  # before the files are given their names
            raise DatasetError(_nothing(settings, report))
    write_whole(settings.out / REPORT, report.to_json(settings))
    return report


def _taken(
    candidate: Candidate | Unusable, selection: Selection, settings: DataSettings, report: DataReport
) -> tuple[str, Any] | None:
    """Return split and sample of a candidate, and count it; None if it is not taken."""
    if isinstance(candidate, Unusable):
        reason, _, detail = candidate.why.partition(": ")
        report.leave_out(candidate.place, LeftOut(reason, detail))
        return None
    chosen = selection.choose(candidate)
    if isinstance(chosen, LeftOut):
        report.leave_out(candidate.place, chosen)
        return None
    split = VAL if is_held_out(candidate.narrative, settings.val_share, settings.seed) else TRAIN
    report.written[split] += 1
    report.over_long += chosen.is_over_long
    report.without_guidance += not candidate.source
    if chosen.tokens is not None:
        report.tokens.add(chosen.tokens)
    return split, chosen.sample


def _make_room(settings: DataSettings, total: int) -> None:
    """Make the folder, take away the files of an earlier time, and see that the new ones will fit."""
    try:
        settings.out.mkdir(parents=True, exist_ok=True)
        for split in (TRAIN, VAL):
            for kind in ("parquet", "jsonl"):
                (settings.out / f"{split}.{kind}").unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"expected a folder that can be written, got {settings.out}: {error.strerror or error}"
        ) from None
    needed = total * sum(BYTES_PER_SAMPLE[kind] for kind in settings.kinds)
    free = shutil.disk_usage(settings.out).free
    if free < needed:
        raise ConfigurationError(
            f"expected about {needed / 1e9:.1f} GB of free space for {total} samples in {settings.out}, "
            f"got {free / 1e9:.1f} GB: make room, or write elsewhere"
        )


def _nothing(settings: DataSettings, report: DataReport) -> str:
    where = ", ".join(map(str, settings.folders)) or f"stories of {settings.generate}"
    why = "; ".join(f"{count} × {reason}" for reason, count in report.left_out.most_common())
    held = f"; {report.written[VAL]} held out by val_share {settings.val_share:g}" if report.written[VAL] else ""
    return (
        f"expected something to train on, got none out of {report.read} in {where}: {why or 'nothing left out'}{held}"
    )
