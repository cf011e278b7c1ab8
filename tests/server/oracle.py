"""Knows the right reply to a prompt: the gold answer, or the symbolic parse of its story."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel

from social_world_model.benchmarks.base import row_index, story_cell, text_cell
from social_world_model.errors import NarrativeError
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.generation_utils.output_parsers import schema_of as schema_of_shape
from social_world_model.generation_utils.replies import Foretelling, PlainAnswer, ReasonedAnswer, Retelling
from social_world_model.s3ap import SocializedContextForModel, to_wire
from social_world_model.symbolic import parse_narrative

Schema = Mapping[str, Any]

REASONING = (
    "Following the story from its beginning to its end, keeping apart what everybody saw from what happened after "
    "they had left, and asking only about the one whom the question names, leads to no other place than the one given."
)
PARSE_KEY = "socialized_context"
SHAPES: tuple[type[BaseModel], ...] = (
    SocializedContextForModel,
    ReasonedAnswer,
    PlainAnswer,
    Retelling,
    Foretelling,
)
"""Reply schemas that prompts describe in words."""
_WORD = re.compile(r"[^\W_]+")


class UnknownError(Exception):
    """The prompt holds no story or question that the oracle was made from."""


@dataclass(frozen=True)
class OracleRow:
    """A question with its gold answer; story and question with single blanks."""

    index: str
    story: str
    question: str
    answer: str


@dataclass(frozen=True)
class Asked:
    """What a request asks for.

    `row` is the first of a story where the story is to be parsed; `json` tells whether the reply is JSON,
    `schema` which.
    """

    kind: Literal["parse", "answer"]
    row: OracleRow
    schema: Schema | None
    json: bool


class Oracle:
    """Answers prompts about these rows.

    Parameters
    ----------
    rows
        With index, story, question and answer, as a benchmark's file has them.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows: dict[tuple[str, str], OracleRow] = {}
        self._by_question: dict[str, OracleRow] = {}
        self._by_story: dict[str, OracleRow] = {}
        self._narratives: dict[str, str] = {}
        for number, raw in enumerate(rows):
            narrative, question = story_cell(dict(raw)), single_blanks(text_cell(dict(raw), "question"))
            story, gold = single_blanks(narrative), text_cell(dict(raw), "correct_answer", "answer")
            row = OracleRow(row_index(dict(raw), number), story, question, gold)
            self._rows.setdefault((story, question), row)
            self._by_question.setdefault(question, row)
            self._by_story.setdefault(story, row)
            self._narratives.setdefault(story, narrative)  # sentences may end at a line's end
        self._questions = _Texts(self._by_question)
        self._stories = _Texts(self._by_story)
        self.parse = cache(self._parse)

    def asked(self, prompt: str, response_format: Any = None) -> Asked:
        """Find out what is asked for.

        A schema in the response format goes before one in the prompt.

        Raises
        ------
        UnknownError
            If no row fits.
        """
        schema = schema_of(response_format) or schema_in(prompt)
        named = response_format.get("type", "text") if isinstance(response_format, Mapping) else "text"
        wants_json = schema is not None or named != "text"
        prompt = single_blanks(prompt)
        words = grams(prompt)
        stories = self._stories.found(prompt, words)
        questions = [] if schema is not None and asks_for_parse(schema) else self._questions.found(prompt, words)
        if questions:
            question = questions[0]
            fitting = [row for story in stories if (row := self._rows.get((story, question)))]
            return Asked("answer", (fitting or [self._by_question[question]])[0], schema, wants_json)
        if schema is not None and not asks_for_parse(schema):
            if not stories:
                raise UnknownError("no question that the oracle knows is in the prompt")
            whole = replace(self._by_story[stories[0]], answer=self._narratives[stories[0]])
            return Asked("answer", whole, schema, wants_json)  # a story without a question: to be told again
        if not stories:
            raise UnknownError("no story that the oracle knows is in the prompt")
        return Asked("parse", self._by_story[stories[0]], schema, True)

    def reply(self, asked: Asked) -> Any:
        """Return what to reply: prose, or the value of a JSON text."""
        if asked.kind == "parse":
            return self.parse(asked.row.story) if asked.json else prose_of(self.parse(asked.row.story))
        gold = asked.row.answer
        if asked.json:
            if asked.schema is None:
                return {"reasoning": REASONING, "answer": gold}
            properties = resolved(asked.schema, asked.schema).get("properties", {})
            return {name: _filled(name, part, asked.schema, gold) for name, part in properties.items()}
        return f"I think it is {gold}. {REASONING} Answer: {gold}"

    def parse_all(self) -> None:
        """Parse every story that can be parsed, so that no request waits for it."""
        for story in self._by_story:
            with suppress(NarrativeError):  # such a story can still be asked about
                self.parse(story)

    def _parse(self, story: str) -> Any:
        return to_wire(parse_narrative(self._narratives[story])[0]).model_dump()


