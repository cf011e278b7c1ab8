"""What the agents of a context are asked, and what is made of what they say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from social_world_model.contracts import Item, Query, Reply, Statement
from social_world_model.errors import ContextError, DatasetError, EndpointError
from social_world_model.modes import get_mode
from social_world_model.s3ap import SocializedContext, perspective
from social_world_model.symbolic import parse_narrative

STORY = "Al and Bo entered the hall. The ball is in the box. Al exited the hall. Bo moved the ball to the jar."
CONTEXT = parse_narrative(STORY)[0]


def nothing(query: Query) -> Reply:
    return Reply(response="nothing")


@dataclass
class Talking:
    """A session whose agents say what a function says."""

    says: Callable[[Query], Reply] = nothing
    asked: list[Query] = field(default_factory=list)
    under_way: int = 0
    most: int = 0

    async def ask(self, query: Query) -> Reply:
        self.asked.append(query)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        return self.says(query)

    async def context(self) -> SocializedContext:
        return CONTEXT

    def holds_fact(self, account: str) -> bool:
        return "jar" in account


def item(**changes: Any) -> Item:
    parts: dict[str, Any] = {"index": "1", "narrative": STORY, "question": "Who knows it?", "correct_answer": None}
    return Item(
        **parts | {"question_kind": "knowledge", "answer_form": "names", "fact": "Where is the ball?"} | changes
    )


def run(one: Item, session: Talking, mode: str = "simulation") -> Reply:
    return asyncio.run(get_mode(mode).run(one, session))


def by_agent(**texts: str) -> Callable[[Query], Reply]:
    return lambda query: Reply(response=texts[query.agent])


def test_who_knows_is_found_by_asking_everybody_for_the_fact_from_their_own_memories() -> None:
    session = Talking(by_agent(Al="In the box.", Bo="In the jar."))
    reply = run(item(), session)
    assert reply.response == "Bo"
    assert reply.reasoning == "Al: In the box.\nBo: In the jar."
    assert [query.question for query in session.asked] == ["Where is the ball?"] * 2
    assert [query.memory for query in session.asked] == [perspective(CONTEXT, [name]) for name in ("Al", "Bo")]
    assert all(query.narrative is None and query.context is None and not query.belief_chain for query in session.asked)
    assert session.most == 2


def test_nobody_is_asked_where_the_data_does_not_say_what_the_fact_is() -> None:
    class Factless(Talking):
        def holds_fact(self, account: str) -> bool:
            raise DatasetError("no fact")

    session = Factless()
    with pytest.raises(DatasetError):
        run(item(), session)
    assert session.asked == []


def test_nobody_knows_what_nobody_says() -> None:
    assert run(item(), Talking()).response == "nobody"


@pytest.mark.parametrize(("name", "answer"), [("Al", "no"), ("Bo", "yes")])
def test_whether_one_person_knows_is_found_by_asking_that_person(name: str, answer: str) -> None:
    session = Talking(by_agent(Al="In the box.", Bo="In the jar."))
    assert run(item(belief_chain=(name,), answer_form="yes_no"), session).response == answer
    assert [query.agent for query in session.asked] == [name]


def test_who_never_appears_knows_nothing_and_is_not_asked() -> None:
    session = Talking()
    assert run(item(belief_chain=("Zoe",), answer_form="yes_no"), session).response == "no"
    assert session.asked == []


def test_a_summary_is_made_of_what_everybody_remembers() -> None:
    session = Talking(lambda query: Reply(response=f"{query.task} of {query.agent}"))
    reply = run(item(question_kind="group", question="Sum it up.", answer_form="text"), session)
    *recollections, final = session.asked
    assert reply.response == "answer of "
    assert [(query.task, query.agent) for query in recollections] == [("recount", "Al"), ("recount", "Bo")]
    assert final.statements == (
        Statement(kind="recollection", by="Al", text="recount of Al"),
        Statement(kind="recollection", by="Bo", text="recount of Bo"),
    )
    assert (final.narrative, final.context, final.memory) == (None, None, None)


def test_what_one_reader_gets_is_made_of_what_that_reader_remembers() -> None:
    session = Talking()
    run(item(question_kind="group", audience=("Al",)), session)
    recollection, final = session.asked
    assert recollection.memory == perspective(CONTEXT, ["Al"])
    assert [account.by for account in final.statements] == ["Al"]
    assert final.audience == ("Al",)


def test_readers_whom_the_context_does_not_have_are_not_asked_and_none_at_all_is_an_error() -> None:
    session = Talking()
    run(item(question_kind="group", audience=("Zoe", "Al", "Al")), session)
    assert [query.agent for query in session.asked] == ["Al", ""]
    nobody = Talking()
    with pytest.raises(ContextError, match="expected at least one of Zoe in the context, got Al, Bo"):
        run(item(question_kind="group", audience=("Zoe",)), nobody)
    assert nobody.asked == []


def test_simtom_never_tells_a_character_what_it_is_asked_to_know() -> None:
    session = Talking(lambda query: Reply(response="Al went out."))
    run(
        item(question="The ball is in the jar. Does Al know it?", belief_chain=("Al",), answer_form="yes_no"),
        session,
        "simtom",
    )
    retelling, answer = session.asked
    assert (retelling.task, retelling.agent) == ("recount", "Al")
    assert (answer.agent, answer.narrative) == ("", None)
    assert answer.statements == (Statement(kind="recollection", by="Al", text="Al went out."),)


def test_each_option_is_followed_from_the_beginning_and_what_follows_is_compared_with_what_was_done() -> None:
    session = Talking(lambda query: Reply(response=f"then {query.hypothesis}"))
    run(item(question_kind="future", choices=("Bo wants the ball", "Bo wants the jar"), belief_chain=("Bo",)), session)
    *futures, final = session.asked
    assert [(query.task, query.agent, query.hypothesis) for query in futures] == [
        ("foresee", "Bo", "Bo wants the ball"),
        ("foresee", "Bo", "Bo wants the jar"),
    ]
    for query in futures:
        assert query.narrative is None
        assert query.context is not None
        assert len(query.context.socialized_context) == 1
        assert set(query.context.socialized_context[0].actions.values()) == {"none"}
        assert query.choices == ()
    assert final.narrative == STORY
    assert final.choices == ("Bo wants the ball", "Bo wants the jar")
    assert [account.text for account in final.statements] == ["then Bo wants the ball", "then Bo wants the jar"]
    assert session.most == 2


def test_without_options_each_way_on_is_to_differ_from_those_before() -> None:
    session = Talking(lambda query: Reply(response=f"way {len(query.statements)}"))
    run(item(question_kind="future", choices=(), answer_form="yes_no"), session)
    first, second, final = session.asked
    assert (first.statements, [account.text for account in second.statements]) == ((), ["way 0"])
    assert [account.text for account in final.statements] == ["way 0", "way 1"]
    assert all(account.kind == "future" for account in final.statements)


REFUSAL = Reply(response="no", status="refused", error="declined")


@pytest.mark.parametrize("asks", ["knowledge", "group", "future"])
def test_one_agent_that_refuses_makes_the_item_refused_after_all_have_ended(asks: Any) -> None:
    session = Talking(lambda query: REFUSAL if query.agent != "Bo" else Reply(response="jar"))
    assert run(item(question_kind=asks, choices=("x", "y")), session) == REFUSAL
    assert session.under_way == 0
    assert all(query.task != "answer" or asks == "knowledge" for query in session.asked)


def test_a_call_that_fails_is_raised_after_all_have_ended() -> None:
    def says(query: Query) -> Reply:
        raise EndpointError("nobody there", prompt_hash="", model="m")

    session = Talking(says)
    with pytest.raises(EndpointError):
        run(item(), session)
    assert session.under_way == 0


def texts(statements: Sequence[Statement]) -> list[tuple[str, str]]:
    return [(account.by, account.text) for account in statements]


def test_debaters_answer_at_once_read_each_other_and_one_answer_is_drawn_from_it() -> None:
    session = Talking(lambda query: Reply(response=f"a{query.sample}", reasoning=f"r{len(query.statements)}"))
    reply = run(item(question_kind="reality"), session, "debate")
    first, second, final = session.asked[:3], session.asked[3:6], session.asked[6]
    assert len(session.asked) == 3 * (1 + 1) + 1
    assert session.most == 3
    assert [query.sample for query in first] == [0, 1, 2]
    assert all(query.narrative == STORY and not query.statements for query in first)
    assert texts(second[1].statements) == [
        ("you", "r0\nAnswer: a1"),
        ("1", "r0\nAnswer: a0"),
        ("3", "r0\nAnswer: a2"),
    ]
    assert texts(final.statements) == [("1", "r3\nAnswer: a0"), ("2", "r3\nAnswer: a1"), ("3", "r3\nAnswer: a2")]
    assert reply.response == "a3"


def test_a_debater_that_gives_no_answer_leaves_the_item_without_one() -> None:
    none = Reply(response="", status="unparsable", error="no JSON")
    session = Talking(lambda query: none if query.sample == 1 else Reply(response="a"))
    assert run(item(question_kind="reality"), session, "debate") == none
    assert len(session.asked) == 3


def test_debaters_draw_at_random_unless_the_user_says_otherwise_and_the_final_answer_is_not_drawn() -> None:
    session = Talking(lambda query: Reply(response="a"))
    run(item(question_kind="reality"), session, "debate")
    *drawn, final = session.asked
    assert {query.temperature for query in drawn} == {None}
    assert final.temperature == 0.0
    assert get_mode("debate").temperature == 0.7
    assert get_mode("vanilla").temperature == 0


@pytest.mark.parametrize("kind", ["knowledge", "group", "future"])
@pytest.mark.parametrize("guesses", [0, 1])
def test_an_answer_from_several_replies_is_certain_only_if_all_are(kind: str, guesses: int) -> None:
    replies = [Reply(response="jar", certain=number >= guesses, why="Al guesses.") for number in range(9)]
    session = Talking(lambda query: replies.pop(0))
    reply = run(item(question_kind=kind, choices=("a", "b") if kind == "future" else ()), session)
    assert reply.certain == (not guesses)
    assert "Al guesses." in reply.why or not guesses
    assert len(session.asked) > 1


@pytest.mark.parametrize("mode", ["debate", "simtom"])
def test_a_last_reply_that_follows_a_guess_is_a_guess(mode: str) -> None:
    replies = [Reply(response="jar", certain=number != 0) for number in range(9)]
    reply = run(item(question_kind="belief", belief_chain=("Al",)), Talking(lambda query: replies.pop(0)), mode)
    assert not reply.certain
