"""Closed sets of values for settings, questions and results. Imports no other module, so that the CLI can use it."""

from __future__ import annotations

from typing import Literal

QuestionKind = Literal["reality", "belief", "knowledge", "group", "future"]
"""What kind of thing a question asks for; all that a mode may know about its benchmark."""

Status = Literal["answered", "refused", "unparsable", "error", "parsed"]
"""How an item ended; `parsed` is a context made without an answer."""

Domain = Literal["story", "household", "conversation"]
"""What kind of text a narrative is."""

AnswerForm = Literal["words", "sentence", "yes_no", "names", "text", "letter"]
"""What an answer looks like: a few words, a sentence or two, a text to be sent … Where there are options, it is one
of them; `letter`: its letter alone."""

Scorer = Literal["official", "paper", "strict"]
"""Which rule says what is right: the authors', the one behind the paper's figures, or the bare answer only."""

ContextField = Literal["state", "observations", "actions", "mental_state"]
"""A part of a context that a prompt may show."""

CONTEXT_FIELDS: tuple[ContextField, ...] = ("state", "observations", "actions", "mental_state")

Form = Literal["json", "full_json", "text", "compact"]
"""How a context is shown in a prompt."""

ContinueMode = Literal["new", "continue"]
Protocol = Literal["own", "paper"]
Variant = Literal["options-shuffled", "names-swapped", "distractors"]
ReferenceKind = Literal["gt", "symbolic"]
"""What the perceived events of a context are compared with."""
