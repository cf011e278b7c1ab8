"""The examples in the docstrings of the viewer."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize("module", ["choosing", "kept_rows", "minds", "notebook", "offsets", "page", "secrets"])
def test_the_examples_in_the_docstrings_hold(module: str) -> None:
    found = doctest.testmod(importlib.import_module(f"social_world_model.viewer.{module}"))
    assert found.attempted and not found.failed
