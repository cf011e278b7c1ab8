from __future__ import annotations

from pathlib import Path

import pytest

from social_world_model.data.yaml_files import MOST_VALUES, load_yaml
from social_world_model.errors import ConfigurationError
from social_world_model.training.config import read_config
from tests.commands import swm

LAUGHS = "\n".join(
    ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
)
"""A text of 450 characters that contains ten billion values."""


def test_aliases_that_multiply_are_refused() -> None:
    with pytest.raises(ValueError, match=f"expected at most {MOST_VALUES:,} values"):
        load_yaml(LAUGHS)


def test_an_alias_inside_its_own_value_is_refused() -> None:
    with pytest.raises(ValueError, match="inside its own value"):
        load_yaml("a: &a [1, *a]")


def test_a_file_may_use_aliases() -> None:
    assert load_yaml("base: &b {x: 1}\nmore: {<<: *b, y: 2}")[0]["more"] == {"x": 1, "y": 2}


@pytest.mark.parametrize("text", ["a: 1\na: 2", "b: {a: 1, c: 2, a: 3}", "- {x: 1}\n- {a: 1, a: 1}"])
def test_a_repeated_name_is_found_at_any_depth(text: str) -> None:
    assert load_yaml(text)[1] == "a"


def test_commands_and_trainers_refuse_such_a_file(tmp_path: Path) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text(LAUGHS + "\nbenchmarks: [tomi]\nmodels: [symbolic]\nmodes: [vanilla]\n")
    done = swm("sweep", path)
    assert done.returncode == 2
    assert "use fewer aliases" in done.stderr
    with pytest.raises(ConfigurationError, match="use fewer aliases"):
        read_config(path)
