"""The scripts around training: what they say, and, where asked for, that they pass."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
CHECKS = ("check_training_cpu.sh", "check_verl.sh")


def docker(*words: str) -> str:
    environment = {**os.environ, "SWM_DRY": "1", "SWM_CONTAINER": "box", "SWM_IMAGE": "image", "HF_HOME": "/tmp"}
    done = subprocess.run(
        ["bash", str(SCRIPTS / "docker_training.sh"), *words],
        capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL, timeout=30,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_container_is_created_started_and_entered_by_one_word() -> None:
    create, start, enter = docker("up").splitlines()
    assert create.startswith("docker create --name box --gpus all")
    assert create.endswith("image infinity")
    assert start == "docker start box"
    assert enter == "docker exec -i box bash"


def test_every_other_word_is_one_command_of_docker() -> None:
    assert docker("start") == "docker start box\n"
    assert docker("stop") == "docker stop box\n"
    assert docker("restart") == "docker restart box\n"
    assert docker("enter") == "docker start box\ndocker exec -i box bash\n"
    assert docker("remove") == "docker rm --force box\n"
    assert docker("train", "--n-gpus", "3") == "docker exec -i box python3 training/finetune_verl_sft.py --n-gpus 3\n"
    assert "training/verl_test/run_sft.sh" in docker("test")
    assert "pip" in docker("install")


def test_without_a_word_it_says_what_it_knows() -> None:
    told = docker("help")
    for word in ("up", "create", "start", "exec", "install", "test", "train", "stop", "restart", "enter", "remove"):
        assert f"docker_training.sh {word} " in told


@pytest.mark.parametrize("script", [*CHECKS, "docker_training.sh", "../training/verl_test/run_sft.sh"])
def test_every_script_is_executable_and_bash_can_read_it(script: str) -> None:
    path = SCRIPTS / script
    assert os.access(path, os.X_OK)
    assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0


@pytest.mark.skipif(not os.environ.get("SWM_CHECKS"), reason="takes minutes and gigabytes: set SWM_CHECKS=1")
@pytest.mark.parametrize("script", CHECKS)
def test_the_check_passes_in_an_environment_of_its_own(script: str) -> None:
    done = subprocess.run(["bash", str(SCRIPTS / script)], capture_output=True, text=True, timeout=3600)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "passed in" in done.stdout.splitlines()[-1]
