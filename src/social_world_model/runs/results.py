"""The stored result of one item."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, get_args

from social_world_model.choices import AnswerForm, Domain, QuestionKind, Status
from social_world_model.contracts import Item
from social_world_model.errors import DatasetError
from social_world_model.runs.stored_json import stored_json
from social_world_model.runs.usages import is_number, read_usage
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.prose import closed
from social_world_model.usage import NO_USAGE, Usage

SCHEMA = 2
"""Version of the file format of results and manifests.

Version 1 had no version number, and its field names were different.
"""


@dataclass(frozen=True, kw_only=True)
class Result:
    """The stored result of one item.

    Parameters
    ----------
    index, status
        Index of the item, and status of the result.
    fields
        Further columns of the item. In the file, these columns are on the same level as the other fields.
    narrative, question, correct_answer, choices, set_id, cluster_id
        The same values as in `Item`. An empty value is None.
    question_kind, belief_chain, answer_form, domain, fact, audience
        The same values as in `Item`. An empty value is None.
    answer, reasoning, is_correct
        The answer, the reasoning, and whether the answer is correct. A missing value is None.
    response
        Reply to the question, before the answer was extracted.
    extracted_by
        Name of the rule that extracted the answer from the response; None if no rule was used.
    uncertain
        True if the symbolic model had to guess the answer; otherwise None.
    scores
        Further scores of the answer, by name. Each score is between 0 and 1.
    lenient
        The reading of the scorer `lenient`: values of `READING`, by name. None if the scorer of the result is not
        `official`, or if both scorers read every reply in the same way.
    socialized_context
        Stored form of the context that the answer is based on.
    context_model
        Name of the model that parsed the context; None if unknown.
    context_warnings
        Doubts about the context, one line each; None if there are none, or if the context was not checked.
    context_raw
        Unchanged reply of the language model that made the context. None if rules made the context, and for a result
        without an answer, whose field `raw` contains this reply.
    raw, finish_reason, usage
        Unchanged reply of the model, with its finish reason and usage.
    samples
        All replies, if the question was sampled several times.
    error
        Reason why there is no answer.
    item_key
        Hash of everything that determines the reply. A different key means a different prompt or model.
    context_key
        Hash of everything that determines the context.
    schema
        Version of the file format that was read. Files are always written in the newest version.
    """

    index: str
    status: Status
    fields: Mapping[str, Any] = field(default_factory=dict)
    narrative: str | None = None
    question: str | None = None
    answer: str | None = None
    reasoning: str | None = None
    correct_answer: str | None = None
    is_correct: bool | None = None
    response: str | None = None
    extracted_by: str | None = None
    scores: Mapping[str, float] | None = None
    lenient: Mapping[str, Any] | None = None
    set_id: str | None = None
    cluster_id: str | None = None
    question_kind: QuestionKind | None = None
    belief_chain: Sequence[str] | None = None
    choices: Sequence[str] | None = None
    answer_form: AnswerForm | None = None
    domain: Domain | None = None
    fact: str | None = None
    audience: Sequence[str] | None = None
    socialized_context: Mapping[str, Any] | None = None
    context_model: str | None = None
    context_warnings: Sequence[str] | None = None
    context_raw: str | None = None
    raw: str | None = None
    finish_reason: str | None = None
    usage: Usage = NO_USAGE
    samples: tuple[Mapping[str, Any], ...] | None = None
    error: str | None = None
    uncertain: bool | None = None
    item_key: str | None = None
    context_key: str | None = None
    schema: int = SCHEMA

    @classmethod
    def of(cls, item: Item, status: Status) -> Result:
        """Return a new result for an item that is not answered yet.

        Parameters
        ----------
        item
            Item of a benchmark.
        status
            Status of the new result.
        """
        return cls(
            index=item.index,
            status=status,
            fields=item.fields,
            narrative=item.narrative,
            question=item.question,
            correct_answer=item.correct_answer,
            set_id=item.set_id or None,
            cluster_id=item.cluster_id or None,
            question_kind=item.question_kind,
            belief_chain=item.belief_chain or None,
            choices=item.choices or None,
            answer_form=item.answer_form,
            domain=item.domain,
            fact=item.fact or None,
            audience=item.audience or None,
        )

    def item(self) -> Item:
        """Return the item of this result. The item is equal to the item that was passed to `of`."""
        return Item(
            index=self.index,
            narrative=self.narrative or "",
            question=self.question or "",
            correct_answer=self.correct_answer,
            question_kind=self.question_kind or "reality",
            choices=tuple(self.choices or ()),
            belief_chain=tuple(self.belief_chain or ()),
            set_id=self.set_id or "",
            cluster_id=self.cluster_id or "",
            answer_form=self.answer_form or "words",
            domain=self.domain or "story",
            fact=self.fact or "",
            audience=tuple(self.audience or ()),
            fields=self.fields,
        )

    def as_lenient(self) -> Result | None:
        """Return the result with the reading of the scorer `lenient`; None if this reading is not stored."""
        if self.lenient is None:
            return None
        values: dict[str, Any] = {name: self.lenient.get(name) for name in READING}
        return replace(self, lenient=None, **values)

    def reading(self) -> dict[str, Any]:
        """Return the status, the answer and the score, as the field `lenient` stores them."""
        return {name: value for name in READING if (value := getattr(self, name)) is not None}

    @property
    def context(self) -> SocializedContext | None:
        """The context that the answer is based on; None if there is no context.

        Raises
        ------
        ContextError
            If the stored context is not valid.
        """
        return None if self.socialized_context is None else SocializedContext.from_data(self.socialized_context)

    def to_json(self) -> str:
        """Return the result as JSON text, with one field per line.

        A column that has the same name as a field is written inside ``fields``.
        """
        replied = _OF_A_REPLY if self.status in ("answered", "refused", "unparsable") else ()
        own = {name: getattr(self, name) for name in _OWN if name in replied or getattr(self, name) is not None}
        own["schema"], own["usage"] = SCHEMA, asdict(self.usage)
        beside = {name: value for name, value in self.fields.items() if name not in _RESERVED}
        inside = {name: value for name, value in self.fields.items() if name in _RESERVED}
        data = {"index": self.index, **beside, **own, **({FIELDS: inside} if inside else {})}
        lines = (f" {_encode(str(name))}: {_encode(value)}" for name, value in data.items())
        return "{\n" + ",\n".join(lines) + "\n}"


READING = ("status", "answer", "extracted_by", "is_correct", "scores", "error")
"""Fields that depend on how a scorer reads the reply."""

_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
"""Writes a value on one line, which is several times faster than with line breaks."""
FIELDS = "fields"
_STATUSES = get_args(Status)
_OWN = tuple(name for name in Result.__dataclass_fields__ if name != FIELDS)
_NAMES = frozenset(_OWN)
_OLDER_NAMES: Mapping[str, str] = {
    "story": "narrative",
    "asks": "question_kind",
    "chain": "belief_chain",
    "text_domain": "domain",
}
"""Current field names, by the old names in files of schema 1. Such files have no field `schema`."""
_NEW_IN_2 = (
    *("question_kind", "belief_chain", "domain", "fact", "audience", "extracted_by", "schema", "context_model"),
    *("context_warnings", "context_raw", "lenient", "uncertain"),
)
"""Field names that are new in schema 2. In files of schema 1, these names are columns of the data set."""
_RESERVED = frozenset({*_OWN, FIELDS, *_OLDER_NAMES})
_KINDS: Mapping[str, type] = {
    **dict.fromkeys(
        (
            "item_key",
            "context_key",
            "set_id",
            "cluster_id",
            "response",
            "extracted_by",
            "fact",
            "context_model",
            "context_raw",
        ),
        str,
    ),
    **dict.fromkeys(("belief_chain", "choices", "samples", "audience", "context_warnings"), list),
    "scores": dict,
    "uncertain": bool,
}
_MAY_MISFIT = (*_KINDS, "lenient", "domain")
"""Names of the fields whose value may be a column of other software."""
_OF_A_REPLY = ("answer", "extracted_by", "reasoning", "raw", "finish_reason")
"""Fields that are written even if they are null. This applies only to items with a reply."""


def read_result(text: str | bytes) -> Result | None:
    """Read a result.

    Parameters
    ----------
    text
        Contents of a result file.

    Returns
    -------
    Result or None
        The result; None if the JSON has no field `index`. Results of older software have no status. A result without a
        status is ``answered`` if it has an answer, ``parsed`` if it has only a context, and ``error`` otherwise.

    Raises
    ------
    DatasetError
        If the text is not JSON, if the schema is too new, or if the index, the status, the narrative, the context or
        the usage is not valid.
    """
    try:
        data = stored_json(text)
    except ValueError as error:
        raise DatasetError(f"expected a result as one JSON object, got text that is not JSON: {error}") from None
    if not isinstance(data, dict):
        return None
    if data.get("index") is None:
        if "item_key" in data or {"status", "question"} <= data.keys():
            raise DatasetError("expected a result with an index, got none")
        return None
    schema = _schema_of(data)
    if schema > SCHEMA:
        raise DatasetError(
            f"expected a result of schema {SCHEMA} or older, got {schema}: a newer version of this package wrote it"
        )
    columns = _take_columns(data) if schema == 1 else data.pop(FIELDS, {})
    data.pop("schema", None)
    for name in ("set_id", "cluster_id"):
        if isinstance(data.get(name), int):
            data[name] = str(data[name])
    # A value of the wrong type under the name of a field comes from other software: it is a column.
    misfits = {
        name: data.pop(name) for name in _MAY_MISFIT if data.get(name) is not None and _is_misfit(name, data[name])
    }
    own = _own_fields(data)
    beside = {**misfits, **{name: value for name, value in data.items() if name not in _NAMES}}
    return Result(**own, schema=schema, fields={**beside, **(columns if isinstance(columns, dict) else {})})


def _own_fields(data: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a result from the data of a file.

    Raises
    ------
    DatasetError
        If the index, the status, the narrative, the context or the usage is not valid.
    """
    if isinstance(data["index"], bool) or not isinstance(data["index"], str | int | float):
        raise DatasetError(f"expected index to be text or a number, got {data['index']!r:.80}")
    own = {name: value for name, value in data.items() if value is not None and name in _NAMES}
    own |= {"index": str(data["index"]), "usage": _usage(data.get("usage"))}
    if "narrative" in own:
        own["narrative"] = _narrative(own["narrative"])
    if "status" not in own:
        own["status"] = "answered" if data.get("answer") else "parsed" if data.get("socialized_context") else "error"
    if own["status"] not in _STATUSES:
        raise DatasetError(f"expected status to be one of {', '.join(_STATUSES)}; got {own['status']!r}")
    if not isinstance(own.get("socialized_context", {}), dict):
        raise DatasetError(
            f"expected socialized_context to be an object, got {type(own['socialized_context']).__name__}"
        )
    return own


