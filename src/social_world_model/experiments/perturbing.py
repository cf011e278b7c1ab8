"""Worse contexts from a folder of results, to see whether accuracy follows the quality of the parse."""

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
    """How much worse contexts are made.

    Parameters
    ----------
    leak, omit
        Probabilities, from 0 to 1, as in `perturb`.
    seed
        What chance depends on, beside the story and its context: results of one story stay alike.
    """

    leak: float
    omit: float
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Perturbing:
    """What was made of a folder.

    Parameters
    ----------
    results, contexts
        Number of results written, and of different contexts among them.
    leaked, leakable, omitted, omittable
        Pairs of event and agent over the different contexts, as in `Perturbed`.
    problems
        One line for each file that could not be used.
    without
        Number of results that have no context, and were passed over.
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
    """Write the results of a folder with worse contexts, as `context_dir` takes them.

    Parameters
    ----------
    source
        Folder of results; those without a context are passed over.
    out
        Folder for the others, which is not there yet or empty. A result keeps its item and gets a column
        `perturbation`; answers and keys are left out, so that its context reads as one from elsewhere.
    noise
        How much worse.

    Returns
    -------
    Perturbing
        The counts. A file that cannot be used is a problem there and stops nothing.

    Raises
    ------
    ConfigurationError
        If a probability is outside 0 to 1, `out` is `source`, holds something, or cannot be written.
    DatasetError
        If `source` is no folder, or none of its results has a context that can be used.
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
                    raise DatasetError("expected each index once, got another result of the same")
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
            raise DatasetError(f"expected a folder of results, got {source}, which is none")
        if out.exists() and out.resolve() == source.resolve():
            raise ConfigurationError(f"expected another folder to write to than the one to read, got {out} for both")
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise ConfigurationError(
                f"expected an output folder that is not there yet or empty, got {out}: name another, or remove it first"
            )
    except OSError as error:
        raise ConfigurationError(f"expected folders that can be read: {error}") from None


def _perturbed(result: Result, noise: Noise, made: dict[str, Perturbed]) -> Result:
    """Return a result with its context made worse; results of one story with one context get the same."""
    if not (result.narrative or "").strip():
        raise DatasetError("expected a story beside the context, by which a run finds it; got none")
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
        f"expected results with a context in {source}, got {seen} results without a usable one and {len(problems)} "
        f"problems{first}; contexts are made by swm run in mode generate_socialized_context"
    )
