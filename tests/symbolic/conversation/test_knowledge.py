from __future__ import annotations

import pytest

from social_world_model.s3ap import perspective
from social_world_model.symbolic.conversation.contexts import parse_conversation
from social_world_model.symbolic.conversation.hearing import Hearing, hearing
from social_world_model.symbolic.conversation.knowledge import coverage, knowledge, knows_answer
from social_world_model.symbolic.conversation.options import stance_of, weigh
from social_world_model.symbolic.conversation.topics import Topic

DOORS = """Ann: Let me tell you of my house.
Bo: Please do.
Ann: I painted the kitchen door in a bright crimson.
Bo: A crimson door must look wonderful.
Cy: Mind if I join you?
Ann: Not at all, Cy.
Bo: My uncle raises alpacas in the mountains.
Cy: Alpacas need a lot of hay, I hear.
Ann: And they spit."""

DOOR, ALPACAS = "Which colour did Ann paint the kitchen door?", "Which animals does the uncle raise?"


def heard(text: str = DOORS) -> Hearing:
    return hearing(parse_conversation(text)[0])


@pytest.mark.parametrize(
    ("question", "knowing"), [(DOOR, ["Ann", "Bo"]), (ALPACAS, ["Ann", "Bo", "Cy"]), ("Who is Eve?", [])]
)
def test_whoever_heard_the_lines_that_carry_it_knows_an_answer(question: str, knowing: list[str]) -> None:
    conversation = heard()
    assert [name for name in conversation.cast if knows_answer(conversation, question, name)] == knowing


def test_a_fact_that_a_question_says_was_told_is_known_to_whoever_heard_everything() -> None:
    conversation = heard()
    topic = Topic(conversation, "Who is Eve?")
    knowing = [name for name in conversation.cast if knowledge(topic, [name], is_told=True).knows]
    assert knowing == ["Ann", "Bo"]


def test_whoever_is_nowhere_in_a_conversation_knows_nothing() -> None:
    assert not knows_answer(heard(), ALPACAS, "Eve")


@pytest.mark.parametrize(
    ("again", "knows"), [("We spoke of the kitchen, in crimson, bright crimson.", True), ("We spoke of a door.", False)]
)
def test_what_is_told_again_to_somebody_who_comes_is_known_and_this_is_uncertain(again: str, knows: bool) -> None:
    conversation = heard(DOORS.replace("Not at all, Cy.", f"Not at all, Cy. {again}"))
    found = knowledge(Topic(conversation, "Which door did Ann paint?"), ["Cy"])
    assert (found.knows, found.certain) == (knows, False) if knows else not found.knows


@pytest.mark.parametrize(("question", "certain"), [("who the vase is for", False), ("how much the vase costs", True)])
def test_one_word_is_not_enough_for_somebody_who_missed_the_lines_next_to_it(question: str, certain: bool) -> None:
    conversation = heard(
        "Ann: Do you sell this vase?\nBo: I'll fetch one.\n(Bo leaves)\nAnn: It is for my aunt, hush.\n"
        "Cy: Not a word.\n(Bo comes back)\nBo: The last vase. The vase costs 20 euros."
    )
    found = knowledge(Topic(conversation, question), ["Bo"])
    assert (found.knows, found.certain) == (True, certain)


def test_naming_somebody_does_not_tell_them_what_was_said_in_their_absence() -> None:
    assert not knows_answer(heard(), "Which crimson door did Ann paint for Cy?", "Cy")


def test_a_question_about_the_time_before_somebody_came_is_not_about_what_was_said_after() -> None:
    conversation = heard()
    before, after = "What was discussed before Cy joined?", "What was discussed after Cy joined?"
    assert list(conversation.places(before)) == [0, 1, 2, 3]
    assert list(conversation.places(after)) == [4, 5, 6, 7, 8]
    assert [knows_answer(conversation, question, "Cy") for question in (before, after)] == [False, True]


def test_coverage_counts_what_was_said_and_in_a_view_what_is_asked_for() -> None:
    context = parse_conversation(DOORS)[0]
    whole, view = hearing(context), hearing(perspective(context, ["Cy"]))
    places = range(len(whole.said))
    assert (whole.is_view, view.is_view) == (False, True)
    assert coverage(whole, ["crimson", "zebra"], ["Ann"], places) == 1.0
    assert coverage(whole, ["zebra"], ["Ann"], places) is None
    assert coverage(whole, ["crimson"], ["Cy"], places) == 0.0
    assert coverage(view, ["crimson"], ["Cy"], range(len(view.said))) == 0.0