def _is_misfit(name: str, value: Any) -> bool:
    """Return whether a value that is not None is not valid for the field with this name."""
    if name == "lenient":
        return not _is_reading(value)
    return (name == "domain" and value not in get_args(Domain)) or not isinstance(value, _KINDS.get(name, object))


def _is_reading(value: Any) -> bool:
    """Return whether a value can be the field `lenient`."""
    if not isinstance(value, dict) or value.get("status") not in _STATUSES or not value.keys() <= {*READING}:
        return False
    texts = (value.get(name) for name in ("answer", "extracted_by", "error"))
    return (
        isinstance(value.get("is_correct"), bool | None)
        and all(isinstance(text, str | None) for text in texts)
        and _are_scores(value.get("scores", {}))
    )


def _schema_of(data: Mapping[str, Any]) -> int:
    """Return the schema number of a file. A file with a field name of schema 1 is always read as schema 1."""
    schema = data.get("schema")
    if not isinstance(schema, int) or not _OLDER_NAMES.keys().isdisjoint(data):
        return 1
    return max(schema, 1)


def _take_columns(data: dict[str, Any]) -> dict[str, Any]:
    """Rename the fields of schema 1 to the current names.

    Return the columns that already had one of the current names.
    """
    taken = (*(["narrative"] if "story" in data else []), *_NEW_IN_2)
    columns = {name: data.pop(name) for name in taken if name in data}
    for older in _OLDER_NAMES.keys() & data.keys():
        data[_OLDER_NAMES[older]] = data.pop(older)
    return columns


