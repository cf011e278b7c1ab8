from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile
from typing import Any

import pytest
from pydantic import BaseModel

from social_world_model.contracts import Query, Statement
from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.generation_utils.prompts import (
    PROMPTS,
    check_places,
    materials,
    own_prompt,
    prompt_text,
    register_prompt,
)
from social_world_model.generation_utils.query_sections import EXAMPLES, VALUES, has
from social_world_model.generation_utils.replies import PlainAnswer
from social_world_model.generation_utils.sections import PromptSpec, Section
from social_world_model.generation_utils.templates import places
from social_world_model.s3ap import SocializedContext, perspective
from social_world_model.s3ap.rendering import render
from social_world_model.symbolic import parse_narrative
from tests.generation_utils.endpoint import QUERIES

STORY = (
    "Ben and Ida are in the garage. The wrench is in the crate. "
    "Ida left the garage. Ben moved the wrench to the drawer."
)
CONTEXT = parse_narrative(STORY)[0].model_copy(update={"context_manual": "People know what they see."})
ASK = Query(
    question="Where does Ida think that Ben looks for the wrench?",
    question_kind="belief",
    belief_chain=("Ida", "Ben"),
    guidance="People know what they see.",
)
VANILLA = replace(ASK, narrative=STORY)
RECORDED = replace(VANILLA, context=CONTEXT, form="compact", prompt_parts={"trust": "Nobody lies."})
REMEMBERED = replace(ASK, agent="Ben", memory=perspective(CONTEXT, ["Ida", "Ben"]), form="text")
WITNESSED = replace(
    ASK,
    agent="Ida",
    memory=perspective(CONTEXT, ["Ida"]),
    others_observations=perspective(CONTEXT, ["Ida", "Ben"]),
    choices=("Ida: crate", "Ida: drawer"),
    form="compact",
)

GOLDEN_VANILLA = """\
Answer the question about a situation with several people. First reason step by step: what happens in which order, and \
who perceives or hears about each event. Then answer. Answer with the name only, as it appears in the text.

People know what they see.

Narrative:
Ben and Ida are in the garage. The wrench is in the crate. Ida left the garage. Ben moved the wrench to the drawer.

Question: Where does Ida think that Ben looks for the wrench?"""

GOLDEN_RECORDED = """\
Answer the question about a situation with several people. First reason step by step: what happens in which order, and \
who perceives or hears about each event. Then answer. Answer with the name only, as it appears in the text. The \
context describes the situation in steps. In each step, first the state holds, then the agents perceive, then they \
act. Other agents perceive an action in the next step. Tags:
<state/>: The agent perceives the state of this step.
<act/>: All actions of the last step with actions.
<act x/>: Only the action of agent number x, counted from 0.
<next/>: The state of the next step.
<unknown />: The observation is unknown.
<mind>…</mind>: A thought, feeling or intention that only its agent knows.
none: No state, observation or action.

People know what they see.

Nobody lies.

Narrative:
Ben and Ida are in the garage. The wrench is in the crate. Ida left the garage. Ben moved the wrench to the drawer.

Context:
agents: Ben | Ida
@ step and state, < perceives, > does; no line: none
@1: Ben and Ida are in the garage. The wrench is in the crate.
Ben, Ida < <state/>
Ida > left the garage
@2: Ben is in the garage.
Ben < <act/> <state/>
Ben > moved the wrench to the drawer
@3: The wrench is in the drawer.
Ben < <state/>

Question: Where does Ida think that Ben looks for the wrench?"""

GOLDEN_REMEMBERED = """\
Answer the question about a situation with several people. First reason step by step: what happens in which order, and \
who perceives or hears about each event. Then answer. Answer with the name only, as it appears in the text. The \
context describes the situation in steps. In each step, first the state holds, then the agents perceive, then they \
act. Other agents perceive an action in the next step. Only an agent itself knows its thoughts.

People know what they see.

You are Ben. You know only what is written here and nothing else. The question asks what others believe that you think \
or do. Answer with what you really think or would do, based on what you remember.

What you remember:
People: Ben, Ida.
Step 1.
  The situation: Ben and Ida are in the garage. The wrench is in the crate.
  Ben perceives: Ben and Ida are in the garage. The wrench is in the crate.
  Ida perceives: Ben and Ida are in the garage. The wrench is in the crate.
  Ida left the garage.
Step 2.
  Ben perceives: Ida left the garage.
  Ida perceives nothing of this.

Question: Where does Ida think that Ben looks for the wrench?"""

