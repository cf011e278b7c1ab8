"""The table of tags: what reading, decoding, events, encoding and display make of each entry."""

from __future__ import annotations

import pytest

from social_world_model.s3ap.tag_table import FIELDS, TAGS, Tag, references_in
from social_world_model.s3ap.tags import split_pieces, tag_of, written

BRACKETED = [tag for tag in TAGS if tag.form in ("reference", "marker")]


def test_names_of_tags_are_unique_identifiers() -> None:
    names = [tag.name for tag in TAGS]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and name not in ("text", "broken", "stray", "unclosed") for name in names)


@pytest.mark.parametrize("tag", TAGS, ids=lambda tag: tag.name)
def test_every_tag_may_stand_somewhere_and_is_described_in_a_sentence(tag: Tag) -> None:
    assert tag.fields
    assert tag.description[0].isupper()
    assert tag.description.endswith(".")
    assert (tag.resolve is not None) == (tag.form == "reference")


@pytest.mark.parametrize("tag", BRACKETED, ids=lambda tag: tag.name)
def test_the_canonical_form_of_a_tag_is_read_as_that_tag_and_written_the_same(tag: Tag) -> None:
    for index in (None, 3) if tag.has_index else (None,):
        (piece,) = split_pieces(tag.canonical(index))

        assert (tag_of(piece), piece.index) == (tag, index)
        assert written(piece) == tag.canonical(index)
    assert tag.label


def test_encode_tries_every_reference_in_each_of_its_fields_once() -> None:
    tried = [
        (tag.name, field)
        for ahead in (False, True)
        for field in FIELDS
        for tag in references_in(field, looks_ahead=ahead)
    ]
    assert sorted(tried) == sorted((tag.name, field) for tag in TAGS if tag.resolve is not None for field in tag.fields)
