from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model import Answer, SocializedContext, SocialWorldModel
from social_world_model.contracts import Query, Reply
from social_world_model.symbolic.model import SymbolicModel
from social_world_model.world_model.answers import UNSAID, answer_by_rules
from tests.world_model.helpers import CONTEXT, script

STORY = """Mia entered the cellar.
Leo entered the cellar.
The lamp is in the crate.
Leo exited the cellar.
Mia moved the lamp to the trunk."""
CHAT = """Mia: The lamp is broken.
Leo: I will fix it on Friday.
(Leo leaves)
Mia: The ladder is in the shed."""


def asked(monkeypatch: pytest.MonkeyPatch, reply: Reply, text: str, agent: str | None = None) -> Answer:
    """Ask the symbolic model, which gives this reply."""

    async def answer(self: SymbolicModel, query: Query) -> Reply:
        return reply

    monkeypatch.setattr(SymbolicModel, "answer", answer)
    world = SocialWorldModel()
    return world.ask_sync(world.parse_sync(text), "Where?", agent=agent)


@given(st.text(), st.booleans(), st.lists(st.integers(min_value=1)).map(tuple), st.text())
def test_an_answer_is_its_text(text: str, certain: bool, evidence: tuple[int, ...], why: str) -> None:
    answer = Answer(text, certain=certain, evidence=evidence, why=why)
    assert str(answer) == answer.text == answer == text and type(str(answer)) is str
    assert hash(answer) == hash(text) and f"{answer}" == text and json.loads(json.dumps([answer])) == [text]
    copies = [copy.copy(answer), copy.deepcopy(answer)]
    copies += [pickle.loads(pickle.dumps(answer, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for one in copies:
        assert type(one) is Answer and one == text
        assert (one.certain, one.evidence, one.why) == (certain, evidence, why)
    assert eval(repr(answer)).__dict__ == answer.__dict__


def test_an_answer_of_a_language_model_is_never_certain(tmp_path: Path) -> None:
    answer = SocialWorldModel(script(tmp_path, {"reasoning": "", "answer": "box"})).ask_sync(CONTEXT, "Where?")
    assert answer == "box" and (answer.certain, answer.evidence, answer.why) == (False, (), UNSAID)


def test_evidence_counts_sentences_of_stories_and_lines_of_transcripts(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Reply(response="crate", evidence=("3.1",), certain=False, why="Leo left.")
    answer = asked(monkeypatch, story, STORY)
    assert (answer, answer.certain, answer.evidence, answer.why) == ("crate", False, (3,), "Leo left.")
    assert asked(monkeypatch, Reply(response="x", evidence=("4.1", "2.0")), f"\n\n{CHAT}").evidence == (4, 6)
    assert asked(monkeypatch, Reply(response="x"), CHAT).evidence == ()


def test_evidence_in_the_memory_of_an_agent_is_evidence_in_the_narrative(monkeypatch: pytest.MonkeyPatch) -> None:
    world = SocialWorldModel()
    for text, agent in ((STORY, "Leo"), (STORY, "Mia"), (CHAT, "Leo"), (CHAT, "Mia")):
        context = world.parse_sync(text)
        memory = context.perspective(agent)
        query = Query(question="?", question_kind="belief", agent=agent, memory=memory)
        for event in memory.events():
            if agent in event.percepts:
                (number, *_) = answer_by_rules(Reply(response="", evidence=(event.id,)), query, context).evidence
                words = event.text.rstrip(".").split()[-1].strip('."')
                assert words in text.splitlines()[number - 1] or words in ("conversation", "cellar"), event


def test_without_a_narrative_the_reason_names_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    world = SocialWorldModel()
    stored = SocializedContext.from_json(world.parse_sync(STORY).to_json())
    query = Query(question="?", question_kind="reality", context=stored)
    answer = answer_by_rules(Reply(response="crate", evidence=("3.0",), why="Leo left"), query, stored)
    assert answer.evidence == () and answer.why == "Leo left. See step 3 of the context."
    answer = answer_by_rules(Reply(response="crate", evidence=("4.0", "1.0", "3.0")), query, stored)
    assert answer.why == "See steps 1, 3 and 4 of the context."


def test_a_person_who_left_before_anything_was_said_can_be_asked_about_it() -> None:
    world = SocialWorldModel()
    context = world.parse_sync("(Leo leaves)\nMia: The lamp is broken.\nNia: Oh no.")
    assert world.ask_sync(context, "When did Leo leave?") == "before the first line"
    assert world.ask_sync(context, "When did Leo leave?", agent="Mia") == "before the first line"


def test_a_person_who_joins_after_the_last_line_can_be_asked_about() -> None:
    world = SocialWorldModel()
    context = world.parse_sync("Mia: The lamp is broken.\nMia: The ladder is in the shed.\n(Leo joins)")
    assert world.ask_sync(context, "When did Leo join?") == "after the last line"
