"""What stands in the way is told before anything is spent; a dry run writes the data and shows the command."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from social_world_model.cli import finetune
from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.training import checks, losses, prepared, sft
from social_world_model.training.checks import BaseModel
from social_world_model.training.data import make_data
from social_world_model.training.samples import Sample
from social_world_model.training.settings import DataSettings
from social_world_model.training.trainer import Job
from social_world_model.training.trainers import trl, verl
from tests.commands import PROJECT, Done, called, python
from tests.training.stored import write_results


def model(folder: Path, without: str = "") -> Path:
    folder.mkdir(parents=True)
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        if name != without:
            (folder / name).write_text("{}")
    return folder


def script(*words: object) -> Done:
    return called(lambda: finetune(PROJECT / "training"), *words)


def test_a_dry_run_of_the_script_writes_the_data_and_shows_the_command(tmp_path: Path) -> None:
    results = write_results(tmp_path / "tomi_results" / "run", 30, benchmark=None)
    out = tmp_path / "verl_output"
    base = model(tmp_path / "base")
    options = ("--n-gpus", 3, "--total-steps", 1000, "--base-model", base, "--dry-run")
    done = python("training/finetune_verl_sft.py", "--data-dir", results, "--output-dir", out, *options)
    assert done.returncode == 0, done.stderr
    assert "30 samples" in done.stdout
    assert "torchrun --standalone --nnodes=1 --nproc_per_node=3 -m verl.trainer.sft_trainer" in done.stdout
    assert "trainer.project_name=social-world-model" in done.stdout
    assert "this problem would stop the training: expected 3 GPUs" in done.stdout
    assert (out / "data" / "train.parquet").is_file()
    assert (out / "data" / "train.jsonl").is_file()


def test_a_real_run_begins_nothing_and_tells_all_that_stands_in_its_way(tmp_path: Path) -> None:
    results = write_results(tmp_path / "run", 3)
    done = script(
        "--data-dir", results, "--output-dir", tmp_path / "out", "--n-gpus", 64, "--base-model", tmp_path / "x"
    )
    assert done.returncode == 2
    assert "expected 64 GPUs" in done.stderr
    assert "uv sync --extra verl_training" in done.stderr
    assert "expected a base model's folder or hub id" in done.stderr
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "out").iterdir()) == []


def test_an_empty_folder_and_a_wrong_back_end_are_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = script("--data-dir", tmp_path / "empty", "--output-dir", tmp_path / "out", "--dry-run")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "expected a folder of results" in done.stderr
    assert script("--output-dir", tmp_path / "out", "--backend", "nobody").returncode == 2


def test_samples_that_lie_ready_are_used_as_they_are(tmp_path: Path) -> None:
    make_data(DataSettings(out=tmp_path / "ready", generate="tomi", n=20, val_share=0.2, seed=1))
    job = Job(output_dir=tmp_path / "out", base_model=str(model(tmp_path / "base")))
    done = sft.finetune(job, DataSettings(out=job.data_dir, folders=(tmp_path / "ready",)), print, dry_run=True)
    assert done.report is None
    assert done.data.train == tmp_path / "ready" / "train.parquet"
    assert done.data.train_rows + done.data.val_rows == 20
    assert not job.data_dir.exists()


def test_samples_and_records_in_one_folder_are_refused(tmp_path: Path) -> None:
    folder = write_results(tmp_path / "both", 2)
    make_data(DataSettings(out=folder, generate="tomi", n=3, kinds=("parquet",)))
    with pytest.raises(DatasetError, match=r"contains train\.parquet and"):
        prepared.is_prepared(folder)


def test_samples_that_cannot_be_trained_on_are_told_of(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="create it with swm train data"):
        prepared.prepared(tmp_path)
    (tmp_path / "train.parquet").write_text("x")
    with pytest.raises(DatasetError, match="cannot be read"):
        prepared.prepared(tmp_path)
    make_data(DataSettings(out=tmp_path, generate="tomi", n=2, form="grpo", val_share=0.0))
    with pytest.raises(DatasetError, match="create the data with form 'sft'"):
        prepared.prepared(tmp_path)


def test_samples_that_are_too_long_stop_a_training_before_it_begins(tmp_path: Path) -> None:
    class Characters:
        def of(self, sample: Sample) -> int:
            return len(sample.reply)

    make_data(DataSettings(out=tmp_path, generate="tomi", n=10, val_share=0.3, seed=2))
    data = prepared.prepared(tmp_path)
    assert len(prepared.check_lengths(data, Characters(), 100_000).seen) == 10
    with pytest.raises(DatasetError, match="got 10 of 10 samples that are longer"):
        prepared.check_lengths(data, Characters(), 5)


def test_a_base_model_must_be_whole(tmp_path: Path) -> None:
    assert checks.base_model(str(model(tmp_path / "whole"))).size == 2
    for without, told in {
        "config.json": "without config.json",
        "model.safetensors": r"without \*.safetensors",
        "tokenizer.json": "expected a tokenizer next to the weights",
    }.items():
        with pytest.raises(ConfigurationError, match=told):
            checks.base_model(str(model(tmp_path / without, without)))
    with pytest.raises(ConfigurationError, match="which is neither"):
        checks.base_model("./no/such/folder")
    model(tmp_path / "run" / "checkpoints" / "step_5")
    with pytest.raises(ConfigurationError, match=r"did you mean .*step_5\?"):
        checks.base_model(str(tmp_path / "run"))


def test_a_base_model_of_the_hub_is_asked_for_before_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(
        ConfigurationError, match="'nobody/nothing' on this machine or a connection to the Hugging Face Hub"
    ):
        checks.base_model("nobody/nothing")
    with pytest.raises(
        ConfigurationError, match="'no such model' on this machine or a connection to the Hugging Face Hub"
    ):
        checks.base_model("no such model")


def test_gpus_are_counted_without_loading_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,2")
    assert checks.gpus() == 2
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert checks.gpus() == 0
    assert checks.check_gpus(2, lambda: 2) == []
    (problem,) = checks.check_gpus(3, lambda: 2)
    assert "expected 3 GPUs" in problem
    assert "got 2" in problem


def test_the_room_for_states_and_checkpoints_is_looked_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(output_dir=tmp_path / "not" / "yet", total_steps=100, save_steps=25)
    assert checks.needed_bytes(job, 10) == 2 * 60 + 4 * 10
    assert checks.check_room(job, BaseModel("x", 10)) == []
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    (problem,) = checks.check_room(job, BaseModel("x", 10**9))
    assert "expected about 16.0 GB of free space" in problem


def test_an_output_folder_that_cannot_be_written_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="expected a writable output folder"):
        checks.check_output(Job(output_dir=tmp_path / "file"))


def test_what_is_trained_already_is_not_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job(output_dir=tmp_path, backend="trl", total_steps=5, base_model=str(model(tmp_path / "base")))
    model(job.checkpoints / "step_5")
    monkeypatch.setattr(checks, "check_packages", lambda *_: [])
    monkeypatch.setattr(sft, "_lengths", lambda *_: [])
    make_data(DataSettings(out=tmp_path / "ready", generate="tomi", n=3))
    said: list[str] = []
    done = sft.finetune(job, DataSettings(out=job.data_dir, folders=(tmp_path / "ready",)), said.append)
    assert said == ["step 5 already exists: the training is not repeated"]
    assert [path.name for path in done.checkpoints] == ["step_5"]


def test_a_training_that_breaks_off_tells_its_exit_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job(output_dir=tmp_path, base_model=str(model(tmp_path / "base")))
    make_data(DataSettings(out=tmp_path / "ready", generate="tomi", n=30))
    for name in ("check_packages", "check_gpus"):
        monkeypatch.setattr(checks, name, lambda *_: [])
    monkeypatch.setattr(sft, "_lengths", lambda *_: [])
    monkeypatch.setattr(verl, "train", lambda *_: 3)
    done = sft.finetune(job, DataSettings(out=job.data_dir, folders=(tmp_path / "ready",)), lambda _: None)
    assert done.status == 3


def test_several_machines_train_on_samples_that_lie_ready(tmp_path: Path) -> None:
    job = Job(output_dir=tmp_path, nnodes=2, master="x:1", base_model=str(model(tmp_path / "base")))
    with pytest.raises(ConfigurationError, match="expected prepared samples for 2 machines"):
        sft.finetune(job, DataSettings(out=job.data_dir, generate="tomi", n=5), print, dry_run=True)


def test_trl_is_told_to_cut_nothing_and_to_learn_the_reply_only() -> None:
    job = Job(output_dir=Path("out"), backend="trl", batch_size=8, micro_batch_size=2)
    said = trl.arguments(job, validates=False, on_gpu=False)
    assert said["max_length"] is None
    assert said["completion_only_loss"] is True
    assert (said["per_device_train_batch_size"], said["gradient_accumulation_steps"]) == (2, 4)
    assert (said["use_cpu"], said["bf16"], said["report_to"]) == (True, False, [])
    tuned = Job(output_dir=Path("out"), backend="trl", lora_rank=8, wandb=True, config={"weight_decay": 0.5})
    said = trl.arguments(tuned, validates=True, on_gpu=True)
    assert (said["weight_decay"], said["report_to"], said["eval_strategy"]) == (0.5, ["wandb"], "steps")
    assert said["learning_rate"] == trl.LORA_RATE
    with pytest.raises(ConfigurationError, match="multiple of 2"):
        trl.arguments(Job(output_dir=Path("out"), backend="trl", batch_size=5), validates=False, on_gpu=False)


def test_states_of_trl_become_checkpoints_without_what_only_serves_to_go_on(tmp_path: Path) -> None:
    job = Job(output_dir=tmp_path, backend="trl")
    state = model(job.state_dir / "checkpoint-10")
    (state / "optimizer.pt").write_text("large")
    assert trl.finish(job) == []  # its last file is not there yet
    (state / "trainer_state.json").write_text("{}")
    (checkpoint,) = trl.finish(job)
    assert {path.name for path in checkpoint.iterdir()} == {"config.json", "model.safetensors", "tokenizer.json"}


def test_the_losses_of_a_training_are_read_back(tmp_path: Path) -> None:
    assert losses.losses(tmp_path) is None
    (tmp_path / losses.LOG).write_text(json.dumps([{"loss": 5.5}, {"eval_loss": 1}, {"loss": "2.5"}]))
    assert losses.losses(tmp_path) == (5.5, 2.5)


def test_trl_does_not_go_on_from_a_state_that_was_interrupted(tmp_path: Path) -> None:
    job = Job(output_dir=tmp_path, backend="trl")
    for step in (10, 20):
        (job.state_dir / f"checkpoint-{step}").mkdir(parents=True)
    whole = job.state_dir / "checkpoint-10"
    (whole / "trainer_state.json").write_text("{}")
    assert trl._states(job) == [(10, whole)]
