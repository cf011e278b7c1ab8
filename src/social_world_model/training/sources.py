"""Sources of contexts for training: folders of results, or the symbolic story generators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from social_world_model.benchmarks import get_benchmark
from social_world_model.errors import ConfigurationError, ContextError, DatasetError
from social_world_model.runs.manifest import read_manifest
from social_world_model.runs.reading import benchmark_name, folders_below, read_result_file, result_files
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.generators import GENERATORS
from social_world_model.symbolic.story.contexts import parse_story


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A context that can become a sample.

    Parameters
    ----------
    place
        File or generated story that the context comes from, for reports.
    narrative, guidance, context
        Story and domain instructions for the parser, and the context that the parser should return.
    source
        Name of the benchmark or folder that the context comes from.
    is_right
        Whether the question about the context was answered correctly; None if no answer was scored.
    is_reference
        Whether the symbolic model made the context from this narrative. Such a context needs no other reference.
    """

    place: str
    narrative: str
    guidance: str
    context: SocializedContext
    source: str = ""
    is_right: bool | None = None
    is_reference: bool = False


@dataclass(frozen=True)
class Unusable:
    """A file without a usable context, and the reason."""

    place: str
    why: str


def generated(kind: str, n: int, seed: int) -> Iterator[Candidate]:
    """Yield the gold contexts of generated stories, one at a time.

    Parameters
    ----------
    kind
        Name of the story generator.
    n
        Number of stories, 1 or more.
    seed
        Seed of the stories.

    Raises
    ------
    ConfigurationError
        If the generator does not exist, or `n` is less than 1.
    """
    if kind not in GENERATORS:
        raise ConfigurationError(f"expected kind to be {' or '.join(GENERATORS)}, got {kind!r}")
    if n < 1:
        raise ConfigurationError(f"expected at least 1 story, got {n}")
    return _generated(kind, n, seed)


def _generated(kind: str, n: int, seed: int) -> Iterator[Candidate]:
    benchmark = get_benchmark(kind)
    for story in GENERATORS[kind](n, seed):
        row = dict(story.rows[0])
        narrative = next(iter(benchmark.items(str(row["index"]), row))).narrative
        yield Candidate(
            place=f"{kind} {story.set_id}",
            narrative=narrative,
            guidance=benchmark.guidance,
            context=parse_story(narrative, benchmark.guidance)[0],
            source=kind,
            is_reference=True,
        )


def context_files(folder: Path) -> list[Path]:
    """Return the result files in a folder; if the folder contains none, return the result files in all subfolders.

    Raises
    ------
    DatasetError
        If the folder does not exist, if it contains no JSON files, or if both the folder and a subfolder contain JSON
        files.
    """
    if not folder.is_dir():
        raise DatasetError(f"expected a folder of results, got {folder}, which is not a folder")
    own = _files_in(folder)
    below = [path for inner in folders_below(folder) for path in _files_in(inner)]
    if own and below:
        raise DatasetError(
            f"expected a folder of results or a folder of such folders, got {folder}, which is both: "
            f"it contains {len(own)} result files, and {len(below)} in subfolders (the first in {below[0].parent}); "
            "pass the folders one by one"
        )
    if not own and not below:
        raise DatasetError(f"expected a folder of results (*.json), got {folder}, which contains none")
    return own or below


def _files_in(folder: Path) -> list[Path]:
    return [path for path in result_files(folder) if path.name != "report.json"]


def stored(files: list[Path], benchmark: str | None = None) -> Iterator[Candidate | Unusable]:
    """Yield the context of each result file, or the reason why the file has no usable context.

    Parameters
    ----------
    files
        Result files.
    benchmark
        Benchmark whose instructions are used in the prompts; None means that the benchmark is inferred from the folder.
    """
    guidance: dict[Path, tuple[str, str]] = {}
    for path in files:
        if path.parent not in guidance:
            guidance[path.parent] = guidance_of(path.parent, benchmark)
        yield _stored(path, *guidance[path.parent])


def _stored(path: Path, source: str, guidance: str) -> Candidate | Unusable:
    try:
        result = read_result_file(path)
    except DatasetError as error:
        return Unusable(str(path), f"not readable: {error}")
    if result is None:
        return Unusable(str(path), "not a result")
    if not result.narrative or not result.narrative.strip():
        return Unusable(str(path), "a result without a story")
    try:
        context = result.context
    except ContextError as error:
        return Unusable(str(path), f"not a context: {error.issues[0] if error.issues else error}")
    if context is None:
        return Unusable(str(path), "a result without a context")
    return Candidate(
        place=str(path),
        narrative=result.narrative,
        guidance=guidance,
        context=context,
        source=source,
        is_right=result.is_correct,
    )


def guidance_of(folder: Path, benchmark: str | None = None) -> tuple[str, str]:
    """Return the benchmark name and the parser instructions for a folder of results; both are empty if unknown.

    Parameters
    ----------
    folder
        Folder of results.
    benchmark
        Name of the benchmark; None means that the benchmark is inferred from the folder.

    Raises
    ------
    ConfigurationError
        If no benchmark has the name `benchmark`.
    DatasetError
        If a newer version of this package wrote the manifest of the folder.
    """
    manifest = read_manifest(folder)
    name = benchmark or benchmark_name(folder, manifest)
    if name is None:
        return "", ""
    try:
        settings = manifest.get("settings") if benchmark is None else None
        options = settings.get("options") if isinstance(settings, dict) else None
        known = get_benchmark(name)
        return name, known.configured(options if isinstance(options, dict) else {}).guidance
    except ConfigurationError:
        if benchmark is not None:
            raise
        return "", ""
