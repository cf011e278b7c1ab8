"""Settings of training are checked when they are constructed; every wrong value names its parameter."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from social_world_model.errors import ConfigurationError
from social_world_model.training import DataSettings, Job, Rules
from social_world_model.training.config import read_config
from social_world_model.training.trainers import verl

NAN = float("nan")


@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        ("output_dir", {"output_dir": 3}),
        ("output_dir", {"output_dir": None}),
        ("backend", {"backend": "Verl"}),
        ("backend", {"backend": "nobody"}),
        ("backend", {"backend": None}),
        ("base_model", {"base_model": None}),
        ("base_model", {"base_model": Path("model")}),
        ("n_gpus", {"n_gpus": 0}),
        ("n_gpus", {"n_gpus": -1, "backend": "trl"}),
        ("n_gpus", {"n_gpus": 2, "backend": "trl"}),
        ("n_gpus", {"n_gpus": "2"}),
        ("n_gpus", {"n_gpus": True}),
        ("n_gpus", {"n_gpus": 1.5}),
        ("nnodes", {"nnodes": 0}),
        ("nnodes", {"nnodes": 2, "master": "first:1", "backend": "trl"}),
        ("nnodes", {"nnodes": 2, "master": "first:1", "backend": "together"}),
        ("node_rank", {"node_rank": -1}),
        ("node_rank", {"node_rank": 1}),
        ("node_rank", {"node_rank": 2, "nnodes": 2, "master": "first:1"}),
        ("master", {"nnodes": 2}),
        ("master", {"nnodes": 2, "master": "first"}),
        ("master", {"nnodes": 2, "master": "first:port"}),
        ("master", {"master": 29500}),
        ("total_steps", {"total_steps": 0}),
        ("total_steps", {"total_steps": 10.0}),
        ("save_steps", {"save_steps": -1}),
        ("batch_size", {"batch_size": -4}),
        ("batch_size", {"batch_size": None}),
        ("micro_batch_size", {"micro_batch_size": 0}),
        ("max_tokens", {"max_tokens": 0}),
        ("max_tokens", {"max_tokens": None}),
        ("learning_rate", {"learning_rate": 0.0}),
        ("learning_rate", {"learning_rate": -1e-5}),
        ("learning_rate", {"learning_rate": "1e-5"}),
        ("learning_rate", {"learning_rate": NAN}),
        ("learning_rate", {"learning_rate": float("inf")}),
        ("lora_rank", {"lora_rank": -1}),
        ("lora_rank", {"lora_rank": "8"}),
        ("seed", {"seed": -1}),
        ("seed", {"seed": None}),
        ("wandb", {"wandb": 1}),
        ("wandb", {"wandb": "yes"}),
        ("keep", {"keep": 0}),
        ("config", {"config": ["lr"]}),
        ("config", {"config": {1: "lr"}}),
        ("config", {"config": None}),
    ],
)
def test_a_wrong_setting_of_a_job_is_an_error_that_names_it(named: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=rf"expected {named} ") as raised:
        Job(**{"output_dir": Path("out"), **wrong})
    assert named in raised.value.parameters
    assert "--" not in str(raised.value)


@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        ("out", {"out": 3}),
        ("folders", {"folders": "run"}),
        ("folders", {"folders": Path("run")}),
        ("folders", {"folders": (3,)}),
        ("generate", {"generate": "fantom"}),
        ("generate", {"generate": 3}),
        ("n", {"n": 0}),
        ("n", {"n": 2.5}),
        ("benchmark", {"benchmark": 3}),
        ("rules", {"rules": {"min_f1": 0.5}}),
        ("rules", {"rules": None}),
        ("val_share", {"val_share": 1.0}),
        ("val_share", {"val_share": -0.1}),
        ("val_share", {"val_share": NAN}),
        ("val_share", {"val_share": "0.1"}),
        ("seed", {"seed": 1.5}),
        ("tokenizer", {"tokenizer": 3}),
        ("tokenizer", {"rules": Rules(max_tokens=9)}),
        ("form", {"form": "dpo"}),
        ("kinds", {"kinds": ("csv",)}),
        ("kinds", {"kinds": "jsonl"}),
        ("kinds", {"kinds": ()}),
    ],
)
def test_a_wrong_setting_of_samples_is_an_error_that_names_it(named: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=rf"expected {named} ") as raised:
        DataSettings(**{"out": Path("out"), "generate": "tomi", **wrong})
    assert named in raised.value.parameters
    assert "--" not in str(raised.value)


@pytest.mark.parametrize("wrong", [{}, {"generate": "tomi", "folders": (Path("run"),)}])
def test_samples_come_from_folders_or_from_a_generator(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="exactly one of the settings folders and generate") as raised:
        DataSettings(out=Path("out"), **wrong)
    assert raised.value.parameters == ("folders", "generate")


def test_an_unknown_benchmark_is_an_error_before_a_folder_is_read() -> None:
    with pytest.raises(ConfigurationError, match="'tomy'"):
        DataSettings(out=Path("out"), folders=(Path("run"),), benchmark="tomy")


@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        ("only_valid", {"only_valid": "no"}),
        ("only_right", {"only_right": 1}),
        ("min_f1", {"min_f1": 1.1}),
        ("min_f1", {"min_f1": -0.1}),
        ("min_f1", {"min_f1": True}),
        ("keep_draws", {"keep_draws": None}),
        ("max_tokens", {"max_tokens": 0}),
        ("over_long", {"over_long": "cut"}),
        ("wire", {"wire": "short"}),
    ],
)
def test_a_wrong_rule_is_an_error_that_names_it(named: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=rf"expected {named} ") as raised:
        Rules(**wrong)
    assert raised.value.parameters == (named,)


def test_every_setting_of_training_has_a_wrong_value_above() -> None:
    tried = {
        mark.args[1][row][0]
        for test in (
            test_a_wrong_setting_of_a_job_is_an_error_that_names_it,
            test_a_wrong_setting_of_samples_is_an_error_that_names_it,
            test_a_wrong_rule_is_an_error_that_names_it,
        )
        for mark in test.pytestmark
        for row in range(len(mark.args[1]))
    }
    assert tried == {field.name for settings in (Job, DataSettings, Rules) for field in fields(settings)}


def test_texts_are_taken_for_paths() -> None:
    texts: dict[str, Any] = {"out": "out", "folders": ["one", Path("two")]}
    made = DataSettings(**texts)
    assert (made.out, made.folders) == (Path("out"), (Path("one"), Path("two")))


def test_a_changed_copy_is_checked_too() -> None:
    with pytest.raises(ConfigurationError, match="expected n_gpus to be at most 1 for backend trl"):
        replace(Job(output_dir=Path("out"), n_gpus=8), backend="trl")


def test_what_a_job_leaves_open_the_trainer_decides() -> None:
    out = Path("out")
    assert (Job(output_dir=out, backend="together").rank, Job(output_dir=out, backend="trl").rank) == (16, 0)
    assert Job(output_dir=out, backend="together", lora_rank=0).rank == 0
    assert Job(output_dir=out).model == verl.TRAINER.capabilities.base_model
    assert Job(output_dir=out, base_model="mine").model == "mine"


def test_a_configuration_file_of_another_kind_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="expected YAML"):
        read_config(tmp_path / "odd.yaml")
    assert read_config(None) == {}
