"""Trainers by name: built-in ones are found by their file, others are registered; nothing else knows their names."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import social_world_model
from social_world_model.errors import ConfigurationError
from social_world_model.training import Capabilities, DataSettings, Job, Needs, Plan, Trainer, finetune
from social_world_model.training import trainer as trainers
from social_world_model.training.checkpoints import publish, published
from social_world_model.training.losses import losses, write_log
from social_world_model.training.prepared import Prepared
from social_world_model.training.trainer import Say, get_trainer, register_trainer, trainer_names

BUILT_IN = ["together", "trl", "verl"]


class Copying(Trainer):
    """Takes a few bytes for a model."""

    name = "copying"
    capabilities = Capabilities(base_model="none", has_lora=False, is_remote=True)

    def plan(self, job: Job, data: Prepared) -> Plan:
        return Plan(command=("copy",), shown=("copy it",), notes=(f"{data.train_rows} samples",))

    def check(self, job: Job) -> None:
        if job.total_steps > 10:
            raise ConfigurationError("expected total_steps to be at most 10", parameters=("total_steps",))

    def run(self, job: Job, data: Prepared, say: Say) -> int:
        job.state_dir.mkdir()
        write_log(job.output_dir, [{"loss": 2.0}, {"loss": 1.0}])
        say("copied")
        return 0

    def publish(self, job: Job) -> list[Path]:
        def fill(folder: Path) -> None:
            for name in ("config.json", "model.safetensors", "tokenizer.json"):
                (folder / name).write_text("{}", encoding="utf-8")

        if not published(job.checkpoints):
            publish(job.checkpoints / f"step_{job.total_steps}", fill)
        return published(job.checkpoints)


@pytest.fixture
def copying(monkeypatch: pytest.MonkeyPatch) -> Iterator[Trainer]:
    monkeypatch.setattr(trainers.TRAINERS, "_values", {})
    yield register_trainer(Copying())


def source(job: Job) -> DataSettings:
    return DataSettings(out=job.data_dir, generate="tomi", n=5, val_share=0.0)


def test_the_built_in_trainers_are_found_by_their_files() -> None:
    assert [name for name in trainer_names() if name in BUILT_IN] == BUILT_IN
    for name in BUILT_IN:
        assert get_trainer(name).name == name


def test_naming_the_trainers_imports_none_of_them_and_nothing_heavy() -> None:
    code = (
        "import sys, social_world_model as swm; print(swm.trainer_names()); package = 'social_world_model.training.'\n"
        "print([name for name in sys.modules if name.startswith(package + 'trainers.')])\n"
        "print(sorted({'torch', 'transformers', 'pyarrow', 'trl', 'peft', 'pydantic', 'yaml'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == [str(BUILT_IN), "[]", "[]"], done.stderr


def test_a_registered_trainer_trains(copying: Trainer, tmp_path: Path) -> None:
    assert trainer_names() == [*BUILT_IN, "copying"]
    job = Job(output_dir=tmp_path, backend="copying", total_steps=3)
    said: list[str] = []
    done = finetune(job, source(job), said.append)
    assert said == ["note: 5 samples", "copy it", "copied"]
    assert [path.name for path in done.checkpoints] == ["step_3"]
    assert losses(tmp_path) == (2.0, 1.0)


def test_a_dry_run_of_a_registered_trainer_shows_its_plan_and_trains_nothing(copying: Trainer, tmp_path: Path) -> None:
    job = Job(output_dir=tmp_path, backend="copying", total_steps=3)
    done = finetune(job, source(job), lambda _: None, dry_run=True)
    assert (done.plan.command, done.checkpoints) == (("copy",), [])
    assert not job.state_dir.exists()


@pytest.mark.parametrize(
    ("named", "wrong"),
    [("total_steps", {"total_steps": 11}), ("lora_rank", {"lora_rank": 8}), ("n_gpus", {"n_gpus": 2})],
)
def test_a_trainer_says_what_it_cannot_do(copying: Trainer, named: str, wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigurationError, match=f"expected {named} ") as raised:
        Job(output_dir=Path("out"), backend="copying", **{"total_steps": 1, **wrong})  # type: ignore[arg-type]
    assert named in raised.value.parameters


def test_what_a_trainer_needs_is_missing_before_anything_is_begun(copying: Trainer, tmp_path: Path) -> None:
    class Needy(Copying):
        name = "needy"

        def needs(self, job: Job) -> Needs:
            return Needs(packages=("no_such_package",))

        def problems(self, job: Job) -> list[str]:
            return ["expected good weather"]

    register_trainer(Needy())
    job = Job(output_dir=tmp_path, backend="needy", total_steps=1)
    with pytest.raises(ConfigurationError, match="expected no_such_package to be installed\n  expected good weather"):
        finetune(job, source(job), lambda _: None)
    assert list(tmp_path.iterdir()) == []


def test_a_taken_name_is_refused_and_an_unknown_one_gets_near_ones(copying: Trainer) -> None:
    register_trainer(copying)
    with pytest.raises(ConfigurationError, match="'copying', which is taken"):
        register_trainer(Copying())
    with pytest.raises(ConfigurationError, match=r"got 'toghether'; did you mean together\?"):
        get_trainer("toghether")


def test_the_trainer_of_the_documentation_can_be_registered(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "tasks" / "train_parser.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(# my_trainer.py\n.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "my_trainer.py").write_text(code, encoding="utf-8")
    shown = (
        "import my_trainer; from social_world_model import trainer_names, get_trainer\n"
        "print([get_trainer(name).capabilities.base_model for name in trainer_names()])"
    )
    done = subprocess.run([sys.executable, "-c", shown], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "Qwen/Qwen2.5-0.5B-Instruct" in done.stdout, done.stderr


def test_no_other_file_of_the_library_names_a_built_in_trainer() -> None:
    root = Path(social_world_model.__file__).parent
    code = [path for folder in ("training", "cli") for path in (root / folder).glob("*.py")]
    for path in code:
        text = path.read_text(encoding="utf-8")
        for name in BUILT_IN:
            assert f"training.trainers import {name}" not in text, path
            assert f'== "{name}"' not in text, path
