from __future__ import annotations

from pathlib import Path

import pytest

from social_world_model.errors import ConfigurationError
from social_world_model.experiments import RunSettings
from social_world_model.experiments.models import Models
from social_world_model.generation_utils.vllm_args import check_args, check_folder, vllm_args
from social_world_model.modes import get_mode


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("max_model_len=4096", 4096),
        ("gpu_memory_utilization=0.8", 0.8),
        ("dtype=float16", "float16"),
        ("enforce_eager=true", True),
        ("enforce_eager=False", False),
        ("seed=None", None),
        ("quantization=null", None),
        ('tokenizer="123"', "123"),
        ("revision=a=b", "a=b"),
        ('hf_overrides={"rope": {"factor": 2}}', {"rope": {"factor": 2}}),
        ("x=[1, 2]", [1, 2]),
        ("x=NaN", "NaN"),
        ("x= spaced ", "spaced"),
    ],
)
def test_a_value_has_the_type_that_it_is_written_as(given: str, value: object) -> None:
    (found,) = vllm_args([given]).values()
    assert (type(found), found) == (type(value), value)


def test_dashes_in_names_are_as_good_as_underscores() -> None:
    assert vllm_args(["max-model-len=1", "--tensor-parallel-size=2"]) == {"max_model_len": 1, "tensor_parallel_size": 2}


@pytest.mark.parametrize("given", ["", "max_model_len", "=3", "max model=3", "dtype=", "1x=2"])
def test_what_is_no_pair_is_refused(given: str) -> None:
    with pytest.raises(ConfigurationError, match="expected vllm_args NAME=VALUE"):
        vllm_args([given])


def test_broken_json_and_repeated_names_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"expected vllm_args x to be JSON, got \{'a': 1\}"):
        vllm_args(["x={'a': 1}"])
    with pytest.raises(ConfigurationError, match="expected vllm_args dtype once, got 'a' and 'b'"):
        vllm_args(["dtype=a", "dtype=b"])


def test_unknown_arguments_are_told_what_may_be_meant() -> None:
    check_args({"dtype": "auto"}, ["dtype"])
    with pytest.raises(ConfigurationError, match="got 'dtpye'; did you mean dtype"):
        check_args({"dtpye": "auto"}, ["dtype"])
    with pytest.raises(ConfigurationError, match="expected the model as vllm/NAME, got vllm_args model=x"):
        check_args({"model": "x"}, ["model"])


def test_a_folder_must_hold_a_model_and_its_tokenizer(tmp_path: Path) -> None:
    folder = str(tmp_path)
    with pytest.raises(ConfigurationError, match=r"a folder without config\.json"):
        check_folder(folder, {})
    (tmp_path / "adapter_config.json").touch()
    with pytest.raises(ConfigurationError, match="only a LoRA adapter: merge it"):
        check_folder(folder, {})
    (tmp_path / "config.json").touch()
    with pytest.raises(ConfigurationError, match=f"expected a tokenizer in {folder}, got none of tokenizer.json"):
        check_folder(folder, {})
    check_folder(folder, {"tokenizer": "org/name"})
    (tmp_path / "tokenizer.json").touch()
    check_folder(folder, {})


@pytest.mark.parametrize("name", ["/no/such", "./no-such", "training/verl_output/checkpoints/step_1000", "~/no-such"])
def test_a_name_that_can_only_be_a_folder_must_be_one(name: str) -> None:
    with pytest.raises(ConfigurationError, match="expected a model folder or a hub id"):
        check_folder(name, {})


def test_an_id_of_the_hub_is_for_the_hub_to_know() -> None:
    check_folder("org/name", {})
    check_folder("name", {})


@pytest.mark.parametrize(
    ("model", "base_url", "message"),
    [
        ("symbolic", None, "got symbolic$"),
        ("vllm/m", "http://localhost:1/v1", "got vllm/m; start the server with these arguments instead"),
    ],
)
def test_arguments_without_a_model_in_this_process_are_refused(model: str, base_url: str | None, message: str) -> None:
    settings = RunSettings(benchmark="tomi", model_name=model, base_url=base_url, vllm_args={"dtype": "auto"})
    with pytest.raises(ConfigurationError, match=f"expected vllm/NAME in this process if vllm_args is set, {message}"):
        Models(settings, get_mode("vanilla"))