GOLDEN_WITNESSED_END = """\
You are Ida. You know only what is written here and nothing else. The question mentions you by name. Answer with your \
own view of the subject, or of the other people in the question.

What you remember:
agents: Ben | Ida
@ step and state, < perceives, > does; no line: none
@1: Ben and Ida are in the garage. The wrench is in the crate.
Ben < <unknown />
Ida < <state/>
Ida > left the garage

What you saw Ben perceive:
agents: Ben | Ida
@ step and state, < perceives, > does; no line: none
@1: Ben and Ida are in the garage. The wrench is in the crate.
Ben, Ida < <state/>
Ida > left the garage
@2: none
Ben < Ida left the garage.

Question: Where does Ida think that Ben looks for the wrench?

Options:
A. Ida: crate
B. Ida: drawer"""


@pytest.mark.parametrize(
    ("query", "golden"),
    [(VANILLA, GOLDEN_VANILLA), (RECORDED, GOLDEN_RECORDED), (REMEMBERED, GOLDEN_REMEMBERED)],
    ids=["vanilla", "context", "memory"],
)
def test_a_prompt_is_the_rules_then_what_may_be_known_then_the_question(query: Query, golden: str) -> None:
    assert prompt_text(query) == golden


def test_who_saw_others_perceive_is_told_what_it_saw_and_chooses_among_the_options() -> None:
    prompt = prompt_text(WITNESSED)
    assert prompt.endswith(GOLDEN_WITNESSED_END)
    assert "Answer with one of the options: its letter and its text." in prompt


def test_who_speaks_of_itself_is_told_so() -> None:
    alone = replace(REMEMBERED, belief_chain=("Ben",))
    assert "Answer with your own view" in prompt_text(alone)


@pytest.mark.parametrize(
    "query",
    [VANILLA, RECORDED, REMEMBERED, WITNESSED, replace(VANILLA, examples=True), replace(VANILLA, choices=("a", "b"))],
)
def test_without_reasoning_nobody_speaks_of_it_in_the_form_neither(query: Query) -> None:
    plain = replace(query, reasoning=False)
    assert "reason" not in prompt_text(plain).casefold()
    assert "reason" in prompt_text(query).casefold()
    assert "reason" not in json.dumps(PlainAnswer.model_json_schema()).casefold()
    assert "reason" not in format_instructions(PlainAnswer).casefold()


@pytest.mark.parametrize(
    ("query", "other"),
    [
        (VANILLA, replace(VANILLA, narrative="Al sits.", question="Who sits?")),
        (RECORDED, replace(RECORDED, narrative="Al sits.", question="Who sits?")),
        (REMEMBERED, replace(REMEMBERED, agent="Al", belief_chain=("Al",), question="Who sits?")),
        (WITNESSED, replace(WITNESSED, agent="Al", question="Who sits?", choices=("x", "y", "z"))),
        (replace(VANILLA, examples=True), replace(VANILLA, examples=True, narrative="Al sits.")),
    ],
)
def test_queries_of_one_mode_and_benchmark_begin_with_the_same_hundreds_of_characters(
    query: Query, other: Query
) -> None:
    pairs = zip(prompt_text(query), prompt_text(other), strict=False)
    shared = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    assert len(shared) > 200
    assert query.guidance in shared
    assert not query.examples or EXAMPLES in shared


def test_a_retelling_is_asked_for_without_the_question() -> None:
    query = replace(VANILLA, task="recount", agent="Ida")
    prompt = prompt_text(query)
    task = PROMPTS.get("recount").sections[0].text
    assert prompt == f"{task}\n\nPeople know what they see.\n\nThe person is Ida.\n\nNarrative:\n{STORY}"
    assert ASK.question not in prompt


def test_the_worked_examples_are_records_as_they_are_shown() -> None:
    found = re.findall(r"Narrative: (.*?)\nContext:\n(.*?)\nQuestion: ", EXAMPLES, re.DOTALL)
    assert len(found) == 2
    for story, shown in found:
        context: SocializedContext = parse_narrative(" ".join(story.split()))[0]
        assert shown == render(context.model_copy(update={"context_manual": None}), "compact")


@pytest.mark.parametrize("query", QUERIES[:20], ids=lambda query: query.question)
def test_the_worked_examples_are_of_no_bundled_story(query: Query) -> None:
    assert query.narrative is not None
    assert query.narrative not in EXAMPLES


def test_a_manual_is_not_said_twice_and_another_one_is_said() -> None:
    assert prompt_text(RECORDED).count("People know what they see.") == 1
    other = CONTEXT.model_copy(update={"context_manual": "Read it aloud."})
    assert "Read it aloud." in prompt_text(replace(RECORDED, context=other))


