"""Texts that once took minutes, or ended in an error of another package."""

from __future__ import annotations

import pytest

from social_world_model import read_chat
from social_world_model.errors import DatasetError
from social_world_model.symbolic import parse_narrative
from social_world_model.world_model.checking import refusals

LENGTH = 1_000_000


@pytest.mark.parametrize("text", ["x" * LENGTH, "9" * LENGTH, "é" * LENGTH])
def test_one_endless_word_is_checked_in_one_pass(text: str) -> None:
    """With a pattern that begins anew at each letter, this test would take hours."""
    context, _ = parse_narrative("Al entered the den. Bo entered the den.")
    assert refusals(text, context) == ["agents_names: expected names that occur in the narrative, got 'Al', 'Bo'"]


@pytest.mark.parametrize("text", ['[{"text": ' * 100_000, '{"messages": ' + "[" * 100_000])
def test_a_chat_that_is_nested_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(DatasetError, match="expected a chat as JSON"):
        read_chat(text)
