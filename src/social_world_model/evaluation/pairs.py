"""Pair the contexts of two folders by file name. Every file without a pair is reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from social_world_model.errors import ContextError, DatasetError
from social_world_model.runs.keys import content_key
from social_world_model.runs.reading import read_result_file, result_files
from social_world_model.runs.results import Result
from social_world_model.s3ap import SocializedContext

NAMED = 3
"""Maximum number of files that a message names. The message only counts further files."""


@dataclass(frozen=True, kw_only=True)
class ContextFile:
    """A result file that contains a context.

    Parameters
    ----------
    path
        Path of the file.
    story
        Narrative of the result; None if the file contains no narrative.
    context
        Context of the result. The context is readable, but it may have validation errors.
    """

    path: Path
    story: str | None
    context: SocializedContext


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A context and its reference.

    Parameters
    ----------
    name
        File name, which is the same in both folders.
    gen
        Context to evaluate.
    gt
        Reference context; None if the reference is not read from a file.
    """

    name: str
    gen: ContextFile
    gt: ContextFile | None

    @property
    def story(self) -> str | None:
        """Narrative of the pair."""
        return self.gen.story if self.gt is None or (self.gen.story or "").strip() else self.gt.story

    @property
    def key(self) -> str:
        """Hash of the narrative and the contexts. Pairs with the same hash count once."""
        return content_key(
            story=_folded(self.story),
            gen=self.gen.context.to_data(),
            gt=None if self.gt is None else self.gt.context.to_data(),
        )


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A file that has no score, and the reason.

    Parameters
    ----------
    name
        File name.
    why
        Reason why the file has no score: what was expected, and what was found.
    kind
        ``"unmatched"`` if the other folder has no file with this name, ``"unreadable"`` if the file contains no
        readable context, or ``"failed"`` if the context could not be scored.
    """

    name: str
    why: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Paired:
    """Pairs of contexts in two folders.

    Parameters
    ----------
    pairs
        Pairs, sorted by file name.
    failed
        Files that belong to no pair.
    notes
        Remarks about the folders, for the user.
    """

    pairs: tuple[Pair, ...]
    failed: tuple[Failed, ...]
    notes: tuple[str, ...] = ()


def pair_folders(gt_dir: Path | None, gen_dir: Path) -> Paired:
    """Read two folders and pair their contexts by file name.

    Parameters
    ----------
    gt_dir
        Folder of reference contexts; None if no references are needed.
    gen_dir
        Folder of contexts to evaluate. The subfolders of a folder are read only if the folder itself contains no
        result.

    Returns
    -------
    Paired
        Pairs of contexts. `failed` contains the other files: files without a readable context, files without a
        counterpart, and files whose stories differ.

    Raises
    ------
    DatasetError
        If a folder does not exist, if a folder contains no result, if a file name occurs twice, or if there is no pair.
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
        raise DatasetError(f"expected at least one pair of contexts with the same file name, got none: {why}{more}")
    return Paired(pairs=tuple(pairs), failed=tuple(failed), notes=tuple(notes))


def _pair(name: str, gen: Path | None, gt: Path | None, gen_dir: Path, gt_dir: Path | None) -> Pair | Failed:
    if gen is None:
        return Failed(name=name, kind="unmatched", why=f"expected a file with this name in {gen_dir} too, got none")
    if gt is None and gt_dir is not None:
        return Failed(name=name, kind="unmatched", why=f"expected a file with this name in {gt_dir} too, got none")
    try:
        pair = Pair(name=name, gen=_read(gen), gt=None if gt is None else _read(gt))
    except (DatasetError, ContextError) as error:
        return Failed(name=name, kind="unreadable", why=" ".join(str(error).split()))
    told = {_folded(file.story) for file in (pair.gen, pair.gt) if file is not None and file.story}
    if len(told) > 1:
        why = f"expected {gt} and {gen} to contain the same story, got two different stories"
        return Failed(name=name, kind="failed", why=why)
    return pair


def _files(folder: Path, parameter: str, notes: list[str]) -> Mapping[str, Path]:
    """Return the files of a folder by stem.

    Raises
    ------
    DatasetError
        If the folder contains no result file, or if two files have the same stem.
    """
    if not folder.is_dir():
        raise DatasetError(
            f"expected {parameter} to be a folder of results, got {folder}, which is not a folder",
            parameters=(parameter,),
        )
    found: dict[str, Path] = {}
    try:
        for path in _files_in(folder, notes):
            before = found.setdefault(path.stem, path)
            if before != path:
                raise DatasetError(
                    f"expected each file name once in {folder} ({parameter}), got {before} and {path}: give the folder "
                    "of one run",
                    parameters=(parameter,),
                )
    except OSError as error:
        raise DatasetError(f"expected a readable folder, got {folder}: {error.strerror or error}") from None
    if not found:
        raise DatasetError(
            f"expected results (JSON files with an index) in {folder} ({parameter}) or in subfolders, got none: give "
            "a folder that was written in mode generate_socialized_context or by `swm data generate`",
            parameters=(parameter,),
        )
    return found


def _files_in(folder: Path, notes: list[str]) -> Iterator[Path]:
    """Yield the result files of a folder. If there are none, yield the result files of the subfolders."""
    files = [path for path in result_files(folder) if path.is_file()]
    results = [path for path in files if _may_be_result(path)]
    folders = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    yield from results
    if len(results) < len(files):
        notes.append(
            f"{folder}: {len(files) - len(results)} JSON files without an index are not results and were ignored"
        )
    if results and folders:
        notes.append(f"{folder} contains results, so its subfolders ({len(folders)}) were not read")
    for inner in folders if not results else ():
        yield from _files_in(inner, notes)


def _may_be_result(path: Path) -> bool:
    """Return whether a file is a result, valid or broken. Other kinds of JSON files are not results."""
    try:
        return read_result_file(path) is not None
    except DatasetError:
        return True


def _read(path: Path) -> ContextFile:
    """Read the context of a result file.

    Raises
    ------
    DatasetError
        If the file cannot be read, or if the file contains no context.
    ContextError
        If the stored context does not have the form of a context.
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
    return ContextFile(path=path, story=result.narrative, context=context)


def _status(result: Result | None) -> str:
    if result is None:
        return ""
    return f" (its status is {result.status}{f': {result.error}' if result.error else ''})"


def _folded(story: str | None) -> str | None:
    return None if story is None else " ".join(story.split())


def _by_number(stem: str) -> tuple[bool, int, str]:
    """Return a sort key that puts 2 before 10, and numbers before names."""
    number = stem.isascii() and stem.isdigit() and len(stem) < 19
    return (not number, int(stem) if number else 0, stem)