def test_every_sentence_of_a_prompt_is_of_a_section() -> None:
    texts = "\n".join(section.text for section in PROMPTS.get("answer").sections)
    for query in (VANILLA, RECORDED, REMEMBERED, WITNESSED):
        for sentence in re.split(r"(?<=\.)\s", prompt_text(query).split("\n\n")[0]):
            assert sentence in texts


OWN = '{guidance}\nStory: {narrative}\nQ: {question}\nReply as {"answer": "…"}'


def test_a_wording_of_ones_own_is_filled_literally() -> None:
    query = replace(VANILLA, narrative="Put {question} here.")
    assert own_prompt(OWN, query) == (
        f'People know what they see.\nStory: Put {{question}} here.\nQ: {ASK.question}\nReply as {{"answer": "…"}}'
    )


@pytest.mark.parametrize(
    ("template", "query", "message"),
    [
        ("{narrative}", VANILLA, "expected {question} in the prompt file"),
        ("{question}", VANILLA, "expected {narrative} in the prompt file"),
        (OWN, RECORDED, "expected {context} in the prompt file"),
        ("{question}{memory}{witnessed}{choices}", WITNESSED, "expected {agent} in the prompt file"),
        ("{agent}{question}{memory}", WITNESSED, "expected {others_observations} in the prompt file"),
        ("{agent}{question}{memory}{others_observations}", WITNESSED, "expected {choices} in the prompt file"),
        (OWN + "{story} {gold}", VANILLA, "got {story}, {gold}"),
    ],
)
def test_a_wording_of_ones_own_shows_all_that_the_mode_shows(template: str, query: Query, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        own_prompt(template, query)
    assert message in str(caught.value)


def test_a_place_into_which_no_query_of_the_run_puts_anything_is_refused() -> None:
    check_places("{narrative} {question} {guidance}", ["narrative", "question"])
    check_places("{witnessed} {accounts}", ["others_observations", "statements"])
    for name in ("context", "memory", "choices", "agent", "witnessed", "statements", "audience"):
        with pytest.raises(ConfigurationError, match=rf"expected a prompt file without \{{{name}\}}"):
            check_places(f"{{narrative}} {{question}} {{{name}}}", ["narrative", "question"])


def test_shortcuts_say_that_nothing_is_shown_and_ask_for_an_answer_all_the_same() -> None:
    for query in (ASK, replace(ASK, question="", choices=("crate", "drawer"))):
        text = prompt_text(query)
        assert "Do not refuse" in text
        assert "who perceives" not in text
        assert ("Question:" in text) == bool(query.question)
    assert "Do not refuse" not in prompt_text(VANILLA)


def test_materials_are_empty_where_there_are_none() -> None:
    told = materials(VANILLA)
    assert {name for name, text in told.items() if text} == {"guidance", "narrative", "question"}
    many = materials(replace(VANILLA, choices=tuple(map(str, range(28)))))["choices"].splitlines()
    assert (many[0], many[25], many[26]) == ("A. 0", "Z. 25", "27. 26")


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ("words", "the name only"),
        ("sentence", "one or two sentences"),
        ("yes_no", "yes or no"),
        ("names", "names only"),
        ("text", "ready to be sent"),
    ],
)
def test_the_form_of_an_answer_is_said_where_there_are_no_options(form: Any, wanted: str) -> None:
    assert wanted in prompt_text(replace(VANILLA, answer_form=form))
    with_options = prompt_text(replace(VANILLA, answer_form=form, choices=("crate", "drawer")))
    assert wanted not in with_options
    assert "its letter and its text" in with_options


def test_a_letter_alone_can_be_asked_for() -> None:
    prompt = prompt_text(replace(VANILLA, answer_form="letter", choices=("crate", "drawer")))
    assert "the letter of one option only" in prompt
    assert "its letter and its text" not in prompt


@pytest.mark.parametrize(
    ("kind", "worth"),
    [("recollection", "only a part"), ("future", "None of the predictions"), ("opinion", "may be wrong")],
)
def test_what_others_say_stands_under_what_it_is_worth(kind: Any, worth: str) -> None:
    statements = (Statement(kind=kind, by="Ida", text="In the crate."), Statement(kind=kind, by="Ben", text="No."))
    prompt = prompt_text(replace(ASK, statements=statements))
    before, _, after = prompt.partition("[Ida]\nIn the crate.\n\n[Ben]\nNo.")
    assert worth in before
    assert "Question:" in after
    assert "do not see" not in prompt


