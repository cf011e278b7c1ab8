from __future__ import annotations

import json

import pytest
from pydantic import BaseModel, Field

from social_world_model.generation_utils import PydanticOutputParser, StrOutputParser
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.generation_utils.reading import UnfitReply


class Runtime(BaseModel):
    """Where something is."""

    title: str = Field(description="Its name.")
    holds: list[Runtime] = []


def schema_of(instructions: str) -> dict[str, object]:
    return dict(json.loads(instructions.split("\n", 1)[1]))


def test_a_text_is_taken_without_blanks_at_its_ends() -> None:
    parser = StrOutputParser()
    assert (parser.parse("\n the box \n"), parser.shape, parser.get_format_instructions()) == ("the box", None, "")


def test_a_form_is_read_into_its_class() -> None:
    parser = PydanticOutputParser(pydantic_object=Runtime)
    place = parser.parse('```\n{"title": "room", "holds": [{"title": "box"}]}\n```')
    assert place == Runtime(title="room", holds=[Runtime(title="box")])
    assert parser.shape is Runtime


def test_another_form_is_unfit() -> None:
    with pytest.raises(UnfitReply, match="title: Field required"):
        PydanticOutputParser(pydantic_object=Runtime).parse('{"holds": []}')


def test_the_instructions_hold_the_schema_once_and_short() -> None:
    instructions = PydanticOutputParser(pydantic_object=Runtime).get_format_instructions()
    assert instructions == format_instructions(Runtime)
    assert len(instructions.splitlines()) == 2
    assert "JSON" in instructions.splitlines()[0]  # OpenAI's JSON mode asks for the word
    assert instructions.count("Where something is.") == 1


def test_titles_that_pydantic_makes_are_left_out_and_a_property_of_that_name_is_not() -> None:
    schema = schema_of(format_instructions(Runtime))
    text = json.dumps(schema)
    assert '"title": {"description": "Its name.", "type": "string"}' in text
    assert '"title": "' not in text