def _narrative(data: Any) -> str:
    """Return a narrative as text. A list of sentences is joined in the same way as in benchmarks."""
    if isinstance(data, list) and all(isinstance(part, str) for part in data):
        return " ".join(closed(part.strip()) for part in data)
    if not isinstance(data, str):
        raise DatasetError(f"expected a narrative as text or a list of sentences, got {type(data).__name__}")
    return data


def _usage(data: Any) -> Usage:
    if not isinstance(data, dict):
        return NO_USAGE
    try:
        return read_usage(data)
    except ValueError as error:
        raise DatasetError(str(error)) from None


_TEXTS = ("question", "answer", "correct_answer", "reasoning", "raw", "error")


def flaw_of(result: Result) -> str | None:
    """Return a message about the first field with a wrong type or value; None if the result can be counted.

    Parameters
    ----------
    result
        Result that `read_result` returned.
    """
    for name, (is_right, expected) in _CHECKED.items():
        value = getattr(result, name)
        if value is not None and not is_right(value):
            return f"expected {name} to be {expected}, got {value!r:.80}"
    return None


def with_texts(result: Result) -> Result:
    """Return a result whose texts are text. Other software writes some answers as numbers.

    Parameters
    ----------
    result
        Result without a flaw; see `flaw_of`.
    """
    values = {name: getattr(result, name) for name in _TEXTS}
    texts: dict[str, Any] = {name: str(value) for name, value in values.items() if not isinstance(value, str | None)}
    return replace(result, **texts) if texts else result


