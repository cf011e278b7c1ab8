"""One item's record, as it lies on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

from social_world_model.contracts import NO_USAGE, Item, Status, Usage
from social_world_model.errors import DatasetError
from social_world_model.s3ap.prose import closed


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is kept of an item.

    Parameters
    ----------
    index, status
        Which item, and how it ended.
    fields
        The item's own columns; in the file they stand beside the others.
    story, question, answer, reasoning, correct_answer, is_correct
        The item, and what became of it; None where there is nothing.
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
    socialized_context: Mapping[str, Any] | None = None
    raw: str | None = None
    finish_reason: str | None = None
    usage: Usage = NO_USAGE
    samples: tuple[Mapping[str, Any], ...] | None = None
    error: str | None = None
    item_key: str | None = None
    context_key: str | None = None

    @classmethod
    def of(cls, item: Item, status: Status) -> Record:
        """Return an item's record before anything has become of it."""
        return cls(
            index=item.index,
            status=status,
            fields=item.fields,
            story=item.narrative,
            question=item.question,
            correct_answer=item.gold,
        )

    def to_json(self) -> str:
        """Return the file's text; the item's columns never hide the record's own."""
        replied = _OF_A_REPLY if self.status in ("answered", "refused", "unparsable") else ()
        own = {name: getattr(self, name) for name in _OWN if name in replied or getattr(self, name) is not None}
        own["usage"] = asdict(self.usage)
        columns = {name: value for name, value in self.fields.items() if name not in _OWN}
        return json.dumps({"index": self.index, **columns, **own}, ensure_ascii=False, indent=1, default=str)


_OWN = tuple(name for name in Record.__dataclass_fields__ if name != "fields")
_OF_A_REPLY = ("answer", "reasoning", "raw", "finish_reason")
"""There, if only as null, wherever there was a reply."""


def read_record(text: str | bytes) -> Record | None:
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
    for name in ("item_key", "context_key"):  # of other software, if they are no text
        if not isinstance(own.get(name), str):
            own.pop(name, None)
    if not isinstance(own.get("socialized_context", {}), dict):
        raise DatasetError(
            f"expected socialized_context to be an object, got {type(own['socialized_context']).__name__}"
        )
    return Record(**own, fields={name: value for name, value in data.items() if name not in _OWN})


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
