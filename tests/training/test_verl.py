"""The command that verl is started with, and what becomes of what verl leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from social_world_model.errors import ConfigurationError
from social_world_model.training.config import read_config
from social_world_model.training.prepared import Prepared
from social_world_model.training.trainer import Job
from social_world_model.training.trainers import verl

CONFIGS = Path(__file__).parents[2] / "training"
DATA = Prepared(train=Path("/d/train.parquet"), train_rows=1000, val=Path("/d/val.parquet"), val_rows=100)


def job(**rest: Any) -> Job:
    return Job(**{"output_dir": Path("/out/verl_output"), "n_gpus": 3, **rest})


def told(made: Job, data: Prepared = DATA) -> dict[str, str]:
    return dict(word.split("=", 1) for word in verl.overrides(made, data))


def test_the_command_is_that_of_the_current_verl() -> None:
    words = verl.command(job(), DATA, python="python")
    assert words[:6] == ["python", "-m", "torch.distributed.run", "--standalone", "--nnodes=1", "--nproc_per_node=3"]
    assert words[6:8] == ["-m", "verl.trainer.sft_trainer"]
    said = told(job())
    assert said["engine"] == said["optim"] == "fsdp"
    assert said["data.messages_key"] == "messages"
    assert said["model.path"] == "microsoft/Phi-4-mini-instruct"
    assert said["trainer.total_training_steps"] == "1000"
    assert said["trainer.default_local_dir"] == "/out/verl_output/verl"
    assert said["trainer.resume_mode"] == "auto"
    assert said["checkpoint.save_contents"] == "[model,optimizer,extra,hf_model]"
    gone = {"model.partial_pretrain", "data.prompt_key", "data.response_key"}
    assert not gone & said.keys()


def test_it_is_shown_as_torchrun_in_lines_that_a_shell_joins() -> None:
    lines = list(verl.shown(verl.command(job(), DATA)))
    assert lines[0] == "torchrun --standalone --nnodes=1 --nproc_per_node=3 -m verl.trainer.sft_trainer \\"
    assert all(line.endswith(" \\") for line in lines[:-1])
    assert not lines[-1].endswith("\\")


def test_several_machines_meet_at_the_first() -> None:
    words = verl.command(job(nnodes=2, node_rank=1, master="first:29500"), DATA)
    assert "--standalone" not in words
    assert {"--nnodes=2", "--node_rank=1", "--rdzv_endpoint=first:29500"} <= set(words)
    assert told(job(nnodes=2, master="x:1"))["trainer.nnodes"] == "2"


@pytest.mark.parametrize("gpus", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("rows", [8, 50, 1000])
def test_a_step_is_a_multiple_of_the_gpus_and_no_larger_than_the_data(gpus: int, rows: int) -> None:
    batch = verl.batch_size(job(n_gpus=gpus), rows)
    assert batch % gpus == 0
    assert 0 < batch <= rows


def test_there_are_epochs_enough_for_the_steps() -> None:
    for rows in (48, 100, 1000, 100_000):
        said = told(job(), Prepared(train=Path("t"), train_rows=rows))
        steps_an_epoch = rows // int(said["data.train_batch_size"])
        assert int(said["trainer.total_epochs"]) * steps_an_epoch >= 1000


def test_a_batch_that_the_gpus_cannot_share_is_refused_with_one_that_they_can() -> None:
    with pytest.raises(ConfigurationError, match="a multiple of the number of GPUs \\(3\\), got 64: use 63"):
        verl.batch_size(job(batch_size=64), 1000)
    with pytest.raises(ConfigurationError, match="at least 99 samples for batch_size 99, got 50"):
        verl.batch_size(job(batch_size=99), 50)
    with pytest.raises(ConfigurationError, match="at least 3 samples"):
        verl.batch_size(job(), 2)


def test_held_out_samples_that_fill_no_batch_are_not_validated_on() -> None:
    few = Prepared(train=Path("t"), train_rows=1000, val=Path("v"), val_rows=2)
    assert (told(job(), few)["data.val_files"], told(job(), few)["trainer.test_freq"]) == ("null", "-1")
    assert told(job())["data.val_files"] == "/d/val.parquet"


def test_lora_and_wandb_are_passed_on() -> None:
    said = told(job(lora_rank=8, wandb=True))
    assert (said["model.lora_rank"], said["model.lora_alpha"]) == ("8", "16")
    assert said["trainer.logger"] == "[console,wandb]"
    assert said["checkpoint.save_contents"] == "[model,optimizer,extra]"
    assert told(job())["trainer.logger"] == "[console]"


def test_the_configuration_file_says_what_is_the_default_without_it() -> None:
    assert read_config(CONFIGS / "verl_sft_config.yaml") == verl.DEFAULTS


def test_a_configuration_changes_the_defaults_and_the_command_line_goes_before_it() -> None:
    config = {"optim": {"lr": 3e-6}, "data": {"train_batch_size": 7}, "model": {"use_remove_padding": True}}
    said = told(job(config=config))
    assert (said["optim.lr"], said["model.use_remove_padding"]) == ("3e-06", "true")
    assert said["data.train_batch_size"] == "48"
    assert told(job(config=config, learning_rate=1e-4))["optim.lr"] == "0.0001"


def test_a_configuration_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="expected a configuration file"):
        read_config(tmp_path / "none.yaml")
    (tmp_path / "list.yaml").write_text("- 1")
    with pytest.raises(ConfigurationError, match="a mapping of names to settings"):
        read_config(tmp_path / "list.yaml")
    (tmp_path / "broken.yaml").write_text("a: [")
    with pytest.raises(ConfigurationError, match="expected YAML"):
        read_config(tmp_path / "broken.yaml")


def test_odd_paths_survive_hydra_and_yaml() -> None:
    odd = Prepared(train=Path("/my data/train=1.parquet"), train_rows=1000)
    assert told(job(), odd)["data.train_files"] == "'/my data/train=1.parquet'"
    assert yaml.safe_load(told(job())["checkpoint.save_contents"]) == ["model", "optimizer", "extra", "hf_model"]


def state(folder: Path, step: int) -> Path:
    """Write what verl leaves after a step."""
    place = folder / f"global_step_{step}"
    (place / "huggingface").mkdir(parents=True)
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        (place / "huggingface" / name).write_text(f"{name} {step}")
    (place / "optim_world_size_1_rank_0.pt").write_text("large")
    (folder / "latest_checkpointed_iteration.txt").write_text(str(step))
    return place


def test_finished_checkpoints_are_folders_of_the_model_alone(tmp_path: Path) -> None:
    made = job(output_dir=tmp_path)
    state(made.state_dir, 250)
    state(made.state_dir, 500)
    assert [path.name for path in verl.finish(made)] == ["step_250", "step_500"]
    files = {path.name for path in (tmp_path / "checkpoints" / "step_500").iterdir()}
    assert files == {"config.json", "model.safetensors", "tokenizer.json"}
    assert verl.finish(made) == verl.finish(made)


def test_a_state_that_is_still_being_written_is_left_alone(tmp_path: Path) -> None:
    made = job(output_dir=tmp_path)
    state(made.state_dir, 250)
    state(made.state_dir, 500)
    (made.state_dir / "latest_checkpointed_iteration.txt").write_text("250")
    assert [path.name for path in verl.finish(made)] == ["step_250"]


def test_only_the_first_machine_makes_finished_checkpoints(tmp_path: Path) -> None:
    made = job(output_dir=tmp_path, nnodes=2, node_rank=1, master="x:1")
    state(made.state_dir, 250)
    assert verl.finish(made) == []


def test_a_state_without_a_tokenizer_is_told_of(tmp_path: Path) -> None:
    made = job(output_dir=tmp_path)
    (state(made.state_dir, 250) / "huggingface" / "tokenizer.json").unlink()
    with pytest.raises(ConfigurationError, match="a tokenizer"):
        verl.finish(made)
    assert not (tmp_path / "checkpoints" / "step_250").exists()


def test_lora_is_merged_by_verl_and_peft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = job(output_dir=tmp_path, lora_rank=8)
    place = state(made.state_dir, 250)
    calls: list[list[str]] = []

    class Done:
        returncode = 0

    def run(words: list[str], **_: Any) -> Done:
        calls.append(words)
        return Done()

    def merge(base: str, adapter: Path, folder: Path) -> None:
        assert adapter == Path(base) / "lora_adapter"
        for name in ("config.json", "model.safetensors", "tokenizer.json"):
            (folder / name).write_text("merged")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(verl, "merge_adapter", merge)
    (checkpoint,) = verl.finish(made)
    assert (checkpoint / "model.safetensors").read_text() == "merged"
    (words,) = calls
    assert words[1:5] == ["-m", "verl.model_merger", "merge", "--backend"]
    assert words[words.index("--local_dir") + 1] == str(place)


def test_states_become_checkpoints_while_the_training_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = job(output_dir=tmp_path, total_steps=4)
    state(made.state_dir, 2)
    seen = tmp_path / "checkpoints" / "step_2"
    waits = (
        "import sys, time, pathlib; end = time.monotonic() + 100\n"
        f"while not pathlib.Path({json.dumps(str(seen))}).exists() and time.monotonic() < end: time.sleep(0.05)\n"
        f"sys.exit(0 if pathlib.Path({json.dumps(str(seen))}).exists() else 3)"
    )
    monkeypatch.setattr(verl, "command", lambda *_: [sys.executable, "-c", waits])
    assert verl.train(made, DATA, poll=0.05) == 0
