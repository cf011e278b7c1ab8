from __future__ import annotations

import pytest

from social_world_model.errors import ContextError
from social_world_model.s3ap.names import check_known


def test_of_many_names_the_first_are_shown_and_the_others_counted() -> None:
    with pytest.raises(ContextError, match=r"expected ids \(0, 1, .*, 19, and 5 more\), got 'x'$"):
        check_known(["x"], [str(number) for number in range(25)], "ids")


def test_near_names_are_found_whatever_their_case() -> None:
    with pytest.raises(ContextError, match=r"got 'sally', 'ANN'; did you mean Sally or Ann\?"):
        check_known(["sally", "Bob", "ANN"], ["Ann", "Bob", "Sally"], "agents")


def test_what_is_no_name_is_not_known() -> None:
    with pytest.raises(ContextError, match=r"expected agents \(there are none\), got \['Ann'\], None"):
        check_known([["Ann"], None], [], "agents")  # type: ignore[list-item]
