"""Together, played by a server on this machine: upload, job, monitoring, the model back; nothing paid for twice."""

from __future__ import annotations

import io
import json
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from social_world_model.errors import ConfigurationError, EndpointError
from social_world_model.training.config import read_config
from social_world_model.training.data import make_data
from social_world_model.training.prepared import Prepared, prepared
from social_world_model.training.settings import DataSettings
from social_world_model.training.trainer import Job
from social_world_model.training.trainers import together as together_trainer
from social_world_model.training.trainers._together_api import LONGEST_WAIT, Together, backoff

KEY = "a-secret-key"
CONFIG = Path(__file__).parents[2] / "training" / "finetune_config.yaml"


def archive(*names: str) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        for name in names:
            entry = tarfile.TarInfo(f"model/{name}")
            entry.size = 2
            tar.addfile(entry, io.BytesIO(b"{}"))
    return held.getvalue()


class Service:
    """What the server knows and was told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.keys: set[str] = set()
        self.uploads: list[bytes] = []
        self.job: dict[str, Any] = {}
        self.statuses = ["pending", "running", "completed"]
        self.faults: list[int] = []
        self.model = archive("config.json", "model.safetensors", "tokenizer.json")

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        self.asked.append((method, path.partition("?")[0]))
        if self.faults:
            return self.faults.pop(0), json.dumps({"error": {"message": f"no, {KEY}"}}).encode()
        if path == "/files/upload":
            self.uploads.append(body)
            return 200, json.dumps({"id": f"file-{len(self.uploads)}"}).encode()
        if (method, path) == ("POST", "/fine-tunes"):
            self.job = json.loads(body)
            return 200, b'{"id": "ft-1", "status": "pending"}'
        if path == "/fine-tunes/ft-1":
            status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
            events = [{"message": f"it is {status}"}]
            return 200, json.dumps({"status": status, "total_steps": 12, "events": events}).encode()
        if path.startswith("/finetune/download"):
            return 200, self.model
        return 404, b"{}"


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def together(service: Service) -> Iterator[Together]:
    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            service.keys.add(self.headers["Authorization"])
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, said = service.answer(self.command, self.path, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = reply  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Together(KEY, f"http://127.0.0.1:{server.server_address[1]}", sleep=lambda _: None)
    server.shutdown()
    server.server_close()


@pytest.fixture
def data(tmp_path: Path) -> Prepared:
    make_data(DataSettings(out=tmp_path / "data", generate="tomi", n=40, val_share=0.2))
    return prepared(tmp_path / "data")


def job(tmp_path: Path, **rest: Any) -> Job:
    return Job(**{"output_dir": tmp_path / "out", "backend": "together", "total_steps": 20, **rest})


def test_a_job_goes_from_upload_to_a_checkpoint(
    tmp_path: Path, service: Service, together: Together, data: Prepared
) -> None:
    said: list[str] = []
    made = job(tmp_path, config=read_config(CONFIG))
    (checkpoint,) = together_trainer.train(made, data, said.append, together)
    assert checkpoint == tmp_path / "out" / "checkpoints" / "step_12"
    assert {path.name for path in checkpoint.iterdir()} == {"config.json", "model.safetensors", "tokenizer.json"}
    train, val = service.uploads
    assert (tmp_path / "data" / "train.jsonl").read_bytes() in train
    assert (tmp_path / "data" / "val.jsonl").read_bytes() in val
    assert service.job["training_type"] == {"type": "Lora", "lora_r": 16, "lora_alpha": 32, "lora_dropout": 0.0}
    assert (service.job["training_file"], service.job["validation_file"]) == ("file-1", "file-2")
    assert service.job["train_on_inputs"] is False
    assert service.job["n_epochs"] == 20 // (data.train_rows // 16)
    assert service.keys == {f"Bearer {KEY}"}
    assert "ft-1 completed: it is completed" in said


def test_what_was_begun_is_not_paid_for_twice(
    tmp_path: Path, service: Service, together: Together, data: Prepared
) -> None:
    service.model = archive("config.json")
    with pytest.raises(ConfigurationError, match="without weights"):
        together_trainer.train(job(tmp_path), data, print, together)
    service.model = archive("config.json", "model.safetensors", "tokenizer.json")
    (tmp_path / "out" / "together" / "model.tar.zst").unlink()
    together_trainer.train(job(tmp_path), data, print, together)
    together_trainer.train(job(tmp_path), data, print, together)
    assert service.asked.count(("POST", "/fine-tunes")) == 1
    assert service.asked.count(("POST", "/files/upload")) == 2


def test_a_failed_job_is_an_error_with_the_services_words_and_the_next_call_starts_another(
    tmp_path: Path, service: Service, together: Together, data: Prepared
) -> None:
    service.statuses = ["running", "user_error"]
    with pytest.raises(EndpointError, match="ft-1 ended with status user_error: it is user_error"):
        together_trainer.train(job(tmp_path), data, print, together)
    service.statuses = ["completed"]
    together_trainer.train(job(tmp_path), data, print, together)
    assert service.asked.count(("POST", "/fine-tunes")) == 2


def test_passing_faults_are_tried_again_later_and_later(service: Service, together: Together) -> None:
    waited: list[float] = []
    together.sleep = waited.append
    service.faults = [503, 429, 500]
    assert together.job("ft-1")["status"] == "pending"
    assert len(waited) == 3
    assert all(0 < backoff(number) <= LONGEST_WAIT for number in range(1, 20))
    assert max(backoff(1) for _ in range(50)) < min(backoff(4) for _ in range(50))


def test_starting_a_job_is_tried_once_because_a_yes_may_have_been_lost(service: Service, together: Together) -> None:
    service.faults = [503, 503]
    with pytest.raises(EndpointError, match="503"):
        together.start({})
    assert service.asked == [("POST", "/fine-tunes")]


def test_a_refused_key_is_told_at_once_and_never_shown(service: Service, together: Together) -> None:
    service.faults = [401]
    with pytest.raises(ConfigurationError, match="rejected TOGETHER_API_KEY") as told:
        together.job("ft-1")
    assert KEY not in str(told.value)
    service.faults = [400]
    with pytest.raises(EndpointError, match=r"400 to GET /fine-tunes/ft-1: no, \*\*\*"):
        together.job("ft-1")


def test_nobody_there_is_one_clear_error() -> None:
    waited: list[float] = []
    with pytest.raises(EndpointError, match="no connection to Together"):
        Together(KEY, "http://127.0.0.1:1", sleep=waited.append).job("ft-1")
    assert len(waited) == 5


def test_without_a_key_nothing_is_begun(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: Prepared) -> None:
    monkeypatch.delenv("TOGETHER_API_KEY", raising=False)
    with pytest.raises(ConfigurationError, match="expected a key in TOGETHER_API_KEY"):
        together_trainer.train(job(tmp_path), data, print)
    monkeypatch.setenv("TOGETHER_API_KEY", KEY)
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    with pytest.raises(ConfigurationError, match="WANDB_API_KEY"):
        together_trainer.train(job(tmp_path, wandb=True), data, print)


def test_the_configuration_file_says_what_is_the_default_without_it() -> None:
    assert read_config(CONFIG) == together_trainer.DEFAULTS


def test_all_weights_can_be_trained_too(tmp_path: Path, data: Prepared) -> None:
    said = together_trainer.settings(job(tmp_path, lora_rank=0), data, together_trainer.State("file-1"))
    assert said["training_type"] == {"type": "Full"}
    assert "lora_dropout" not in said
    assert "validation_file" not in said
