"""Read and check files of SOTOPIA: bundles of environments, people and casts, and lists of seats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from social_world_model.errors import DatasetError, did_you_mean, shortened
from social_world_model.runs.stored_json import stored_json

T = TypeVar("T")

LARGEST_FILE = 50_000_000
"""Maximum number of bytes of a file. All 90 environments and 450 casts of SOTOPIA have about one million."""
CLOSEST_RELATIONSHIP = 5


@dataclass(frozen=True, kw_only=True)
class PersonProfile:
    """A person of SOTOPIA. All texts may be empty, except `name`.

    Parameters
    ----------
    pk
        Id of the person.
    name
        First and last name.
    age, gender, pronouns, occupation, public_info
        What acquaintances know.
    personality
        Personality and values, which friends know.
    moral_values, decision_style, secret
        What nobody else knows.
    """

    pk: str
    name: str
    age: str
    gender: str
    pronouns: str
    occupation: str
    public_info: str
    personality: str
    moral_values: str
    decision_style: str
    secret: str


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A situation of SOTOPIA.

    Parameters
    ----------
    pk
        Id of the environment.
    codename
        Short name; not necessarily unique.
    scenario
        The situation, with the tags of SOTOPIA.
    goals
        Goal of each seat, with tags.
    relationship
        Relationship of the people, from 0 (strangers) to 5 (family).
    """

    pk: str
    codename: str
    scenario: str
    goals: tuple[str, ...]
    relationship: int


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The people who meet in an environment, in the order of the seats."""

    environment: Environment
    people: tuple[PersonProfile, ...]


def read_bundle(path: Path) -> tuple[Cast, ...]:
    """Read the casts of a bundle, in file order.

    A bundle is a JSON object with ``environments``, ``agents`` and ``env_agent_combos``. Each of them is a list of
    entries, or an object with an entry per id. Other names in the object are ignored, except ``hard_env_ids``, whose
    environments must be in the file.

    Parameters
    ----------
    path
        File to read.

    Raises
    ------
    DatasetError
        If the file cannot be read, or if an entry cannot be used. The message contains the path of the field.
    """
    try:
        whole = _object(_read(path), "the file")
        environments = _entries(whole, "environments", _environment)
        people = _entries(whole, "agents", _person)
        for number, pk in enumerate(_list(whole.get("hard_env_ids") or [], "hard_env_ids")):
            _found(environments, pk, f"hard_env_ids[{number}]", "environments")

        def cast(combo: Mapping[str, Any], where: str, _: str) -> Cast:
            return _cast(combo, where, environments, people)

        return tuple(_entries(whole, "env_agent_combos", cast, named=False).values())
    except _FieldError as error:
        raise DatasetError(f"expected a bundle of SOTOPIA in {path}: {error}") from None


def read_seats(path: Path) -> tuple[tuple[str, str], ...]:
    """Read which seats count, from an ``EnvironmentList`` of SOTOPIA.

    The file is a JSON object with ``environments``, a list of ids, and ``agent_index``, a list of positions from 0.
    Without ``agent_index``, both seats of each environment count.

    Parameters
    ----------
    path
        File to read.

    Returns
    -------
    tuple
        Pairs of the id of an environment and a seat, such as ``("01H7VFHN", "1")``, each pair once, in file order.

    Raises
    ------
    DatasetError
        If the file cannot be read, or if it has another format.
    """
    try:
        whole = _object(_read(path), "the file")
        environments = [
            _text(pk, f"environments[{number}]", needed=True)
            for number, pk in enumerate(_list(whole.get("environments"), "environments"))
        ]
        if not environments:
            raise _FieldError("environments: expected ids of environments, got an empty list")
        if whole.get("agent_index") is None:
            return tuple(dict.fromkeys((pk, seat) for pk in environments for seat in ("1", "2")))
        positions = _list(whole["agent_index"], "agent_index")
        if len(positions) != len(environments):
            raise _FieldError(
                f"agent_index: expected one position per environment ({len(environments)}), got {len(positions)}"
            )
        seats = [_seat(position, f"agent_index[{number}]") for number, position in enumerate(positions)]
        return tuple(dict.fromkeys(zip(environments, seats, strict=True)))
    except _FieldError as error:
        raise DatasetError(f"expected an EnvironmentList of SOTOPIA in {path}: {error}") from None


class _FieldError(ValueError):
    """A field of a file cannot be used. The message starts with the path of the field."""


def _read(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise DatasetError(
            f"expected a data file, got {path}, which cannot be read: {error.strerror or error}"
        ) from None
    if len(data) > LARGEST_FILE:
        raise DatasetError(f"expected at most {LARGEST_FILE / 1e6:g} MB in {path}, got more: split the file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(f"expected {path} to be UTF-8 text, got other data: {error}") from None
    if not text.strip():
        raise DatasetError(f"expected JSON in {path}, got an empty file")
    try:
        return stored_json(text, names_once=True)
    except ValueError as error:
        raise DatasetError(f"expected JSON in {path}: {error}") from None


def _entries(
    whole: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any], str, str], T], *, named: bool = True
) -> dict[str, T]:
    """Return the entries of a list, or of an object with an entry per id. `read` gets entry, path and id."""
    if name not in whole:
        raise _FieldError(f"{name}: expected a list of entries, got no such name{did_you_mean(name, whole)}")
    data = whole[name]
    if isinstance(data, dict):
        listed = [(pk, f"{name}.{pk}", entry) for pk, entry in data.items()]
    else:
        listed = [(None, f"{name}[{number}]", entry) for number, entry in enumerate(_list(data, name))]
    if not listed:
        raise _FieldError(f"{name}: expected at least one entry, got none")
    found: dict[str, T] = {}
    for key, where, entry in listed:
        fields = _object(entry, where)
        pk = _text(fields.get("pk"), f"{where}.pk", needed=named and key is None) or key or where
        if key is not None and pk != key:
            raise _FieldError(f"{where}.pk: expected {key!r}, as the name of the entry, got {shortened(pk)!r}")
        if pk in found:
            raise _FieldError(f"{where}.pk: expected each id once, got {shortened(pk)!r} again")
        found[pk] = read(fields, where, pk)
    return found


def _environment(entry: Mapping[str, Any], where: str, pk: str) -> Environment:
    goals = _list(entry.get("agent_goals") or [], f"{where}.agent_goals")
    if not goals:
        raise _FieldError(f"{where}.agent_goals: expected a goal for each seat, got none")
    return Environment(
        pk=pk,
        codename=" ".join(_text(entry.get("codename"), f"{where}.codename").split()) or pk,
        scenario=_text(entry.get("scenario"), f"{where}.scenario", needed=True),
        goals=tuple(_text(goal, f"{where}.agent_goals[{n}]", needed=True) for n, goal in enumerate(goals)),
        relationship=_relationship(entry.get("relationship"), f"{where}.relationship"),
    )


def _person(entry: Mapping[str, Any], where: str, pk: str) -> PersonProfile:
    def text(name: str) -> str:
        return _text(entry.get(name), f"{where}.{name}")

    name = " ".join(f"{text('first_name')} {text('last_name')}".split())
    if not name:
        raise _FieldError(f"{where}.first_name: expected a name, got none")
    return PersonProfile(
        pk=pk,
        name=name,
        age=text("age"),
        gender=text("gender"),
        pronouns=text("gender_pronoun"),
        occupation=text("occupation"),
        public_info=text("public_info"),
        personality=text("personality_and_values"),
        moral_values=text("moral_values"),
        decision_style=text("decision_making_style"),
        secret=text("secret"),
    )


def _cast(
    combo: Mapping[str, Any],
    where: str,
    environments: Mapping[str, Environment],
    people: Mapping[str, PersonProfile],
) -> Cast:
    environment = _found(environments, combo.get("env_id"), f"{where}.env_id", "environments")
    ids = _list(combo.get("agent_ids"), f"{where}.agent_ids")
    if len(ids) < 2:
        raise _FieldError(f"{where}.agent_ids: expected at least two people, got {len(ids)}")
    cast = tuple(_found(people, pk, f"{where}.agent_ids[{number}]", "agents") for number, pk in enumerate(ids))
    if len({person.pk for person in cast}) < len(cast):
        raise _FieldError(f"{where}.agent_ids: expected different people, got {', '.join(map(str, ids))}")
    if len(environment.goals) != len(cast):
        raise _FieldError(
            f"{where}: expected as many people as the environment {environment.pk} has goals "
            f"({len(environment.goals)}), got {len(cast)}"
        )
    return Cast(environment=environment, people=cast)


def _found(known: Mapping[str, T], pk: Any, where: str, name: str) -> T:
    if str(pk) not in known:
        got = "no id" if pk is None else shortened(repr(pk))
        raise _FieldError(f"{where}: expected the id of an entry in {name}, got {got}{did_you_mean(pk, known)}")
    return known[str(pk)]


def _relationship(value: Any, where: str) -> int:
    """Return the number of a relationship. SOTOPIA's default is 0, strangers."""
    if value is None:
        return 0
    text = "" if isinstance(value, bool) else str(value).strip().removesuffix(".0")
    if text not in map(str, range(CLOSEST_RELATIONSHIP + 1)):
        raise _FieldError(f"{where}: expected a number from 0 to {CLOSEST_RELATIONSHIP}, got {shortened(repr(value))}")
    return int(text)


def _seat(value: Any, where: str) -> str:
    text = "" if isinstance(value, bool) else str(value).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise _FieldError(f"{where}: expected the position of a seat, such as 0 or 1, got {shortened(repr(value))}")
    return str(int(text) + 1)


def _text(value: Any, where: str, *, needed: bool = False) -> str:
    """Return a text, a number as text, or a list of texts with commas. A missing value and NaN give an empty text."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = ", ".join(value)
    if isinstance(value, bool | dict | list):
        raise _FieldError(f"{where}: expected a text, got {shortened(repr(value))}")
    text = "" if value is None or value != value else str(value).strip()
    if needed and not text:
        raise _FieldError(f"{where}: expected a text, got none")
    return text


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise _FieldError(f"{where}: expected a list, got {'none' if value is None else type(value).__name__}")
    return value


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _FieldError(f"{where}: expected a JSON object, got {type(value).__name__}")
    return value
