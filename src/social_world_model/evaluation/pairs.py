"""Two folders of contexts, paired by file name; nothing that is in one of them is passed over in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from social_world_model.errors import ContextError, DatasetError
from social_world_model.runs.keys import content_key
from social_world_model.runs.reading import read_result_file, result_files
from social_world_model.runs.results import Result, is_writable_text
from social_world_model.s3ap import SocializedContext

NAMED = 3
"""Files named in a message; the others are counted."""


@dataclass(frozen=True, kw_only=True)
class ContextFile:
    """A result's file that holds a context.

    Parameters
    ----------
    path
        The file.
    story
        The narrative; None where the result has none.
    context
        What it holds; it may have errors, but can be read.
    """

    path: Path
    story: str | None
    context: SocializedContext


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A context and what it is compared with.

    Parameters
    ----------
    name
        File name of both.
    gen
        The context to be judged.
    gt
        What it is compared with; None where that is not read from a file.
    """

    name: str
    gen: ContextFile
    gt: ContextFile | None

    @property
    def story(self) -> str | None:
        """The narrative of both."""
        return self.gen.story if self.gt is None or (self.gen.story or "").strip() else self.gt.story

    @property
    def key(self) -> str:
        """Hash of the narrative and the contexts: pairs of one key are one."""
        return content_key(
            story=_folded(self.story),
            gen=self.gen.context.to_data(),
            gt=None if self.gt is None else self.gt.context.to_data(),
        )


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A file without a score, and why.

    Parameters
    ----------
    name
        File name.
    why
        What was expected, and what came.
    kind
        ``"unmatched"``: it has no counterpart; ``"unreadable"``: it cannot be read, or holds no context;
        ``"failed"``: it could be read, and not be scored.
    """

    name: str
    why: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Paired:
    """What two folders hold.

    Parameters
    ----------
    pairs
        By file name.
    failed
        Files without a pair.
    notes
        What else a user should know about the folders.
    """

    pairs: tuple[Pair, ...]
    failed: tuple[Failed, ...]
    notes: tuple[str, ...] = ()


def pair_folders(gt_dir: Path | None, gen_dir: Path) -> Paired:
    """Read two folders and pair their contexts by file name.

    Parameters
    ----------
    gt_dir
        Contexts to compare with; None where none are needed.
    gen_dir
        Contexts to be judged. Of both, sub-folders are looked into only where a folder holds no result itself.

    Returns
    -------
    Paired
        Files that cannot be read, hold no context, have no counterpart or tell another story are named in `failed`.

    Raises
    ------
    DatasetError
        If a folder is not there or holds no result, two files have one name, or no pair is left.
    """
    notes: list[str] = []
    gens = _files(gen_dir, "gen_dir", notes)
    gts = None if gt_dir is None else _files(gt_dir, "gt_dir", notes)
    pairs: list[Pair] = []
    failed: list[Failed] = []
    for stem in sorted(gens.keys() | (gts or {}).keys(), key=_by_number):
        gen, gt = gens.get(stem), None if gts is None else gts.get(stem)
        made = _pair(f"{stem}.json", gen, gt, gen_dir, gt_dir)
        if isinstance(made, Pair):
            pairs.append(made)
        else:
            failed.append(made)
    if not pairs:
        why = "; ".join(f"{one.name}: {one.why}" for one in failed[:NAMED])
        more = f"; and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
        raise DatasetError(f"expected at least one pair of contexts of the same file name, got none: {why}{more}")
    return Paired(pairs=tuple(pairs), failed=tuple(failed), notes=tuple(notes))


def _pair(name: str, gen: Path | None, gt: Path | None, gen_dir: Path, gt_dir: Path | None) -> Pair | Failed:
    if gen is None:
        return Failed(name=name, kind="unmatched", why=f"expected a file of this name in {gen_dir} too, got none")
    if gt is None and gt_dir is not None:
        return Failed(name=name, kind="unmatched", why=f"expected a file of this name in {gt_dir} too, got none")
    try:
        pair = Pair(name=name, gen=_read(gen), gt=None if gt is None else _read(gt))
    except (DatasetError, ContextError) as error:
        return Failed(name=name, kind="unreadable", why=" ".join(str(error).split()))
    told = {_folded(file.story) for file in (pair.gen, pair.gt) if file is not None and file.story}
    if len(told) > 1:
        why = f"expected two contexts of one story, got another one in {gt} than in {gen}"
        return Failed(name=name, kind="failed", why=why)
    return pair


def _files(folder: Path, parameter: str, notes: list[str]) -> Mapping[str, Path]:
    """Return the files of a folder by stem.

    Raises
    ------
    DatasetError
        If there are none, or two of one stem.
    """
    if not folder.is_dir():
        raise DatasetError(
            f"expected {parameter} to be a folder of results, got {folder}, which is none", parameters=(parameter,)
        )
    found: dict[str, Path] = {}
    try:
        for path in _files_in(folder, notes):
            before = found.setdefault(path.stem, path)
            if before != path:
                raise DatasetError(
                    f"expected each file name once in {parameter} {folder}, got {before} and {path}: name the folder "
                    "of one run",
                    parameters=(parameter,),
                )
    except OSError as error:
        raise DatasetError(f"expected a folder that can be read, got {folder}: {error.strerror or error}") from None
    if not found:
        raise DatasetError(
            f"expected results (JSON files with an index) in {parameter} {folder} or in folders in it, got none: name "
            "a folder that a run in mode generate_socialized_context or `swm data generate` has written",
            parameters=(parameter,),
        )
    return found


def _files_in(folder: Path, notes: list[str]) -> Iterator[Path]:
    """Yield the result files of a folder; where it has none itself, those of the folders in it."""
    files = [path for path in result_files(folder) if path.is_file()]
    results = [path for path in files if _may_be_result(path)]
    folders = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    yield from results
    if len(results) < len(files):
        notes.append(f"{folder}: {len(files) - len(results)} JSON files without an index are no results")
    if results and folders:
        notes.append(f"{folder} holds results: the {len(folders)} folders in it were not looked into")
    for inner in folders if not results else ():
        yield from _files_in(inner, notes)


def _may_be_result(path: Path) -> bool:
    """Tell a result, or what was meant to be one and is broken, from other JSON files."""
    try:
        return read_result_file(path) is not None
    except DatasetError:
        return True


def _read(path: Path) -> ContextFile:
    """Read a result's context.

    Raises
    ------
    DatasetError
        If the file cannot be read, or holds no context.
    ContextError
        If what it holds has not the shape of one.
    """
    try:
        result = read_result_file(path)
        context = None if result is None or not result.socialized_context else result.context
    except DatasetError as error:
        raise DatasetError(f"{path}: {error}") from None
    except ContextError as error:
        raise ContextError(f"{path}: {str(error).partition(chr(10))[0]}", error.issues) from None
    if result is None or context is None:
        raise DatasetError(f"expected a socialized_context in {path}, got none{_status(result)}")
    if not is_writable_text(result.narrative or ""):
        raise DatasetError(f"expected a story of whole characters in {path}, got half of one (a lone surrogate)")
    return ContextFile(path=path, story=result.narrative, context=context)


def _status(result: Result | None) -> str:
    if result is None:
        return ""
    return f" (its status is {result.status}{f': {result.error}' if result.error else ''})"


def _folded(story: str | None) -> str | None:
    return None if story is None else " ".join(story.split())


def _by_number(stem: str) -> tuple[bool, int, str]:
    """Order 2 before 10, and numbers before names."""
    number = stem.isascii() and stem.isdigit() and len(stem) < 19
    return (not number, int(stem) if number else 0, stem)
