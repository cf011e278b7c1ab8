"""What a run makes of the odd responses in `quirks.QUIRKS`: always, and at five of a hundred."""

from __future__ import annotations

import asyncio
import json
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest

from social_world_model.contracts import Reply
from social_world_model.errors import EndpointError, SocialWorldModelError
from social_world_model.experiments import Run
from social_world_model.generation_utils import LanguageModel, calls
from social_world_model.generation_utils.answerer import LanguageModelAnswerer
from social_world_model.settings import RunSettings
from tests.generation_utils.endpoint import KEY, QUERIES, ROWS, custom, quick, run
from tests.server import FaultServer
from tests.server.quirks import QUIRKS

STOPS = ("status:401", "status:402")
"""Responses that stop a run, because every further request would fail too."""
NAMES = [name for name in QUIRKS if not name.startswith(STOPS)]


@dataclass
class Seen:
    """What came of two questions, and how many requests they took."""

    made: list[Reply | SocialWorldModelError]
    requests: int
    problems: list[str]


async def answers(model: LanguageModel, count: int, problems: list[str]) -> list[Reply | SocialWorldModelError]:
    """Ask questions at once; return a reply or an error for each."""
    answerer = LanguageModelAnswerer(model, quick(first_wait=0.001, on_problem=problems.append))

    async def one(number: int) -> Reply | SocialWorldModelError:
        try:
            return await answerer.answer(QUERIES[number])
        except SocialWorldModelError as error:
            return error

    return await asyncio.gather(*map(one, range(count)))


@pytest.fixture(scope="module")
def seen() -> dict[str, Seen]:
    """Meet every quirk with one client, because a client takes long to make."""
    found: dict[str, Seen] = {}

    async def meet_all(first: LanguageModel, server: FaultServer) -> None:
        for name in QUIRKS:
            server.reset()
            server.always = name
            model = LanguageModel(first.name, first.model, keys=first.keys, switch=first.switch)
            problems: list[str] = []
            made = await answers(model, 2, problems)
            found[name] = Seen(made, len(server.log), problems)

    with FaultServer(ROWS) as server, pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("error")
        model = custom(patch, server.base_url)
        run(model, meet_all(model, server))
    return found


def test_there_are_many_quirks() -> None:
    assert len(QUIRKS) >= 120


@pytest.mark.parametrize("name", QUIRKS)
def test_an_odd_endpoint_invents_no_answer_and_shows_no_key(seen: dict[str, Seen], name: str) -> None:
    made, requests = seen[name].made, seen[name].requests
    match QUIRKS[name].expected:
        case "read":
            assert [getattr(one, "response", one) for one in made] == [row["answer"] for row in ROWS[:2]]
            assert requests == 2 or (name.startswith("option:") and requests <= 6)
        case "again":
            assert [getattr(one, "status", one) for one in made] == ["unparsable"] * 2
        case "refused":
            assert [getattr(one, "status", one) for one in made] == ["refused"] * 2
            assert requests == 2
        case "fails":
            assert all(isinstance(one, SocialWorldModelError) for one in made)
            assert requests <= 16
    assert KEY not in f"{seen[name]}"


@pytest.mark.parametrize("group", range(0, len(NAMES), 24))
def test_odd_responses_now_and_then_stop_no_run_and_invent_no_answer(
    monkeypatch: pytest.MonkeyPatch, group: int
) -> None:
    names = NAMES[group : group + 24]
    with FaultServer(ROWS, quirks=dict.fromkeys(names, 0.05 / len(names)), seed=group) as server:
        model = custom(monkeypatch, server.base_url)
        made = run(model, answers(model, 60, []))
    assert not [one for one in made if isinstance(one, EndpointError)]
    replies = [(one, row["answer"]) for one, row in zip(made, ROWS, strict=False) if isinstance(one, Reply)]
    assert len(replies) >= 55
    assert [one for one, gold in replies if one.status == "answered" and one.response != gold] == []


def test_a_run_with_odd_responses_is_complete_and_stores_no_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CUSTOM_API_KEY", KEY)
    monkeypatch.setattr(calls, "FIRST_WAIT", 0.001)
    with FaultServer(ROWS, quirks=dict.fromkeys(NAMES, 0.05 / len(NAMES)), seed=1) as server:
        name = f"custom/oracle@{server.base_url}"
        result = Run(RunSettings(benchmark="tomi", model_name=name, limit=60, output_dir=tmp_path)).execute_sync()
    assert result.stopped is None
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 60
    assert [path for path in files if KEY in path.read_text(encoding="utf-8")] == []
    assert json.loads(next(tmp_path.rglob("run.json")).read_text(encoding="utf-8"))["settings"]["understood"]