def _are_scores(scores: Any) -> bool:
    return isinstance(scores, dict) and all(is_number(value) or isinstance(value, bool) for value in scores.values())


def _is_sample(sample: Any) -> bool:
    if not isinstance(sample, dict):
        return False
    texts = ("answer", "response", "reasoning", "raw", "error")
    return (
        sample.get("status", "error") in _STATUSES
        and _are_scores(sample.get("scores") or {})
        and all(isinstance(sample.get(name), str | int | float | None) for name in texts)
    )


def _are_texts(values: Any) -> bool:
    return all(isinstance(value, str) for value in values)


def _one_of(values: tuple[Any, ...]) -> tuple[Callable[[Any], bool], str]:
    return lambda value: isinstance(value, str) and value in values, f"one of {', '.join(values)}"


_CHECKED: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    **{name: (lambda value: isinstance(value, str | int | float), "text") for name in _TEXTS},
    "is_correct": (lambda value: isinstance(value, bool), "true or false"),
    "scores": (_are_scores, "numbers by name"),
    "samples": (lambda samples: all(map(_is_sample, samples)), "objects with a status, scores and texts"),
    "choices": (_are_texts, "texts"),
    "belief_chain": (_are_texts, "names"),
    "audience": (_are_texts, "names"),
    "context_warnings": (_are_texts, "texts"),
    "finish_reason": (lambda value: isinstance(value, str), "text"),
    "question_kind": _one_of(get_args(QuestionKind)),
    "answer_form": _one_of(get_args(AnswerForm)),
}
"""Check of each field, and what the field must be."""
