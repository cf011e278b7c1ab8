from __future__ import annotations

import math
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from social_world_model.errors import ConfigurationError
from social_world_model.reports import plots
from social_world_model.reports.overviews import Overview, overview
from social_world_model.reports.plots import write_plots
from social_world_model.usage import Usage
from tests.reports.runs_on_disk import write_run
from tests.reports.test_baselines_beside import write_judged

RIGHT = [True] * 20 + [False] * 10
LONG = "custom/a-model-with-a-very-$long$_name-7b-instruct-v0.3@http://localhost:8000/v1"


def runs(folder: Path, took: Usage | None = None, modes: tuple[str, ...] = ("vanilla", "simtom")) -> Overview:
    for model in ("o1", LONG):
        for mode in modes:
            right = RIGHT if mode == "vanilla" else RIGHT[::-1]
            usage = None if took is None else {"answer": took}
            write_run(folder / f"{mode}{len(model)}", right, mode=mode, model=model, usage=usage)
    return overview([folder])


def test_three_pictures_are_drawn_and_always_the_same(tmp_path: Path) -> None:
    found = runs(tmp_path / "in", Usage(requests=30, input_tokens=9000, output_tokens=600))
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        written, missing = write_plots(found, tmp_path / name)
        assert [path.name for path in written] == ["accuracy.png", "gain.png", "cost.png"]
        assert not missing
    for path in written:
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.read_bytes() == (tmp_path / "one" / path.name).read_bytes()


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_pictures_for_print_are_always_the_same(tmp_path: Path, kind: str) -> None:
    found = runs(tmp_path / "in", Usage(requests=30, input_tokens=9000, output_tokens=600))
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        written, missing = write_plots(found, tmp_path / name, (kind,))
        assert [path.name for path in written] == [f"accuracy.{kind}", f"gain.{kind}", f"cost.{kind}"]
        assert not missing
    for path in written:
        assert path.read_bytes().startswith(b"%PDF" if kind == "pdf" else b"<?xml")
        assert path.read_bytes() == (tmp_path / "one" / path.name).read_bytes()


def test_baselines_are_drawn_with_a_line_at_the_best(tmp_path: Path) -> None:
    write_judged(tmp_path / "in", range(4))
    figure = plots._accuracies(overview([tmp_path]))
    assert figure is not None
    (axes,) = figure.axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["gpt-4o", "vanilla", "trivial baselines", "real place"]
    lines = {tuple(map(float, line.get_xdata())): tuple(map(float, line.get_ydata())) for line in axes.lines}  # type: ignore[arg-type]
    assert lines[(0.25,)] == (3.0,)
    assert lines[(0.25, 0.25)] == (0.0, 1.0)


def test_no_marker_hides_another(tmp_path: Path) -> None:
    found = runs(tmp_path / "in", Usage(requests=30, input_tokens=9000, output_tokens=600))
    figure = plots._costs(found)
    assert figure is not None
    figure.canvas.draw()
    (axes,) = figure.axes
    markers = [line for line in axes.lines if line.get_marker() not in ("None", "")]
    places = [line.get_transform().transform(line.get_xydata())[0] * 72 / figure.dpi for line in markers]
    assert len(places) == 4
    apart = [math.dist(one, other) for place, one in enumerate(places) for other in places[place + 1 :]]
    assert min(apart) > plots.MARKER


def test_names_of_models_in_any_script_are_drawn_without_a_warning(tmp_path: Path) -> None:
    write_run(tmp_path / "in", RIGHT, model="模型\x1b[31m\x00")
    written, _ = write_plots(overview([tmp_path]), tmp_path, ("svg",))
    ElementTree.fromstring(written[0].read_bytes())


def test_a_picture_with_nothing_to_show_is_not_drawn_and_it_is_said(tmp_path: Path) -> None:
    written, missing = write_plots(runs(tmp_path / "in", modes=("simtom",)), tmp_path)
    assert [path.name for path in written] == ["accuracy.png"]
    assert missing == [
        "gain.png: no run can be compared with a vanilla run of the same model and data",
        "cost.png: no run has token counts",
    ]


def test_no_two_labels_lie_on_each_other(tmp_path: Path) -> None:
    figure = plots._accuracies(runs(tmp_path / "in"))
    assert figure is not None
    figure.canvas.draw()
    (axes,) = figure.axes
    boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
    assert len(boxes) == 6
    assert not any(one.overlaps(other) for place, one in enumerate(boxes) for other in boxes[place + 1 :])
    assert all(box.x0 >= 0 for box in boxes)


def test_each_data_set_has_a_panel(tmp_path: Path) -> None:
    write_run(tmp_path / "a", RIGHT)
    write_run(tmp_path / "b", RIGHT, dataset="other.csv")
    figure = plots._accuracies(overview([tmp_path]))
    assert figure is not None
    assert len(figure.axes) == 2


def test_without_matplotlib_one_line_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "find_spec", lambda _: None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    written, missing = write_plots(runs(tmp_path / "in"), tmp_path)
    assert not written
    assert missing == ["plots, because matplotlib is not installed: run uv sync --extra plots"]


def test_a_picture_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "accuracy.png").mkdir()
    with pytest.raises(ConfigurationError, match=r"expected to write .*accuracy\.png"):
        write_plots(runs(tmp_path / "in"), tmp_path)
