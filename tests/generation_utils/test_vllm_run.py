"""A model in this process, in a run and from the command line."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from social_world_model.cli import main
from social_world_model.errors import ConfigurationError
from social_world_model.experiments import Run, RunSettings
from social_world_model.experiments.sweep import read_sweep
from social_world_model.experiments.sweep_runs import run_sweep
from social_world_model.generation_utils import vllm_api
from tests.generation_utils import fake_vllm
from tests.generation_utils.fake_vllm import FakeVllm

ANSWER = json.dumps({"reasoning": "It was moved.", "answer": "box"})


@pytest.fixture
def vllm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeVllm]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    vllm_api.log.cache_clear()
    fake = fake_vllm.installed(monkeypatch)
    fake.text = ANSWER
    yield fake
    vllm_api.log().close()
    vllm_api.log.cache_clear()
    vllm_api.api.cache_clear()


def settings_of(folder: Path, **more: Any) -> RunSettings:
    given: dict[str, Any] = {"vllm_args": {"max_model_len": 100_000}, "model_name": "vllm/org/m", "limit": 3, **more}
    return RunSettings(benchmark="tomi", output_dir=folder, **given)


def test_a_run_loads_once_shuts_down_and_has_its_arguments_in_its_manifest(vllm: FakeVllm, tmp_path: Path) -> None:
    result = asyncio.run(Run(settings_of(tmp_path)).execute())
    assert [outcome.status for outcome in result.outcomes] == ["answered"] * 3
    assert (len(vllm.loaded), vllm.shut_down) == (1, ["org/m"])
    assert result.folder is not None
    manifest = json.loads((result.folder / "run.json").read_text(encoding="utf-8"))
    assert manifest["settings"]["vllm_args"] == {"max_model_len": 100_000}


def test_what_is_answered_already_needs_no_model(vllm: FakeVllm, tmp_path: Path) -> None:
    for _ in range(2):
        result = asyncio.run(Run(settings_of(tmp_path)).execute())
        assert result.failed == 0
    assert len(vllm.loaded) == 1


def test_one_model_that_parses_and_answers_is_loaded_once(vllm: FakeVllm, tmp_path: Path) -> None:
    settings = settings_of(tmp_path, mode="socialized_context", context_model="vllm/org/m")
    asyncio.run(Run(settings).execute())
    assert (len(vllm.loaded), vllm.shut_down) == (1, ["org/m"])


def test_a_model_that_cannot_be_loaded_ends_the_run_before_another_is_paid(vllm: FakeVllm, tmp_path: Path) -> None:
    def fail(_: object) -> None:
        raise ValueError("No available memory for the cache blocks.")

    vllm.on_load = fail
    script = tmp_path / "replies.jsonl"
    script.write_text(json.dumps({"reply": "never asked"}), encoding="utf-8")
    settings = settings_of(tmp_path, mode="socialized_context", context_model=f"scripted/{script}")
    run = Run(settings)
    with pytest.raises(ConfigurationError, match="expected enough memory for vllm/org/m"):
        asyncio.run(run.execute())
    assert run.models.calls.usage == {}


def test_a_sweep_loads_a_model_once(vllm: FakeVllm, tmp_path: Path) -> None:
    file = tmp_path / "sweep.yaml"
    file.write_text(
        "benchmarks: [tomi]\nmodels: [vllm/a, vllm/b]\nmodes: [vanilla, question_only]\n"
        f"settings: {{limit: 2, output_dir: {tmp_path}, vllm_args: {{max_model_len: 50000}}}}\n",
        encoding="utf-8",
    )

    async def execute() -> int:
        return len([result async for result in run_sweep(read_sweep(file))])

    assert asyncio.run(execute()) == 4
    assert [args.model for args in vllm.loaded] == vllm.shut_down == ["a", "b"]
    assert vllm.loaded[0].max_model_len == 50_000


def swm(monkeypatch: pytest.MonkeyPatch, *words: str) -> object:
    monkeypatch.setattr(sys, "argv", ["swm", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_arguments_come_from_the_command_line(
    vllm: FakeVllm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", "tomi", "--limit", "2", "--output-dir", str(tmp_path), "--model-name", "vllm/org/m"]
    args = ["--vllm-arg", "max_model_len=50000", "--vllm-arg", "dtype=float16", "--vllm-arg", "enforce-eager=true"]
    assert swm(monkeypatch, *words, *args) == 0
    assert (vllm.loaded[0].max_model_len, vllm.loaded[0].dtype, vllm.loaded[0].enforce_eager) == (
        50_000,
        "float16",
        True,
    )
    said = capsys.readouterr().err
    assert said.count("vllm/org/m: the model is being loaded") == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--vllm-arg", "max_model_len"], "expected --vllm-arg NAME=VALUE"),
        (["--vllm-arg", "dtpye=float16"], "did you mean dtype?"),
        (
            ["--vllm-arg", "dtype=float16", "--base-url", "http://localhost:1/v1"],
            "start the server with these arguments",
        ),
    ],
)
def test_wrong_arguments_are_one_line_and_exit_status_2(
    vllm: FakeVllm,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    args: list[str],
    message: str,
) -> None:
    words = ["run", "tomi", "--limit", "2", "--output-dir", str(tmp_path), "--model-name", "vllm/org/m"]
    assert swm(monkeypatch, *words, *args) == 2
    (line,) = [one for one in capsys.readouterr().err.splitlines() if one.startswith("error: ")]
    assert message in line
    assert vllm.loaded == []


def test_a_dry_run_loads_nothing_and_needs_no_vllm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "vllm", None)
    monkeypatch.setattr(sys, "argv", ["swm", "run", "tomi", "--limit", "2", "--model-name", "vllm/org/m", "--dry-run"])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in (0, None)
    assert "$0" in capsys.readouterr().out
