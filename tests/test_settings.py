"""Settings are declared once, and checked when they are constructed."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from social_world_model import RunSettings
from social_world_model.errors import ConfigurationError
from social_world_model.settings import CallSettings, EvaluationSettings, SamplingOptions, declared

WRONG: list[tuple[str, Any]] = [
    ("benchmark", None),
    ("benchmark", 3),
    ("mode", None),
    ("mode", ["vanilla"]),
    ("model_name", 4),
    ("context_model", b"symbolic"),
    ("dataset_path", 3),
    ("dataset_path", ["a.csv"]),
    ("options", {"rows": 1}),
    ("options", {1: "paper"}),
    ("options", [("rows", "paper")]),
    ("options", "rows=paper"),
    ("protocol", "Paper"),
    ("protocol", ""),
    ("protocol", None),
    ("variant", "names"),
    ("variant", "Distractors"),
    ("samples", 0),
    ("samples", -1),
    ("samples", 1.0),
    ("samples", "3"),
    ("samples", True),
    ("context_samples", 0),
    ("context_samples", None),
    ("save", "no"),
    ("save", 1),
    ("save", None),
    ("continue_mode", "contineu"),
    ("continue_mode", "resume"),
    ("continue_mode", None),
    ("context_dir", 3),
    ("context_fields", ("stat",)),
    ("context_fields", "state"),
    ("context_fields", ("state", None)),
    ("context_fields", None),
    ("wire", "short"),
    ("wire", None),
    ("context_form", "full_json"),
    ("example", 3),
    ("prompt_template", Path("prompt.txt")),
    ("limit", 0),
    ("limit", 2.5),
    ("limit", "all"),
    ("output_dir", None),
    ("output_dir", 3),
    ("command", "swm run"),
    ("command", (1,)),
    ("batch_size", 0),
    ("batch_size", True),
    ("batch_size", "8"),
    ("base_url", 8000),
    ("vllm_args", "dtype=auto"),
    ("vllm_args", ["dtype=auto"]),
    ("timeout", 0),
    ("timeout", -1.0),
    ("timeout", float("nan")),
    ("timeout", float("inf")),
    ("timeout", "300"),
    ("timeout", None),
    ("rpm", 0),
    ("rpm", 1.5),
    ("tpm", -5),
    ("tpm", False),
    ("max_cost", 0),
    ("max_cost", float("inf")),
    ("max_cost", "1 US$"),
    ("max_total_tokens", 0),
    ("max_total_tokens", 1e6),
    ("temperature", -0.1),
    ("temperature", "0.7"),
    ("temperature", float("nan")),
    ("max_output_tokens", 0),
    ("top_p", 0),
    ("top_p", 1.1),
    ("reasoning_effort", "extreme"),
    ("thinking", True),
    ("structured", "native"),
    ("extra_body", [1]),
    ("extra_body", {"model": "x"}),
    ("extra_body", {"api_key": "x"}),
    ("extra_body", {"x": {1, 2}}),
    ("seed", 1.5),
    ("seed", "0"),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=[f"{name}={value!r}" for name, value in WRONG])
def test_a_wrong_value_from_python_is_an_error_that_names_the_parameter(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=rf"^expected {name} to be ") as caught:
        RunSettings(**{"benchmark": "tomi", name: value})
    assert caught.value.parameters == (name,)
    assert "--" not in str(caught.value)


def test_every_setting_of_a_run_has_a_wrong_value_among_them() -> None:
    assert {name for name, _ in WRONG} == {one.name for one in fields(RunSettings)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gen_dir", None),
        ("gen_dir", 3),
        ("gt_dir", 3),
        ("judge_model", None),
        ("reference", "symbol"),
        ("reference", None),
        ("repeats", 0),
        ("repeats", 1.5),
        ("cache", None),
        ("batch_size", 0),
        ("seed", 0.5),
        ("max_total_tokens", 0),
    ],
)
def test_a_wrong_value_for_an_evaluation_is_an_error_that_names_the_parameter(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=rf"^expected {name} to be "):
        EvaluationSettings(**{"gen_dir": Path("x"), name: value})


def test_a_near_value_is_suggested() -> None:
    with pytest.raises(ConfigurationError, match="got 'Paper'; did you mean paper"):
        RunSettings(benchmark="tomi", protocol="Paper")  # type: ignore[arg-type]


def test_a_text_stands_for_a_path_a_list_for_a_tuple_and_a_whole_number_for_a_number() -> None:
    given: dict[str, Any] = {"output_dir": "out", "dataset_path": "x.csv", "context_fields": ["state"], "timeout": 3}
    settings = RunSettings(benchmark="tomi", **given)
    assert (settings.output_dir, settings.dataset_path) == (Path("out"), Path("x.csv"))
    assert (settings.context_fields, settings.timeout) == (("state",), 3)


def test_settings_of_model_calls_are_one_class_for_runs_and_evaluation() -> None:
    assert issubclass(RunSettings, CallSettings)
    assert issubclass(EvaluationSettings, CallSettings)
    assert issubclass(CallSettings, SamplingOptions)


@pytest.mark.parametrize("kind", [RunSettings, EvaluationSettings])
def test_every_option_that_can_be_typed_has_help_and_a_flag_of_its_own(kind: type) -> None:
    typed = [one for one in declared(kind) if one.option.typed != "nothing"]
    assert all(one.option.help.endswith(".") for one in typed)
    assert len({one.flag for one in typed}) == len(typed)
