from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.runs.names import context_folder, file_stem, run_folder

HOSTILE = st.text(st.characters(codec="utf-8"), max_size=300) | st.sampled_from(
    ["", ".", "..", "run", "../../x", "/etc/passwd", "a/b", "a\\b", "C:", "\0", "run.json", "%72un", "x" * 400]
)


@given(HOSTILE)
def test_an_index_is_one_file_name_in_its_folder(index: str) -> None:
    path = Path("folder") / f"{file_stem(index)}.json"
    assert path.parent == Path("folder")
    assert path.name not in ("run.json", ".", "..")
    assert not path.name.startswith(".")
    assert len(path.name.encode()) < 255
    assert "\0" not in path.name


@given(HOSTILE, HOSTILE)
def test_different_indices_have_different_files(one: str, other: str) -> None:
    assert (file_stem(one) == file_stem(other)) == (one == other)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_a_run_never_leaves_its_output_folder(model: str, dataset: str, context_model: str) -> None:
    folder = run_folder(Path("out"), "tomi", "vanilla", model, dataset, context_model)
    assert folder.parts[:2] == ("out", "tomi_results")
    assert not {"..", "."} & set(folder.parts)
    assert "\0" not in str(folder)


def test_slashes_in_model_names_nest_as_in_existing_folders() -> None:
    folder = run_folder(Path("data"), "tomi", "vanilla", "together_ai/deepseek-ai/DeepSeek-R1", "t.csv", None)
    assert folder == Path("data/tomi_results/vanilla_together_ai/deepseek-ai/DeepSeek-R1_t.csv")


def test_an_endpoint_is_one_escaped_segment() -> None:
    folder = run_folder(Path("d"), "tomi", "vanilla", "custom/m@http://localhost:8000/v1", "t.csv", None)
    assert folder == Path("d/tomi_results/vanilla_custom/m@http%3A%2F%2Flocalhost%3A8000%2Fv1_t.csv")


def test_contexts_are_looked_for_under_the_name_they_are_written_to() -> None:
    written = run_folder(Path("data"), "tomi", "socialized_context", "o3", "t.csv", "o3")
    assert context_folder(Path("data"), "tomi", "t.csv", "o3") == written
    assert written.name == "socialized_context_o3_t.csv_o3"


@pytest.mark.parametrize("index", ["run", "12", "ä", "a b", "0-0-belief-1"])
def test_ordinary_indices_stay_readable(index: str) -> None:
    assert file_stem(index) == (index if index != "run" else "%72un")


@given(st.text(max_size=20))
def test_half_a_character_in_a_name_is_escaped(name: str) -> None:
    names = (file_stem(name), run_folder(Path("out"), "tomi", "vanilla", name, "s.csv", None).as_posix())
    assert all(made.encode() for made in names)
    assert file_stem("\ud83d").startswith("%D83D")


@given(HOSTILE, HOSTILE)
def test_different_indices_have_different_files_where_case_and_composition_do_not_matter(one: str, other: str) -> None:
    def folded(index: str) -> str:
        return unicodedata.normalize("NFC", file_stem(index)).casefold()

    assert (folded(one) == folded(other)) == (one == other)
    assert folded(one.upper()) != folded(one.lower()) or one.upper() == one.lower()