class _Texts:
    """Finds which of many texts are in a prompt, looking only for those whose rarest four words are there."""

    def __init__(self, texts: Iterable[str]) -> None:
        by_text = {text: grams(text) for text in texts}
        counts = Counter(gram for found in by_text.values() for gram in found)
        self._short = [text for text, found in by_text.items() if not found]
        self._by_gram: dict[tuple[str, ...], list[str]] = {}
        for text, found in by_text.items():
            if found:
                self._by_gram.setdefault(min(sorted(found), key=counts.__getitem__), []).append(text)

    def found(self, prompt: str, words: set[tuple[str, ...]]) -> list[str]:
        """Return the texts in the prompt: first those whose last occurrence ends last, then the longer."""
        likely = [text for gram in words & self._by_gram.keys() for text in self._by_gram[gram]]
        places = [
            (start + len(text), len(text), text) for text in likely + self._short if (start := prompt.rfind(text)) >= 0
        ]
        return [text for _, _, text in sorted(places, reverse=True)]


def single_blanks(text: str) -> str:
    """Return a text with one blank wherever it has white space, as texts are compared here."""
    return " ".join(text.split())


def grams(text: str) -> set[tuple[str, ...]]:
    """Return every four words in a row."""
    words = _WORD.findall(text)
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))


def schema_of(response_format: Any) -> Schema | None:
    """Return the schema of a response format, if it has one."""
    if not isinstance(response_format, Mapping) or response_format.get("type") != "json_schema":
        return None
    schema = response_format.get("json_schema", {}).get("schema")
    return schema if isinstance(schema, Mapping) else None


def schema_in(prompt: str) -> Schema | None:
    """Return the last JSON schema that is written in a prompt, or the schema of the form that a prompt describes."""
    found = next((schema_of_shape(shape) for shape in SHAPES if format_instructions(shape) in prompt), None)
    start = prompt.find("{") if '"properties"' in prompt else -1
    while start >= 0:
        try:
            value, end = json.JSONDecoder().raw_decode(prompt, start)
        except ValueError:
            end = start + 1
        else:
            found = next((part for part in _objects(value) if isinstance(part.get("properties"), dict)), found)
        start = prompt.find("{", end)
    return found


def asks_for_parse(schema: Schema) -> bool:
    """Tell whether a schema, or one of its definitions, has a property for the steps of a context."""
    return any(PARSE_KEY in part["properties"] for part in _objects(schema) if isinstance(part.get("properties"), dict))


def resolved(part: Schema, root: Schema) -> Schema:
    """Return what a part of a schema refers to."""
    while isinstance(reference := part.get("$ref"), str):
        part = root.get("$defs", root.get("definitions", {}))[reference.rsplit("/", 1)[-1]]
    return part


def prose_of(parse: Mapping[str, Any]) -> str:
    """Tell of a context in words that are no JSON."""
    names: Sequence[str] = parse["agents_names"]
    return f"The story tells of {', '.join(names)}, and of what each of them did and saw."


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Go through a JSON value's objects, the outer ones first."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(part)


def _filled(name: str, part: Schema, root: Schema, gold: str) -> Any:
    part = resolved(part, root)
    if "anyOf" in part:
        part = resolved(part["anyOf"][0], root)
    empty: dict[str, Any] = {"array": [], "object": {}, "boolean": False, "integer": 0, "number": 0, "null": None}
    return empty.get(part.get("type", "string"), REASONING if name == "reasoning" else gold)
