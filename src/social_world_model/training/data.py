"""Make training samples from contexts: select contexts, split them by narrative, and write the samples to files."""

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
"""Rough upper bounds of the size of a sample in bytes, by file format. They are used to check the disk space."""


@dataclass
class DataReport:
    """Counts of used and skipped contexts.

    Parameters
    ----------
    out
        Output folder.
    read
        Number of processed contexts. Files without a context are included.
    written
        Number of samples in each split.
    left_out, examples
        Number of skipped contexts by reason, and the first examples for each reason.
    over_long
        Number of samples that are too long, but were kept because the settings say so.
    without_guidance
        Number of samples whose prompt has no benchmark instructions, because the benchmark is unknown.
    tokens
        Lengths of the written samples.
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
        """Count a skipped context.

        Parameters
        ----------
        place
            File or generated story that the context comes from.
        what
            Reason why the context is skipped.
        """
        self.left_out[what.reason] += 1
        told = self.examples.setdefault(what.reason, [])
        if len(told) < EXAMPLES_TOLD:
            told.append(f"{place}: {what.detail}" if what.detail else place)

    def to_json(self, settings: DataSettings) -> str:
        """Return the report and the settings as JSON text."""
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
"""Callback for progress. It receives the number of processed contexts and the total number of contexts."""


def make_data(
    settings: DataSettings, on_progress: OnProgress | None = None, lengths: Lengths | None = None
) -> DataReport:
    """Make samples from contexts, and write the samples to files.

    Parameters
    ----------
    settings
        Settings: source of the contexts, selection rules and output folder.
    on_progress
        Callback that is called after each context.
    lengths
        Counter of tokens. If given, it is used instead of the tokenizer in the settings.

    Returns
    -------
    DataReport
        Counts of written and skipped contexts. The file ``report.json`` in the output folder contains the same counts.

    Raises
    ------
    ConfigurationError
        If a setting cannot be used, if the disk space is too small, or if a file cannot be written.
    DatasetError
        If no context becomes a training sample.
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
        if not report.written[TRAIN]:  # before the temporary files are renamed
            raise DatasetError(_nothing(settings, report))
    write_whole(settings.out / REPORT, report.to_json(settings))
    return report


def _taken(
    candidate: Candidate | Unusable, selection: Selection, settings: DataSettings, report: DataReport
) -> tuple[str, Any] | None:
    """Count a candidate, and return its split and its sample; None if the candidate is skipped."""
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
    """Create the folder, delete files of an earlier call, and check the disk space."""
    try:
        settings.out.mkdir(parents=True, exist_ok=True)
        for split in (TRAIN, VAL):
            for kind in ("parquet", "jsonl"):
                (settings.out / f"{split}.{kind}").unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(f"expected a writable folder, got {settings.out}: {error.strerror or error}") from None
    needed = total * sum(BYTES_PER_SAMPLE[kind] for kind in settings.kinds)
    free = shutil.disk_usage(settings.out).free
    if free < needed:
        raise ConfigurationError(
            f"expected about {needed / 1e9:.1f} GB of free space for {total} samples in {settings.out}, "
            f"got {free / 1e9:.1f} GB: free up space, or choose another folder"
        )


def _nothing(settings: DataSettings, report: DataReport) -> str:
    where = ", ".join(map(str, settings.folders)) or f"generated {settings.generate} stories"
    why = "; ".join(f"{count} × {reason}" for reason, count in report.left_out.most_common())
    held = f"; {report.written[VAL]} held out (val_share {settings.val_share:g})" if report.written[VAL] else ""
    return (
        f"expected at least one training sample, got none from {report.read} contexts in {where}: "
        f"{why or 'no context was skipped'}{held}"
    )
