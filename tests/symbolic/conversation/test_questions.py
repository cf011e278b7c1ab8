"""Questions about conversations: their forms, how certain the answers are, and on which lines they depend."""

from __future__ import annotations

import asyncio
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.contracts import Query, Reply
from social_world_model.errors import ConfigurationError, NarrativeError
from social_world_model.s3ap import SocializedContext, events, perspective
from social_world_model.symbolic import SymbolicModel, missed, parse_narrative
from social_world_model.symbolic.conversation.answers import _ANSWERS
from social_world_model.symbolic.conversation.contexts import CHANNEL_MANUALS
from social_world_model.symbolic.conversation.questions import Asked, Wanted, is_yes_or_no, read_asked
from social_world_model.symbolic.parser import NOT_READ

BARN = """Nell: The barn sale is on Friday at ten.
Otto: Ten is fine with me.
(Otto leaves)
Nell: Quick, the goat is a gift for Otto. It cost 90 euros.
Pru: Where do we hide it?
Nell: In the old chapel.
(Otto comes back)
Otto: Anything new?
Pru: No, nothing.
(Sid joins)
Sid: Hello. When is the sale?
Nell: Friday at ten."""
CONTEXT = parse_narrative(BARN)[0]
CAST = ("Nell", "Otto", "Pru", "Sid")


def ask(question: str, context: SocializedContext = CONTEXT, **fields: object) -> Reply:
    query = Query(question=question, question_kind="reality", domain="conversation", context=context, **fields)  # type: ignore[arg-type]
    return asyncio.run(SymbolicModel().answer(query))


def lines(reply: Reply) -> list[int]:
    return [int(line.partition(".")[0]) for line in reply.response.splitlines()]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who knows that the goat is a gift?", "Nell, Pru"),
        ("Who has heard about the goat?", "Nell, Pru"),
        ("Which people are aware of the goat?", "Nell, Pru"),
        ("Who heard how much the goat cost?", "Nell, Pru"),
        ("Who missed the goat?", "Otto, Sid"),
        ("Who does not know about the goat?", "Otto, Sid"),
        ("Who hasn't heard about the goat?", "Otto, Sid"),
        ("Does Otto know that the goat is a gift?", "no"),
        ("Does Otto not know about the goat?", "yes"),
        ("Is Otto unaware of the goat?", "yes"),
        ("Has Otto heard about the goat?", "no"),
        ("Is Pru aware of the goat?", "yes"),
        ("Did Pru hear where they hide it?", "yes"),
        ("Did Otto hear about the goat?", "no"),
        ("Can I mention the goat to Otto?", "no"),
        ("Can I mention the barn sale to Otto?", "yes"),
        ("May I tell Pru about the goat?", "yes"),
        ("Is it safe to talk about the goat in front of Otto?", "no"),
        ("Does everyone know about the goat?", "no"),
        ("Does anyone know about the goat?", "yes"),
        ("Do Nell and Pru know about the goat?", "yes"),
        ("Do Nell and Otto know about the goat?", "no"),
        ("Who was there when Nell mentioned the goat?", "Nell, Pru"),
        ("Was Otto there when Nell mentioned the goat?", "no"),
        ("Who heard line 4?", "Nell, Pru"),
        ("Who was present at line 2?", "Nell, Otto, Pru"),
        ("Who said that the goat is a gift?", "Nell"),
        ("When did Otto leave?", "after line 2"),
        ("When did Otto come back?", "before line 8"),
        ("When did Sid join?", "before line 11"),
        ("When did Nell join?", "Nell was there from the start"),
        ("When did Nell leave?", "Nell did not leave"),
        ("Who left?", "Otto"),
        ("Who joined late?", "Otto, Sid"),
        ("When is the barn sale?", "Nell: The barn sale is on Friday at ten."),
        ("Where do they hide the goat?", "Nell: In the old chapel."),
        ("Who can I talk to about the goat?", "Nell, Pru"),
        ("Who in the chat knows about the goat?", "Nell, Pru"),
        ("Who is in the dark about the goat?", "Otto, Sid"),
        ("Who was not there when Nell mentioned the goat?", "Otto, Sid"),
        ("Was Otto not there when Nell mentioned the goat?", "yes"),
        ("Who is present at the end?", "Nell, Otto, Pru, Sid"),
        ("Is Sid still there?", "yes"),
        ("Did Otto leave?", "yes"),
        ("Did Pru leave?", "no"),
        ("Has Sid joined?", "yes"),
        ("Does Pru think that the goat is a gift?", "yes"),
        ("Does Pru think that Otto knows about the goat?", "no"),
        ("Does Pru know that Nell knows about the goat?", "yes"),
        ("Does Pru believe Nell has heard that the goat is a gift?", "yes"),
        ("Does Pru think that everybody knows about the goat?", "no"),
        ("Did Pru say anything about the goat?", "no"),
        ("Did anyone mention the goat?", "yes"),
        ("Was the zebra mentioned?", "no"),
    ],
)
def test_each_form_of_a_question_is_answered(question: str, answer: str) -> None:
    assert ask(question).response == answer


