"""Allowed values of settings, questions and results.

This module imports no other module of the package, so the command line starts fast.
"""

from __future__ import annotations

from typing import Literal

QuestionKind = Literal["reality", "belief", "knowledge", "group", "future"]
"""What a question asks about. A mode knows nothing else about the benchmark."""

Status = Literal["answered", "refused", "unparsable", "error", "parsed"]
"""Status of an item. ``"parsed"`` means that a context was made and no question was asked."""

Domain = Literal["story", "household", "conversation"]
"""Kind of narrative."""

AnswerForm = Literal["words", "sentence", "yes_no", "names", "text", "letter"]
"""Form of an answer: a few words, a sentence or two, yes or no, names, a text to send, or a letter.

If a question has options, the answer is one of the options. With ``"letter"``, the answer is only the letter of the
option.
"""

Scorer = Literal["official", "lenient", "paper", "strict"]
"""Scorer of answers.

- ``"official"``: the scorer of the benchmark's authors, with the authors' code for reading replies if such code exists.
- ``"lenient"``: extracts the answer from a longer reply.
- ``"paper"``: the scorer used in arXiv 2509.00559.
- ``"strict"``: the whole reply must be the answer; no answer is extracted from a longer reply.
"""

ContextField = Literal["state", "observations", "actions", "mental_state"]
"""Part of a context that a prompt can show."""

CONTEXT_FIELDS: tuple[ContextField, ...] = ("state", "observations", "actions", "mental_state")

Form = Literal["json", "full_json", "text", "compact"]
"""Format of a context in a prompt."""

ContextForm = Literal["json", "compact", "text"]
"""Format of contexts in prompts, as users choose it."""

Reader = Literal["auto", "template", "english"]
"""How the symbolic model reads stories: ``"template"``: sentences of the story grammar only; ``"english"``: ordinary
English only, with spaCy; ``"auto"``: ordinary English if the grammar cannot read the story and spaCy is installed."""
Wire = Literal["standard", "compact"]
"""Format in which a language model writes a context."""

ContinueMode = Literal["new", "continue"]
Protocol = Literal["own", "paper"]
Variant = Literal["options-shuffled", "names-swapped", "distractors"]
ReferenceKind = Literal["gt", "symbolic"]
"""Reference for perceived events: ``"gt"`` means given contexts, ``"symbolic"`` means contexts of the symbolic
model."""

ReasoningEffort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
"""Effort of a reasoning model."""

Thinking = Literal["on", "off"]
"""Whether a model with such a switch reasons before its reply."""

Structured = Literal["auto", "schema", "json", "prompt"]
"""How reply schemas are requested: separately, in JSON mode, or only in the prompt."""

Simulate = Literal["memory", "omniscient"]
"""What an imagined partner knows: what the agent thinks that the partner perceived, or all that the agent knows."""

Value = Literal["goal", "rubric", "exact"]
"""How an agent values imagined futures: by the own goal, by all dimensions of SOTOPIA, or by the score of a game."""

Choose = Literal["argmax", "rewrite"]
"""Whether an agent plays the act with the highest value unchanged, or rewrites it first."""

SampleForm = Literal["sft", "grpo"]
"""Form of training samples from episodes. ``"sft"``: conversations. ``"grpo"``: prompts with what the rewards need."""

Lesson = Literal["act", "reply"]
"""What a model learns from episodes: to act as a person, or to imagine the reply of a partner."""

Side = Literal["agent", "partner", "all"]
"""Whose decisions become samples: the decisions of the compared agent, of its partners, or of everybody."""

Rubric = Literal["short", "banded"]
"""How a judge of episodes reads about each dimension: one sentence, or also the meaning of ranges of scores."""
