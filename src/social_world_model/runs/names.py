"""Names of folders and files; whatever a model or an index is called, nothing leaves its folder."""

from __future__ import annotations

import glob
import hashlib
import re
from pathlib import Path

_UNSAFE = re.compile(r'[%/\\:*?"<>|\x00-\x1f\x7f]')
_LONGEST = 200  # bytes; file systems stop at 255, and temporary names are longer
_MOVED_ASIDE = ".old-"  # and a number

RESULTS = "_results"
"""How the name of a folder ends that holds all results of a benchmark."""


def file_stem(index: str) -> str:
    """Return an index as a file name without ending; different indices give different names.

    >>> file_stem("12"), file_stem("run"), file_stem("../../x")
    ('12', '%72un', '%2E.%2F..%2Fx')
    """
    return "%72un" if index == "run" else _segment(index)


def run_folder(
    output_dir: Path, benchmark: str, mode: str, model: str, dataset: str, context_model: str | None
) -> Path:
    """Return the folder of a run.

    Parameters
    ----------
    output_dir
        Where all results go.
    benchmark, mode, model, dataset
        Names; slashes in a model's name nest, from ``@`` on it is one escaped segment.
    context_model
        Who made the contexts; None where the mode uses none.

    Examples
    --------
    >>> run_folder(Path("data"), "tomi", "vanilla", "vllm/org/m", "x.csv", None).as_posix()
    'data/tomi_results/vanilla_vllm/org/m_x.csv'
    """
    parts = [
        _segment(mode),
        _nested(model),
        _segment(dataset),
        *([] if context_model is None else [_nested(context_model)]),
    ]
    segments = "_".join(parts).split("/")
    return output_dir.joinpath(f"{_segment(benchmark)}{RESULTS}", *map(_segment_of_path, segments))


def context_folder(output_dir: Path, benchmark: str, dataset: str, context_model: str) -> Path:
    """Return the folder in which contexts are looked for and kept."""
    return run_folder(output_dir, benchmark, "socialized_context", context_model, dataset, context_model)


def aside_folder(folder: Path) -> Path:
    """Return the first free name to which a results folder, or some of its files, can be moved aside."""
    number = 1
    while (target := folder.with_name(f"{folder.name}{_MOVED_ASIDE}{number}")).exists():
        number += 1
    return target


def folders_moved_aside(folder: Path) -> list[Path]:
    """Return the folders that were moved aside from a results folder."""
    return [path for path in folder.parent.glob(f"{glob.escape(folder.name)}{_MOVED_ASIDE}*") if is_moved_aside(path)]


def is_moved_aside(path: Path) -> bool:
    """Tell whether a path lies in a folder that was moved aside.

    >>> is_moved_aside(Path("run.old-2/sample-1")), is_moved_aside(Path("my.old-data"))
    (True, False)
    """
    return any(_MOVED_ASIDE in part and part.rpartition(_MOVED_ASIDE)[2].isdigit() for part in path.parts)


def _nested(model: str) -> str:
    """Return a model's name with its own slashes, and everything from ``@`` on as one segment."""
    name, at, address = model.partition("@")
    return "/".join(_UNSAFE.sub(_escape, part) for part in name.split("/")) + at + _UNSAFE.sub(_escape, address)


def _segment_of_path(escaped: str) -> str:
    return _shortened(_dots_escaped(escaped))


def _segment(text: str) -> str:
    return _shortened(_dots_escaped(_UNSAFE.sub(_escape, text)))


def _dots_escaped(text: str) -> str:
    """Escape what a file system reads as something else: nothing, ``.``, ``..``, and hidden names."""
    if not text:
        return "%"
    return f"%2E{text[1:]}" if text.startswith(".") else text


def _shortened(text: str) -> str:
    data = text.encode()
    if len(data) <= _LONGEST:
        return text
    return f"{data[: _LONGEST - 20].decode(errors='ignore')}%~{hashlib.sha256(data).hexdigest()[:16]}"


def _escape(match: re.Match[str]) -> str:
    return f"%{ord(match.group()):02X}"
