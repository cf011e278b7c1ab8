"""Tables in the terminal."""

from __future__ import annotations

import pytest

from social_world_model.cli.terminal import Cells, Remark, Words, draw
from social_world_model.reports.columns import Column


def column(title: str, **given: object) -> Column[object]:
    return Column(key=title, title=title, value=str, **given)  # type: ignore[arg-type]


COLUMNS = [column("", number=False), column("accuracy"), column("95 % CI of gain"), column("calls", priority=1)]
ROWS = [
    Cells(cells=["everything sent to everybody by mistake", "0.250", "-0.125 … +0.500", "12,345"], indent=2),
    Cells(cells=["nothing", "1.000", "", ""]),
]


def drawn(width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    draw(COLUMNS, ROWS, corner="all")
    return capsys.readouterr().out.splitlines()


def test_a_wide_table_has_one_line_for_each_row(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    head, first, second = drawn(100, monkeypatch, capsys)
    assert head.split("  ")[0] == "all"
    assert first == "  everything sent to everybody by mistake     0.250  -0.125 … +0.500  12,345"
    assert second == "nothing                                       1.000"


def test_labels_and_headings_wrap_before_a_column_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert drawn(68, monkeypatch, capsys) == [
        "all                                accuracy  95 % CI of gain   calls",
        "  everything sent to everybody by     0.250  -0.125 … +0.500  12,345",
        "    mistake",
        "nothing                               1.000",
    ]
    monkeypatch.setenv("COLUMNS", "50")
    columns = [column("", number=False), column("changed answers"), column("calls", priority=1)]
    draw(columns, [Cells(cells=["a long label of thirty letters", "5 of 6", "12"])])
    assert capsys.readouterr().out.splitlines() == [
        "                                changed",
        "                                answers  calls",
        "a long label of thirty letters   5 of 6     12",
    ]


@pytest.mark.parametrize("width", [10, 40, 60])
def test_no_figure_is_cut_or_wrapped_in_a_narrow_terminal(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = drawn(width, monkeypatch, capsys)
    assert any(line.endswith("0.250  -0.125 … +0.500") for line in lines)
    assert not any("12,345" in line for line in lines)


def test_the_columns_that_were_left_out_are_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert draw(COLUMNS, ROWS) == ["calls"]
    monkeypatch.setenv("COLUMNS", "100")
    assert draw(COLUMNS, ROWS) == []


def test_names_keep_both_ends_and_wide_characters_keep_their_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    columns = [column("", number=False), column("contexts by", number=False), column("n")]
    long = "custom/a-model@http://localhost:8000/v1"
    draw(columns, [Cells(cells=["模型", long, "7"]), Cells(cells=["model", "o3", "12"])])
    _, first, second = capsys.readouterr().out.splitlines()
    assert first == "模型   custom/a-mode…alhost:8000/v1   7"
    assert second == "model  o3                            12"


def test_markup_and_colours_are_not_interpreted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    draw([column("", number=False), column("n")], [Cells(cells=["[bold]a[/bold] :smile:", "1"])])
    assert capsys.readouterr().out.splitlines()[1] == "[bold]a[/bold] :smile:  1"


def test_remarks_stand_in_place_of_figures_and_words_go_across(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines: list[Cells | Remark | Words] = [
        Words(text="by question type"),
        Remark(label="All*", text="not available: needs an encoder", indent=2),
        Cells(cells=["belief", "3"], indent=2),
        Words(),
        Words(text="1 set is not whole", indent=2, first="note: "),
    ]
    draw([column("", number=False), column("n")], lines)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "by question type",
        "  All*    not available: needs an encoder",
        "  belief  3",
        "",
        "  note: 1 set is not whole",
    ]
