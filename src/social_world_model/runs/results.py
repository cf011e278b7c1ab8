"""One item's record, as it lies on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

from social_world_model.contracts import AnswerForm, Domain, Item, QuestionKind, Status
from social_world_model.errors import DatasetError
from social_world_model.s3ap.prose import closed
from social_world_model.usage import NO_USAGE, Usage


@dataclass(frozen=True, kw_only=True)
class Result:
    """What is kept of an item.

    Parameters
    ----------
    index, status
        Which item, and how it ended.
    fields
        The item's own columns; in the file they stand beside the others.
    story, question, answer, reasoning, correct_answer, is_correct
        The item, and what became of it; None where there is nothing.
    response
        What was replied to the question, before an answer was read out of it.
    scores
        Further figures of the answer by name, 0–1.
    set_id, cluster_id, asks, chain, choices, answer_form
        As in `Item`.
    text_domain
        The item's `domain`, under a name that no column of a data set has.
    socialized_context
        The context it was answered from, in the stored form.
    raw, finish_reason, usage
        The reply as it came.
    samples
        Every reply, where the question was asked several times.
    error
        Why there is no answer.
    item_key
        Hash of mode, models, their prompts and settings, guidance and row: another key, another question.
    context_key
        Hash of narrative, guidance, context model, its prompts and settings.
    """

    index: str
    status: Status
    fields: Mapping[str, Any] = field(default_factory=dict)
    story: str | None = None
    question: str | None = None
    answer: str | None = None
    reasoning: str | None = None
    correct_answer: str | None = None
    is_correct: bool | None = None
    response: str | None = None
    scores: Mapping[str, float] | None = None
    set_id: str | None = None
    cluster_id: str | None = None
    asks: QuestionKind | None = None
    chain: Sequence[str] | None = None
    choices: Sequence[str] | None = None
    answer_form: AnswerForm | None = None
    text_domain: Domain | None = None
    socialized_context: Mapping[str, Any] | None = None
    raw: str | None = None
    finish_reason: str | None = None
    usage: Usage = NO_USAGE
    samples: tuple[Mapping[str, Any], ...] | None = None
    error: str | None = None
    item_key: str | None = None
    context_key: str | None = None

    @classmethod
    def of(cls, item: Item, status: Status) -> Result:
        """Return an item's record before anything has become of it."""
        return cls(
            index=item.index,
            status=status,
            fields=item.fields,
            story=item.narrative,
            question=item.question,
            correct_answer=item.gold,
            set_id=item.set_id or None,
            cluster_id=item.cluster_id or None,
            asks=item.asks,
            chain=item.chain or None,
            choices=item.choices or None,
            answer_form=item.answer_form,
            text_domain=item.domain,
        )

    def item(self) -> Item:
        """Return the item that this is the record of, as far as scoring needs it."""
        return Item(
            index=self.index,
            narrative=self.story or "",
            question=self.question or "",
            gold=self.correct_answer,
            asks=self.asks or "reality",
            choices=tuple(self.choices or ()),
            chain=tuple(self.chain or ()),
            set_id=self.set_id or "",
            cluster_id=self.cluster_id or "",
            answer_form=self.answer_form or "words",
            domain=self.text_domain or "story",
            fields=self.fields,
        )

    def to_json(self) -> str:
        """Return the file's text; the item's columns never hide the record's own."""
        replied = _OF_A_REPLY if self.status in ("answered", "refused", "unparsable") else ()
        own = {name: getattr(self, name) for name in _OWN if name in replied or getattr(self, name) is not None}
        own["usage"] = asdict(self.usage)
        columns = {name: value for name, value in self.fields.items() if name not in _OWN}
        return json.dumps({"index": self.index, **columns, **own}, ensure_ascii=False, indent=1, default=str)


_OWN = tuple(name for name in Result.__dataclass_fields__ if name != "fields")
_KINDS: Mapping[str, type] = {
    **dict.fromkeys(("item_key", "context_key", "set_id", "cluster_id", "response"), str),
    **dict.fromkeys(("chain", "choices", "samples"), list),
    "scores": dict,
}
_OF_A_REPLY = ("answer", "reasoning", "raw", "finish_reason")
"""There, if only as null, wherever there was a reply."""


def is_writable_text(text: str) -> bool:
    r"""Tell whether a text can be written as UTF-8: JSON may hold half a character, which no file or hash takes.

    >>> is_writable_text("Zoë"), is_writable_text("\ud83d")
    (True, False)
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_result(text: str | bytes) -> Result | None:
    """Read a record.

    Parameters
    ----------
    text
        A file's content.

    Returns
    -------
    Record or None
        None for JSON that has no `index`: some other file. A record without a status, as older software
        wrote it, is `answered` if it holds an answer, else `parsed` if it holds a context.

    Raises
    ------
    DatasetError
        If the text is no JSON, or status, story or context are not what they should be.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"expected a record as one JSON object, got text that is not JSON: {error}") from None
    if not isinstance(data, dict) or data.get("index") is None:
        return None
    own = {name: data[name] for name in _OWN if data.get(name) is not None}
    own["index"] = str(data["index"])
    own["usage"] = _usage(data.get("usage"))
    if "story" in own:
        own["story"] = _story(own["story"])
    own.setdefault(
        "status", "answered" if data.get("answer") else "parsed" if data.get("socialized_context") else "error"
    )
    if own["status"] not in get_args(Status):
        raise DatasetError(f"expected a status out of {', '.join(get_args(Status))}; got {own['status']!r}")
    for name in ("set_id", "cluster_id"):
        if isinstance(own.get(name), int):
            own[name] = str(own[name])
    for name, kind in _KINDS.items():  # of other software, if they are something else
        if not isinstance(own.get(name), kind):
            own.pop(name, None)
    if own.get("text_domain") not in get_args(Domain):
        own.pop("text_domain", None)
    if not isinstance(own.get("socialized_context", {}), dict):
        raise DatasetError(
            f"expected socialized_context to be an object, got {type(own['socialized_context']).__name__}"
        )
    return Result(**own, fields={name: value for name, value in data.items() if name not in _OWN})


def _story(data: Any) -> str:
    """Return a story as text; a list of sentences is joined as benchmarks join it."""
    if isinstance(data, list) and all(isinstance(part, str) for part in data):
        return " ".join(closed(part.strip()) for part in data)
    if not isinstance(data, str):
        raise DatasetError(f"expected story to be text or a list of sentences, got {type(data).__name__}")
    return data


def _usage(data: Any) -> Usage:
    if not isinstance(data, dict):
        return NO_USAGE
    return Usage(**{name: data[name] for name in Usage.__dataclass_fields__ if name in data})