@pytest.mark.parametrize(("who", "certain"), [("Pru", True), ("Sid", False)])
def test_what_somebody_without_the_fact_thinks_that_others_know_is_a_guess(who: str, certain: bool) -> None:
    reply = ask(f"Does {who} think that Otto knows about the goat?")
    assert (reply.response, reply.certain) == ("no", certain)


def test_a_stranger_whose_knowledge_somebody_thinks_about_is_an_error() -> None:
    with pytest.raises(NarrativeError, match="got Zeno"):
        ask("Does Pru think that Zeno knows about the goat?")


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("What did Otto miss?", [4, 5, 6]),
        ("What did Otto miss while away?", [4, 5, 6]),
        ("Which lines did Sid not hear?", [1, 2, 4, 5, 6, 8, 9]),
        ("What does Otto not know?", [4, 5, 6]),
        ("What was said while Otto was away?", [4, 5, 6]),
        ("What was said before Otto left?", [1, 2]),
        ("What doesn't Otto know about the goat?", [4]),
        ("What does Pru know about the goat?", [4]),
        ("What has Sid heard?", [11, 12]),
        ("What did Pru say?", [5, 9]),
        ("What did Sid miss before Otto came back?", [1, 2, 4, 5, 6]),
        ("What did Sid miss after Otto came back?", [8, 9]),
        ("What did Nell say about the goat?", [4]),
    ],
)
def test_questions_about_lines_are_answered_with_numbered_lines(question: str, numbers: list[int]) -> None:
    reply = ask(question)
    assert lines(reply) == numbers
    assert len(reply.evidence) == len(numbers)


def test_whoever_missed_no_line_missed_nothing() -> None:
    assert ask("What did Nell miss?").response == "nothing"
    assert missed(CONTEXT, "Nell") == []


def test_numbers_of_lines_count_lines_that_are_no_step_of_their_own() -> None:
    context = parse_narrative("Ann: Hi.\n(The bell rings)\n\nAnn: The door is open.\nBo: Good.")[0]
    assert lines(ask("What did Ann say?", context)) == [1, 4]
    assert lines(ask("What did Ann say?", SocializedContext.from_json(context.to_json()))) == [1, 2]


UNKNOWN = [
    *("Is the sale on Friday?", "Tell me more.", "What happened?", "Otto?", "Summarize the goat.", ""),
    *("Who knows?", "Does Pru know?", "Can I tell Pru?", "How many of them know it?"),
]


@pytest.mark.parametrize("question", UNKNOWN)
def test_an_unknown_form_is_an_error_that_lists_the_known_forms(question: str) -> None:
    with pytest.raises(NarrativeError, match=r"Who knows …\? · .* · What did X miss\?"):
        ask(question)


def test_a_person_whom_nobody_mentions_is_an_error_and_a_person_who_is_only_mentioned_heard_nothing() -> None:
    context = parse_narrative("Ann: Please say nothing to Zeb. The inn is sold.\nBo: I won't.")[0]
    reply = ask("Does Zeb know that the inn is sold?", context)
    assert (reply.response, reply.certain) == ("no", False)
    with pytest.raises(NarrativeError, match=r"people in the conversation \(Ann, Bo\), got Kit"):
        ask("Does Kit know that the inn is sold?", context)


