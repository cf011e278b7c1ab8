"""Rules of the games, and what people know in them."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path

import pytest

from social_world_model.contracts import Query
from social_world_model.errors import ConfigurationError
from social_world_model.interaction import act_problem
from social_world_model.s3ap import SocializedContext, SocializedStructure
from social_world_model.scenarios import get_scenarios
from social_world_model.scenarios.believing import trust_everybody
from social_world_model.symbolic import SymbolicModel
from social_world_model.symbolic.story.language import read_clause
from tests.scenarios.episodes import available_acts, game, main_person, play, play_at_random

GAMES = ("stash", "errand", "bargain")


def asked(name: str, seen: tuple[str, ...], question: str) -> str:
    """Ask the symbolic model from the sentences that a person perceived."""
    read = [text for text in seen if read_clause(text) is not None]
    steps = [
        SocializedStructure(timestep=str(at), state="none", observations={name: text}, actions={name: "none"})
        for at, text in enumerate(read or ["none"])
    ]
    memory = SocializedContext(agents_names=[name], socialized_context=steps)
    query = Query(question=question, question_kind="belief", memory=memory)
    return asyncio.run(SymbolicModel(trust=trust_everybody).answer(query)).response


@pytest.mark.parametrize("name", GAMES)
def test_a_game_needs_no_data_file(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"expected no data for '{name}'") as caught:
        get_scenarios(name, Path("x.json"))
    assert caught.value.parameters == ("data",)


@pytest.mark.parametrize("name", GAMES)
def test_states_are_json_and_a_step_changes_no_state(name: str) -> None:
    for seed in range(20):
        played = play_at_random(game(name), seed, random.Random(seed))
        again = play_at_random(game(name), seed, random.Random(seed))
        assert json.loads(json.dumps(played.states)) == played.states == again.states
        assert played.record == again.record


@pytest.mark.parametrize("name", GAMES)
def test_random_games_end_with_a_reason_and_a_score_for_each_seat(name: str) -> None:
    played = game(name)
    for seed in range(40):
        episode = play_at_random(played, seed, random.Random(seed))
        assert played.over(episode.states[-1])
        assert len(episode.states) - 1 <= played.max_turns
        for person in played.seats.values():
            assert -6 <= episode.goal(played, person) <= 10


@pytest.mark.parametrize("name", GAMES)
def test_usual_acts_are_available_and_people_without_a_choice_do_not_act(name: str) -> None:
    played = game(name)
    for seed in range(20):
        state, _ = played.start(seed)
        episode = asyncio.run(play(played, seed, {}))
        assert played.over(episode.states[-1])
        for person, decision in episode.decisions:
            assert decision.act.text
            assert person in played.seats.values()
        for person in played.seats.values():
            available = available_acts(played, state, person)
            assert len(available) != 1
            assert all(act_problem(act, me=person, cast=played.cast, available=available) == "" for act in available)


@pytest.mark.parametrize("name", GAMES)
def test_private_facts_are_in_the_briefing_of_their_person_only(name: str) -> None:
    played = game(name)
    me = main_person(played)
    for seed in range(15):
        state, _ = played.start(seed)
        for person in played.seats.values():
            for possible in (one for _, one in played.possible(state, person)):
                assert played.briefing(person, possible) == played.briefing(person, state) or person != me
        assert {played.briefing(person, state).scenario for person in played.seats.values()} == {
            played.briefing(me, state).scenario
        }


def test_the_briefing_of_the_buyer_is_the_same_for_all_sellers() -> None:
    bargain = game("bargain")
    assert len({repr(bargain.briefing("Bea", bargain.start(seed)[0])) for seed in range(15)}) == 1
    assert len({bargain.briefing("Sam", bargain.start(seed)[0]).background for seed in range(15)}) == 15


def test_the_symbolic_model_agrees_with_the_flags_of_who_knows() -> None:
    errand, question = game("errand"), "Where will {} look for the cake?"
    seen = set()
    for seed in range(60):
        episode = play_at_random(errand, seed, random.Random(seed))
        flags = (episode.states[-1]["ben_knows"], episode.states[-1]["cara_knows"])
        for person, knows in zip(("Ben", "Cara"), flags, strict=True):
            answer = asked(person, episode.record.seen(person), question.format(person))
            assert (answer == "cellar") == knows
        seen.add(flags)
    assert seen == {(False, False), (True, False), (True, True)}


def test_sally_looks_where_the_symbolic_model_says_that_she_believes_the_ball_is() -> None:
    stash, differ = game("stash"), 0
    for seed in range(60):
        episode = play_at_random(stash, seed, random.Random(seed))
        last = len(episode.record.turns) - 2
        before = type(episode.record)(episode.record.cast, episode.record.turns[:last])
        believed = asked("Sally", before.seen("Sally"), "Where will Sally look for the ball?")
        assert stash.mind("Sally", before.seen("Sally")) == f"The ball is in the {believed}."
        whole = episode.record.context("Sally").perspective("Sally")
        query = Query(question="Where is the ball really?", question_kind="reality", context=whole)
        assert asyncio.run(SymbolicModel().answer(query)).response == episode.states[-1]["ball"]
        differ += believed != episode.states[-1]["ball"]
    assert differ > 10


def test_the_grammar_of_the_symbolic_model_reads_every_sentence_of_stash() -> None:
    for seed in range(40):
        for turn in play_at_random(game("stash"), seed, random.Random(seed)).record.turns:
            assert all(read_clause(one.text) is not None for one in (*turn.facts, *turn.acts))
