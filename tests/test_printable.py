from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from social_world_model.printable import printable


@given(st.text())
def test_no_control_character_but_line_breaks_and_tabs_is_left(text: str) -> None:
    left = {char for char in printable(text) if unicodedata.category(char) in ("Cc", "Zl", "Zp")}
    assert left <= {"\n", "\t"}


@given(st.text(st.characters(codec="utf-8")))
def test_json_keeps_its_value(text: str) -> None:
    assert json.loads(printable(json.dumps(text, ensure_ascii=False))) == text


def test_characters_that_turn_the_text_around_are_visible() -> None:
    assert printable("a\u202eb\u2066c\x9b0m") == "a\\u202eb\\u2066c\\u009b0m"
    assert printable("Zoë 👩‍🚀 “ok”") == "Zoë 👩‍🚀 “ok”"