def test_a_part_of_a_name_is_enough_if_it_is_unique() -> None:
    context = parse_narrative("Ann Lee: The inn is sold.\nBo Lee: Who told you?\n+44 20 7946: I did.")[0]
    assert ask("Does Ann know that the inn is sold?", context).response == "yes"
    assert ask("Does +44 know that the inn is sold?", context).response == "yes"
    with pytest.raises(NarrativeError, match="Lee, which may mean Ann Lee or Bo Lee"):
        ask("Does Lee know that the inn is sold?", context)


def test_an_agent_can_ask_about_itself() -> None:
    assert lines(ask("What have I heard about the goat?", agent="Pru", belief_chain=("Pru",))) == [4]


def test_a_memory_does_not_show_what_its_owner_missed() -> None:
    memory = perspective(CONTEXT, ["Otto"])
    reply = ask("What did I miss?", memory, agent="Otto", belief_chain=("Otto",), memory=memory)
    assert not reply.certain
    assert "only lines that the person heard" in reply.why


YES_NO = [("yes", "no"), ("No", "Yes"), ("A. Yes", "B. No"), ("true", "false"), ("(a) no", "(b) yes")]
FACTS = ["the goat is a gift", "the sale is on Friday at ten", "the chapel is old", "the zebra sings", "Sid is here"]


@given(
    form=st.sampled_from(
        [
            "Does {} know that {}?",
            "Has {} heard that {}?",
            "Is {} unaware that {}?",
            "Can I mention to {} that {}?",
            "Was {} there when Nell said that {}?",
            "Did {} miss that {}?",
        ]
    ),
    who=st.sampled_from(CAST),
    fact=st.sampled_from(FACTS),
    choices=st.sampled_from(YES_NO),
)
def test_yes_and_no_as_choices_agree_with_the_free_answer(
    form: str, who: str, fact: str, choices: tuple[str, str]
) -> None:
    question = form.format(who, fact)
    free, chosen = ask(question), ask(question, choices=choices)
    yes = next(choice for choice in choices if "yes" in choice.casefold() or "true" in choice)
    assert chosen.response in choices
    assert (chosen.response == yes) == (free.response == "yes")
    assert (chosen.certain, chosen.evidence, chosen.why) == (free.certain, free.evidence, free.why)


def test_yes_and_no_are_no_answer_to_a_question_for_names() -> None:
    with pytest.raises(NarrativeError, match="answered by yes or no"):
        ask("Who knows about the goat?", choices=("yes", "no"))


def test_yes_and_no_with_a_third_option_are_options_like_others() -> None:
    assert not is_yes_or_no(["yes", "no", "maybe"])
    assert ask("Does Otto know about the goat?", choices=("yes", "no", "maybe")).response in ("yes", "no", "maybe")


@given(who=st.sampled_from(CAST), fact=st.sampled_from(FACTS))
def test_the_answer_about_one_person_agrees_with_the_list_of_people(who: str, fact: str) -> None:
    knows = ask(f"Does {who} know that {fact}?").response == "yes"
    known = ask(f"Who knows that {fact}?").response.split(", ")
    unknown = ask(f"Who does not know that {fact}?").response.split(", ")
    assert (who in known, who in unknown) == (knows, not knows)


@pytest.mark.parametrize("question", ["Who knows that the zebra sings?", "Does Nell know that the zebra sings?"])
def test_nobody_knows_what_nobody_mentioned_and_this_is_uncertain(question: str) -> None:
    reply = ask(question)
    assert (reply.response in ("nobody", "no"), reply.certain, reply.evidence) == (True, False, ())
    assert "No line shares a word" in reply.why


@pytest.mark.parametrize(
    ("question", "certain", "numbers"),
    [
        ("Does Pru know that the goat is a gift?", True, ["4"]),
        ("Does Otto know that the goat is a gift?", True, ["4"]),
        ("Who knows that the goat is a gift?", True, ["4"]),
        ("Does Sid know when the barn sale is?", False, ["12"]),  # told again in other words
        ("Does Pru know about the painted goat in the yard?", False, ["4"]),  # a weak match
        ("Does Pru know when the goat comes?", False, ["4"]),  # no time in the line
    ],
)
def test_an_answer_is_certain_if_a_line_states_the_fact_in_the_words_of_the_question(
    question: str, certain: bool, numbers: list[str]
) -> None:
    reply = ask(question)
    assert reply.certain is certain
    texts = {event.id: event.text for event in events(CONTEXT)}
    told = BARN.splitlines()
    assert [texts[id].partition('"')[2].rstrip('"') for id in reply.evidence] == [
        told[int(number) - 1].partition(": ")[2] for number in numbers
    ]