@pytest.mark.parametrize(
    ("text", "question", "line"),
    [
        ("Ann: Which colour is the door?\nBo: The door is red.\nAnn: I see.", "Which colour is the door?", 1),
        ("Ann: The ferry is late again.\nBo: The ferry goes at 6:15.", "When does the ferry go?", 1),
        ("Ann: Nice tickets!\nBo: Thirty euros for two tickets.", "How much are the tickets?", 1),
        ("Ann: Where is the spade?\nBo: Behind the shed.", "Where is the spade?", 1),
        ("Ann: I have no idea where the spade is.\nBo: The spade is in the shed.", "Where is the spade?", 1),
        ("Ann: Did you hear that the pool is closed?\nBo: Oh.", "What happened to the pool?", 0),
        ("Ann: The shop moves.\nBo: Really? When?\nAnn: In March.", "When does the shop move?", 2),
        ("Ann: The play is new.\nBo: Where is it?\nAnn: At the Lyceum.", "Where is the play?", 2),
        ("Ann: The fee is 20, ok?\nBo: And the fee for two?\nAnn: No idea.", "How much is the fee?", 0),
        ("Ann: We sold the boat.\nBo: A boat!", "Which boat did Ann sell?", 0),
        ("Ann: Bye.\nBo: See you.", "Where is the whale?", None),
    ],
)
def test_the_best_line_answers_and_does_not_ask(text: str, question: str, line: int | None) -> None:
    assert Topic(heard(text), question).best == line


@pytest.mark.parametrize(
    ("option", "stance"),
    [
        ("Cy believes that the door is crimson.", "content"),
        ("Cy knows that Ann does not like the crimson door.", "content"),
        ("Cy is unaware of the colour because she was not involved in the conversation.", "unaware"),
        ("Ann believes that Cy does not know which colour it is.", "unaware"),
        ("Cy doesn’t know the colour.", "unaware"),
        ("The text does not provide information on what Cy believes, so Cy is unaware.", "untold"),
        ("It is hard to tell what Cy believes.", "untold"),
        ("Neither Ann nor Cy have expressed their beliefs on it.", "untold"),
        ("The sentence suggests that Cy is unaware of it.", "unaware"),
    ],
)
def test_options_say_something_or_that_somebody_is_unaware_or_that_nothing_is_told(option: str, stance: str) -> None:
    assert stance_of(option) == stance


KNOWS, IGNORES = "believes that Ann painted the door in a bright crimson.", "is unaware of it, as she was not there."


@pytest.mark.parametrize(
    ("chain", "right"), [(["Bo"], KNOWS), (["Cy"], IGNORES), (["Bo", "Cy"], IGNORES), (["Bo", "Ann"], KNOWS)]
)
@pytest.mark.parametrize("view", [False, True])
def test_the_option_is_chosen_that_fits_what_the_whole_chain_heard(chain: list[str], right: str, view: bool) -> None:
    context = parse_conversation(DOORS)[0]
    conversation = hearing(perspective(context, chain) if view else context)
    options = [f"{chain[0]} {KNOWS}", f"{chain[0]} {IGNORES}"]
    weighed = weigh(conversation, f"What does {chain[0]} believe about the colour of the door?", options, chain)
    assert max(weighed, key=lambda one: one.rank).text == f"{chain[0]} {right}"


def test_of_two_statements_that_is_chosen_which_holds_what_was_heard_and_nothing_else() -> None:
    partly, all_of_it = "They talked about alpacas and hay.", "They talked about crimson doors, alpacas and hay."
    weighed = weigh(heard(), "What does Cy believe they talked about?", [all_of_it, partly], ["Cy"])
    assert max(weighed, key=lambda one: one.rank).text == partly


def test_where_people_know_what_is_asked_nobody_is_said_to_be_unaware() -> None:
    silent, unaware = "The text does not say what Bo thinks of the door.", "Bo is unaware of the crimson kitchen door."
    options = [unaware, silent]
    assert [one.rank for one in weigh(heard(), DOOR, options, ["Bo"])] == [0.0, 0.5]
    assert [one.rank for one in weigh(heard(), DOOR, options, ["Cy"])] == [1.5, 1.0]