def test_readers_bound_an_answer_that_is_made_of_what_they_remember_and_no_other() -> None:
    statements = (Statement(kind="recollection", by="Ida", text="In the crate."),)
    bounded = prompt_text(replace(ASK, audience=("Ida", "Ben"), statements=statements))
    assert "will read the answer: Ida, Ben" in bounded
    assert "will read the answer" not in prompt_text(replace(VANILLA, audience=("Ida", "Ben")))
    opinions = (Statement(kind="opinion", by="you", text="In the crate."),)
    assert "will read the answer" not in prompt_text(replace(VANILLA, audience=("Ida",), statements=opinions))


def test_a_fact_is_asked_of_an_agent_who_may_say_that_it_does_not_know() -> None:
    asked = replace(ASK, belief_chain=(), agent="Ida", memory=REMEMBERED.memory, question_kind="reality", form="text")
    prompt = prompt_text(asked)
    assert "You are Ida." in prompt
    assert "say that you do not know" in prompt
    assert "mentions you by name" not in prompt


def test_what_comes_next_is_foreseen_from_a_record_under_an_assumption() -> None:
    asked = replace(ASK, task="foresee", agent="Ida", context=CONTEXT, form="text", hypothesis="Ida wants the wrench.")
    prompt = prompt_text(asked)
    assert "Say mainly what Ida does." in prompt
    assert "Assume: Ida wants the wrench." in prompt
    assert prompt.index("Context:") < prompt.index("Assume:")
    assert "differ" not in prompt


def test_another_way_on_is_to_differ_from_those_before() -> None:
    before = (Statement(kind="future", by="1", text="They go home."),)
    prompt = prompt_text(replace(ASK, task="foresee", context=CONTEXT, statements=before))
    assert prompt.endswith("- They go home.")
    assert "must differ" in prompt


def test_what_an_agent_remembers_is_retold_from_its_memory_alone() -> None:
    prompt = prompt_text(replace(ASK, task="recount", agent="Ida", memory=REMEMBERED.memory, form="text"))
    assert "What you remember:" in prompt
    assert "Narrative:" not in prompt


def test_the_older_names_of_places_still_work() -> None:
    statements = (Statement(kind="opinion", by="Ida", text="In the crate."),)
    query = replace(WITNESSED, statements=statements)
    new = "{agent} {question} {memory} {choices} <{others_observations}> <{statements}>"
    old = new.replace("others_observations", "witnessed").replace("statements", "accounts")
    assert own_prompt(old, query) == own_prompt(new, query)
    assert "Do not decide by majority.\n\n[Ida]\nIn the crate.>" in own_prompt(new, query)


def test_a_wording_of_ones_own_may_name_readers_and_those_who_were_seen() -> None:
    query = replace(WITNESSED, audience=("Ida", "Ben"))
    text = own_prompt("{agent}{question}{memory}{choices}{others_observations}: {audience}, {others}", query)
    assert text.endswith(": Ida, Ben, Ben")


class Summary(BaseModel):
    """A narrative in short."""

    summary: str


def in_short(text: str = "In short.", name: str = "task", **more: Any) -> PromptSpec[Query]:
    story = Section(name="narrative", text="Narrative:\n{narrative}", condition=has("narrative"))
    return PromptSpec(sections=(Section(name=name, text=text), story), **{"reply": Summary, "field": "summary", **more})


@pytest.mark.usefixtures("own_prompts")
def test_a_prompt_can_be_registered_for_queries_of_a_task_of_its_own() -> None:
    register_prompt("test_in_short", in_short())
    assert prompt_text(replace(VANILLA, task="test_in_short")) == f"In short.\n\nNarrative:\n{STORY}"
    with pytest.raises(ConfigurationError, match="expected a new name for a prompt, got 'answer', which is taken"):
        register_prompt("answer", in_short())
    with pytest.raises(ConfigurationError, match=r"expected task to be one of answer, .*did you mean test_in_short\?"):
        prompt_text(replace(VANILLA, task="test_in_shrt"))


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: in_short("{story} {narrative}"), r"expected placeholders from \{agent\}, .*got \{story\}"),
        (lambda: in_short(name="narrative"), "expected unique names of sections, got narrative more than once"),
        (lambda: in_short(field="short"), r"expected a field of Summary \(summary\), got 'short'"),
        (
            lambda: in_short(field=""),
            "expected a reply schema and an answer field for the prompt 'test_wrong', got none",
        ),
        (lambda: in_short(reply=None, field=""), "expected a reply schema and an answer field"),
    ],
)
def test_a_prompt_that_could_not_be_sent_or_read_is_refused(made: Callable[[], Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        register_prompt("test_wrong", made())


def test_every_place_of_a_built_in_section_has_a_value() -> None:
    for task in ("answer", "recount", "foresee"):
        named = [place for section in PROMPTS.get(task).sections for place in places(section.text)]
        assert set(named) <= VALUES.keys()