def test_the_reason_quotes_the_line_and_says_who_was_absent() -> None:
    reply = ask("Does Otto know that the goat is a gift?")
    assert reply.why == (
        "Otto did not hear 'Quick, the goat is a gift for Otto. It cost 90 euros.' (line 4), "
        "because Otto was not in the conversation then."
    )


def test_a_guess_of_the_parser_makes_an_answer_uncertain() -> None:
    manual = f"{CONTEXT.context_manual} Uncertain who perceives: Otto in step 4."
    guessed = CONTEXT.model_copy(update={"context_manual": manual})
    assert not ask("Does Otto know that the goat is a gift?", guessed).certain
    assert ask("Does Pru know that the goat is a gift?", guessed).certain
    assert not ask("Who knows that the goat is a gift?", guessed).certain
    assert not ask("What did Otto miss?", guessed).certain
    assert [line.certain for line in missed(guessed, "Otto")] == [False, True, True]


def test_a_line_that_may_be_an_arrival_makes_answers_uncertain() -> None:
    manual = f"{CONTEXT.context_manual} {NOT_READ} line 7, it does not say plainly who comes or goes."
    unread = CONTEXT.model_copy(update={"context_manual": manual})
    assert not ask("Does Otto know that the goat is a gift?", unread).certain


@pytest.mark.parametrize("note", CHANNEL_MANUALS.values())
def test_the_reason_says_that_members_of_a_channel_count(note: str) -> None:
    channel = CONTEXT.model_copy(update={"context_manual": f"{CONTEXT.context_manual} {note}"})
    assert ask("Does Pru know that the goat is a gift?", channel).why.endswith(note)


@pytest.mark.parametrize(("name", "what"), [("Zed", "got 'Zed'"), ("Lee", "Ann Lee or Bo Lee")])
def test_missed_needs_the_name_of_one_person(name: str, what: str) -> None:
    context = parse_narrative("Ann Lee: Hi.\nBo Lee: Hi.")[0]
    with pytest.raises(ConfigurationError, match=what):
        missed(context, name)


@given(st.sampled_from(CAST))
def test_missed_lines_are_the_utterances_that_a_person_does_not_perceive(who: str) -> None:
    absent = [one.id for one in events(CONTEXT) if one.kind == "utterance" and who not in one.observers]
    assert [line.event for line in missed(CONTEXT, who)] == absent
    assert ("\n".join(map(str, missed(CONTEXT, who))) or "nothing") == ask(f"What did {who} miss?").response


def test_a_line_that_several_people_say_together_is_listed_once() -> None:
    context = parse_narrative("Ann: Hi.\nBo: Hi.\n(Cy leaves)\nAnn and Bo: Hooray!\nCy: I'm back.")[0]
    assert list(map(str, missed(context, "Cy"))) == ["4. Ann and Bo: Hooray!"]
    assert ask("What did Cy miss?", context).response == "4. Ann and Bo: Hooray!"


def test_lines_that_a_person_perhaps_missed_are_listed_on_request() -> None:
    manual = f"{CONTEXT.context_manual} Uncertain who perceives: Pru in step 4."
    guessed = CONTEXT.model_copy(update={"context_manual": manual})
    assert missed(guessed, "Pru") == missed(CONTEXT, "Pru")
    added = [line for line in missed(guessed, "Pru", possibly=True) if line not in missed(guessed, "Pru")]
    assert [(line.number, line.certain) for line in added] == [(4, False)]


def test_every_kind_of_question_has_an_answer() -> None:
    assert {*_ANSWERS, "choice", "minutes"} == set(get_args(Wanted))


def test_a_question_of_a_benchmark_about_a_bus_is_no_question_about_a_person() -> None:
    query = Query(question="When did the bus leave?", question_kind="reality")
    assert read_asked(query, CAST) == Asked("fact", "When did the bus leave?")
