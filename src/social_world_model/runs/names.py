"""Names of folders and files.

Names of models and items are escaped, so that every path stays inside the output folder.
"""

from __future__ import annotations

import glob
import hashlib
import re
import unicodedata
from pathlib import Path

_UNSAFE = re.compile(r'[%/\\:*?"<>|\x00-\x1f\x7f\ud800-\udfff]')
_LONGEST = 200  # bytes; file systems allow 255, and temporary names are longer
_MOVED_ASIDE = ".old-"  # followed by a number

RESULTS = "_results"
"""Suffix of a folder that contains all results of a benchmark."""


def file_stem(index: str) -> str:
    """Return an index as a file name without extension; different indices give different names.

    Some file systems ignore the difference between upper and lower case, and between composed and decomposed
    characters. The name of an index with such characters therefore ends with a hash of the index.

    >>> file_stem("12"), file_stem("run"), file_stem("../../x"), file_stem("A")
    ('12', '%72un', '%2E.%2F..%2Fx', 'A%~559aead0')
    """
    folded = unicodedata.normalize("NFC", index.upper().casefold())
    if folded == index:
        return older_file_stem(index)
    digest = hashlib.sha256(index.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_segment(index)}%~{digest[:8]}"


def older_file_stem(index: str) -> str:
    """Return the name that version 0.1 gave to the file of an index. `a` and `A` differ only in case."""
    return "%72un" if index == "run" else _segment(index)


def run_folder(
    output_dir: Path, benchmark: str, mode: str, model: str, dataset: str, context_model: str | None
) -> Path:
    """Return the folder of a run.

    Parameters
    ----------
    output_dir
        Folder for all results.
    benchmark, mode, model, dataset
        Names of the benchmark, the mode, the model and the data set. A slash in a model's name starts a subfolder. The
        part of a model's name after ``@`` is escaped.
    context_model
        Name of the model that made the contexts; None if the mode uses no contexts.

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
    """Return the folder in which contexts are stored.

    Parameters
    ----------
    output_dir
        Folder for all results.
    benchmark, dataset
        Names of the benchmark and of the data set.
    context_model
        Name of the model that makes the contexts.
    """
    return run_folder(output_dir, benchmark, "socialized_context", context_model, dataset, context_model)


def episodes_folder(
    output_dir: Path, scenario: str, data: str, agent: str, partner: str, seed: int | None = None
) -> Path:
    """Return the folder of a run of episodes.

    Parameters
    ----------
    output_dir
        Folder for all results.
    scenario, data
        Name of the source of scenarios, and name of the data file with further settings; empty if there is neither.
    agent, partner
        Names of the agent and of the partner, with their models.
    seed
        Seed that the user chose; None if there is none.

    Examples
    --------
    >>> episodes_folder(Path("data"), "sotopia", "hard.json", "foresee_org/m", "plain_org/m").as_posix()
    'data/agents/sotopia_hard.json/foresee_org%2Fm__plain_org%2Fm'
    """
    source = "_".join(filter(None, (scenario, data)))
    players = f"{agent}__{partner}" if seed is None else f"{agent}__{partner}__seed-{seed}"
    return output_dir.joinpath("agents", _segment(source), _segment(players))


def aside_folder(folder: Path) -> Path:
    """Return the first free folder name ``<folder>.old-N`` for old results."""
    number = 1
    while (target := folder.with_name(f"{folder.name}{_MOVED_ASIDE}{number}")).exists():
        number += 1
    return target


def folders_moved_aside(folder: Path) -> list[Path]:
    """Return the folders ``<folder>.old-N`` that contain the old results of a folder."""
    return [path for path in folder.parent.glob(f"{glob.escape(folder.name)}{_MOVED_ASIDE}*") if is_moved_aside(path)]


def is_moved_aside(path: Path) -> bool:
    """Return whether a path is inside a folder ``<folder>.old-N`` for old results.

    >>> is_moved_aside(Path("run.old-2/sample-1")), is_moved_aside(Path("my.old-data"))
    (True, False)
    """
    return any(_MOVED_ASIDE in part and part.rpartition(_MOVED_ASIDE)[2].isdigit() for part in path.parts)


def _nested(model: str) -> str:
    """Escape a model's name, but keep its slashes. The part after ``@`` is escaped as one segment."""
    name, at, address = model.partition("@")
    return "/".join(_UNSAFE.sub(_escape, part) for part in name.split("/")) + at + _UNSAFE.sub(_escape, address)


def _segment_of_path(escaped: str) -> str:
    return _shortened(_dots_escaped(escaped))


def _segment(text: str) -> str:
    return _shortened(_dots_escaped(_UNSAFE.sub(_escape, text)))


def _dots_escaped(text: str) -> str:
    """Escape names that have a special meaning in file systems: empty names, ``.``, ``..`` and hidden names."""
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
