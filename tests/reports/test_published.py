from __future__ import annotations

from pathlib import Path

import pytest

from social_world_model.reports.overviews import overview
from social_world_model.reports.published import (
    DATA,
    MODELS,
    Published,
    meanings_of,
    paper_model,
    published,
    published_columns,
)
from tests.reports.runs_on_disk import write_run

PAPER_TOMI = "e13bfed059f4790ff38456ccb9cfb1d4c56a8d6fc6439d1a413af435ddfa9c40"
OUR_TOMI = "9109505e318448b675e646555b6b183ad4ab8715d2e9ee37abe662c306ca896d"
AS_PUBLISHED = {
    "protocol": "paper",
    "scorer": "paper",
    "samples": 1,
    "context_samples": 1,
    "models": {"context": {"temperature": 0.7}},
}


def beside(folder: Path, **options: object) -> Published:
    write_run(folder / "run", [True] * 600, **options)  # type: ignore[arg-type]
    (found,) = published(overview([folder]).entries)
    return found


def test_nothing_but_the_wording_differs_where_all_is_as_published(tmp_path: Path) -> None:
    found = beside(
        tmp_path,
        mode="socialized_context",
        model="gpt-4.1-2025-04-14",
        context_model="o3-2025-04-16",
        sha256=PAPER_TOMI,
        settings=AS_PUBLISHED,
    )
    assert found.says == "1.000 in this run; published for ToMi, S3AP + CoT: .978 (GPT-4.1)"
    assert found.differs == "the wording of the prompts, which always differs"


def test_all_that_a_manifest_shows_to_differ_is_named(tmp_path: Path) -> None:
    found = beside(
        tmp_path,
        mode="socialized_context",
        model="o3",
        context_model="gpt-4o",
        sha256=OUR_TOMI,
        settings={"samples": 5, "context_samples": 2, "models": {"context": {"temperature": 0.0}}},
    )
    assert found.differs is not None
    for part in (
        "the paper's file, but the header calls one column 'answer'",
        "the protocol: 'own' in this run, 'paper' in the paper",
        "the scorer: official in this run",
        "candidates: hidden in this run, shown in the paper",
        "each question was asked 5 times in this run",
        "the context model: gpt-4o in this run, o3-2025-04-16 in the paper",
        "the temperature of the context model: 0.0 in this run, 0.7 in the paper",
        "JSON on one line in this run",
        "2 contexts per story in this run",
    ):
        assert part in found.differs


def test_another_file_and_another_number_of_questions_are_named(tmp_path: Path) -> None:
    write_run(tmp_path, [True] * 10, model="o1", questions=12)
    (found,) = published(overview([tmp_path]).entries)
    assert found.differs is not None
    assert "stories.csv (SHA-256 abababab), not the paper's file" in found.differs
    assert "the number of units: 10 (all) in this run, 600 in the table" in found.differs
    assert "2 questions were not asked in this run" in found.differs


def test_another_model_is_held_against_all_of_the_table(tmp_path: Path) -> None:
    found = beside(tmp_path, model="symbolic", sha256=PAPER_TOMI, settings=AS_PUBLISHED)
    assert all(model in found.says for model in MODELS)
    assert found.differs == "the model is not in the published table; the wording of the prompts, which always differs"


def test_benchmarks_with_a_denominator_that_is_not_known_say_so(tmp_path: Path) -> None:
    found = beside(tmp_path, benchmark="mmtom", model="o1")
    assert found.differs is not None
    assert "it is not known which 302 of the 600 questions were asked" in found.differs
    assert "the paper's file is unknown" in found.differs
    assert "k/53" in DATA["fantom"].caution


def test_letters_stand_for_differences_in_one_table(tmp_path: Path) -> None:
    write_run(tmp_path / "a", [True] * 10, model="o1")
    write_run(tmp_path / "b", [True] * 10, model="another")
    write_run(tmp_path / "c", [True] * 10, mode="simtom")
    found = published(overview([tmp_path]).entries)
    columns = published_columns(found)
    cells = {one.run: [column.cell(one) for column in columns][1:] for one in found}
    assert cells["ori_tomi · vanilla · o1"] == ["1.000", "ToMi, CoT", ".952 (o1)", "b c d e f g"]
    assert cells["ori_tomi · vanilla · another"][2:] == [".655 – .998 (7 models)", "a b c d e f g"]
    notes = meanings_of(found)
    assert notes[0] == "a: the model is not in the published table"
    assert [note[:3] for note in notes[:7]] == ["a: ", "b: ", "c: ", "d: ", "e: ", "f: ", "g: "]
    assert notes[7:] == ["arXiv 2509.00559 has no result for ori_tomi in mode simtom"]


def test_modes_and_benchmarks_without_a_figure_are_named_together(tmp_path: Path) -> None:
    write_run(tmp_path / "a", [True], mode="simtom")
    write_run(tmp_path / "b", [True], mode="simtom", model="o1")
    write_run(tmp_path / "c", [True], benchmark="bigtom")
    (found,) = published(overview([tmp_path]).entries)
    assert found.says == "arXiv 2509.00559 has no result for bigtom in mode vanilla, ori_tomi in mode simtom"
    assert found.differs is None


def test_fantoms_figures_all_have_the_denominator_53() -> None:
    for pair in DATA["fantom"].figures.values():
        for value in pair:
            assert any(abs(right / 53 - value) < 5e-4 for right in range(54))


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("o1-2024-12-17", "o1"),
        ("o3-2025-04-16", "o3"),
        ("openai:o3-mini-2025-01-31", "o3-mini"),
        ("gpt-4o-2024-08-06", "GPT-4o"),
        ("gpt-4.1", "GPT-4.1"),
        ("together_ai/deepseek-ai/DeepSeek-R1", "DeepSeek-R1"),
        ("together_ai/meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8", "Llama-4-Maverick"),
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", None),
        ("gpt-4o-mini", None),
        ("gpt-4.1-nano", None),
        ("o1-mini", None),
        ("o3-pro", None),
        ("phi-o3x", None),
        ("symbolic", None),
    ],
)
def test_models_of_the_table_are_recognised_and_their_kin_is_not(name: str, model: str | None) -> None:
    assert paper_model(name) == model
