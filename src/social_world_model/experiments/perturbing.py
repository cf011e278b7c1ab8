"""Degrade the contexts in a folder of results. The aim is to measure how accuracy depends on context quality."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from social_world_model.errors import ConfigurationError, ContextError, DatasetError
from social_world_model.runs.reading import read_results
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore
from social_world_model.s3ap.perturbation import Perturbed, check_probability, perturb


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Amount of noise in perturbed contexts.

    Parameters
    ----------
    leak, omit
        Probability of a leak, and probability of an omission, as in `perturb`. Both are between 0 and 1.
    seed
        Seed of the random choices. The choices also depend on the story and the context. Results with the same story
        and context get the same perturbed context.
    """

    leak: float
    omit: float
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Perturbing:
    """Counts for a folder of perturbed contexts.

    Parameters
    ----------
    results, contexts
        Number of written results, and number of distinct contexts in the results.
    leaked, leakable, omitted, omittable
        Numbers of pairs of an event and an agent, summed over the distinct contexts. `Perturbed` explains the numbers.
    problems
        One line per file that could not be used.
    without
        Number of results that were skipped because they have no context.
    """

    results: int
    contexts: int
    leaked: int
    leakable: int
    omitted: int
    omittable: int
    problems: tuple[str, ...] = ()
    without: int = 0


def perturb_folder(source: Path, out: Path, noise: Noise) -> Perturbing:
    """Copy a folder of results, and perturb the contexts in the copy. The copy can be used as `context_dir`.

    Parameters
    ----------
    source
        Folder of results. Results without a context are skipped.
    out
        Output folder, which must be new or empty. Each result keeps its item and gets a column `perturbation`. Answers
        and keys are not copied, so a run treats the contexts as contexts from another source.
    noise
        Probabilities and seed of the perturbation.

    Returns
    -------
    Perturbing
        Counts for the copy. If a file cannot be used, it is listed in `problems`, and the function continues.

    Raises
    ------
    ConfigurationError
        If a probability is not between 0 and 1, or if `out` is not a new or empty folder that can be written.
    DatasetError
        If `source` is not a folder, or if `source` contains no usable context.
    """
    check_probability("leak", noise.leak)
    check_probability("omit", noise.omit)
    _check_folders(source, out)
    problems: list[str] = []
    seen, without, worse, made = 0, 0, dict[str, Result](), dict[str, Perturbed]()
    for _, result in read_results(source, lambda path, why: problems.append(f"{path}: {why}")):
        seen += 1
        if result.socialized_context is None:
            without += 1
        else:
            try:
                if result.index in worse:
                    raise DatasetError("expected each index once, got a second result with this index")
                worse[result.index] = _perturbed(result, noise, made)
            except (ContextError, DatasetError) as error:
                problems.append(f"{source} / index {result.index}: {_first_line(error)}")
    if not worse:
        raise DatasetError(_nothing_there(source, seen, problems))
    store = ResultStore(out)
    store.open()
    for result in worse.values():
        store.write(result)
    return Perturbing(
        results=len(worse),
        contexts=len(made),
        leaked=sum(one.leaked for one in made.values()),
        leakable=sum(one.leakable for one in made.values()),
        omitted=sum(one.omitted for one in made.values()),
        omittable=sum(one.omittable for one in made.values()),
        problems=tuple(problems),
        without=without,
    )


def _check_folders(source: Path, out: Path) -> None:
    try:
        if not source.is_dir():
            raise DatasetError(f"expected a folder of results, got {source}, which is not a folder")
        if out.exists() and out.resolve() == source.resolve():
            raise ConfigurationError(f"expected two different folders for input and output, got {out} for both")
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise ConfigurationError(
                f"expected a new or empty output folder, got {out}, which is not empty: choose another folder, or "
                "delete this folder"
            )
    except OSError as error:
        raise ConfigurationError(f"expected readable folders, got an error: {error}") from None


def _perturbed(result: Result, noise: Noise, made: dict[str, Perturbed]) -> Result:
    """Return a result with a perturbed context. Equal stories and contexts get equal perturbed contexts."""
    if not (result.narrative or "").strip():
        raise DatasetError("expected a story next to the context, because a run finds contexts by story; got none")
    context = result.context
    if context is None:
        raise DatasetError("expected a context, got none")
    key = json.dumps([noise.seed, " ".join((result.narrative or "").split()), context.to_json(indent=None)])
    if key not in made:
        made[key] = perturb(context, leak=noise.leak, omit=noise.omit, random=Random(key))
    return Result(
        index=result.index,
        status="parsed",
        fields={**result.fields, "perturbation": _told(noise, made[key])},
        narrative=result.narrative,
        question=result.question,
        correct_answer=result.correct_answer,
        socialized_context=made[key].context.to_data(),
    )


def _told(noise: Noise, one: Perturbed) -> Mapping[str, Any]:
    return {
        "leak": noise.leak,
        "omit": noise.omit,
        "seed": noise.seed,
        "leaked": one.leaked,
        "leakable": one.leakable,
        "omitted": one.omitted,
        "omittable": one.omittable,
    }


def _first_line(error: ContextError | DatasetError) -> str:
    return str(error.issues[0]) if isinstance(error, ContextError) and error.issues else str(error).splitlines()[0]


def _nothing_there(source: Path, seen: int, problems: list[str]) -> str:
    first = f", the first: {problems[0]}" if problems else ""
    return (
        f"expected results with a context in {source}, got {seen} results without a usable context and "
        f"{len(problems)} problems{first}; to make contexts, use swm run in mode generate_socialized_context"
    )
