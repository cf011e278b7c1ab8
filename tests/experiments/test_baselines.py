from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.benchmarks import get_benchmark
from social_world_model.benchmarks.fantom_sets import LISTS
from social_world_model.contracts import BadRow, Item
from social_world_model.experiments.baselines import BASELINES, TrivialResults, trivial_results
from social_world_model.experiments.stored import read_stored_run
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore
from social_world_model.variants.conversations import spellings
from tests.reports.runs_on_disk import write_run

TALK = "Ann: Hello, Bo.\nBo: Hello, Ann. I have to leave now. Goodbye!\nAnn: Bye.\nCy: I just joined.\nAnn: Hi, Cy."
STORY = (
    "Al entered the hall. The ball is in the box. Al exited the hall. Bo entered the hall. "
    "Bo moved the ball to the bag."
)

replies = {baseline.name: baseline.reply for baseline in BASELINES}


def item(**given: object) -> Item:
    usual: dict[str, object] = {
        "index": "1",
        "narrative": STORY,
        "question": "?",
        "correct_answer": "x",
        "question_kind": "belief",
    }
    return Item(**{**usual, **given})  # type: ignore[arg-type]


def says(**given: object) -> dict[str, str]:
    """Return what the baselines that say something say."""
    one = item(**given)
    return {name: said for name, reply in replies.items() if (said := reply(one)) is not None}


def test_options_are_chosen_by_place_by_words_that_deny_and_by_length() -> None:
    options = ("Ann knows it.", "Ann is unaware.", "Ann does not know that Bo has left the house.")
    assert says(choices=options) == {
        "first option or yes": options[0],
        "denial or no": options[1],
        "affirmation or yes": options[0],
        "unlike the question": options[0],
        "longest option": options[2],
    }


def test_the_option_unlike_the_question_shares_the_least_with_its_words() -> None:
    asked = "If Ann thinks there is no salmon in the fridge, which one is more likely?"
    options = ("Ann has been trying to get a salmon.", "Ann has been trying to get a cupcake.")
    assert says(question=asked, choices=options)["unlike the question"] == options[1]


def test_where_no_option_denies_the_first_is_taken_by_that_rule_too() -> None:
    assert says(choices=("a plate", "another knot"))["denial or no"] == "a plate"


def test_yes_and_no_are_said_of_everything() -> None:
    assert says(answer_form="yes_no") == {
        "first option or yes": "yes",
        "denial or no": "no",
        "affirmation or yes": "yes",
    }


def test_who_is_there_at_every_utterance_knows_and_the_others_do_not() -> None:
    talk = {"narrative": TALK, "domain": "conversation", "question_kind": "knowledge"}
    assert says(**talk, answer_form="names") == {
        "first option or yes": "Ann, Bo, Cy",
        "denial or no": "nobody",
        "affirmation or yes": "Ann, Bo, Cy",
        "present throughout": "Ann",
    }
    assert says(**talk, answer_form="yes_no", belief_chain=("Ann",))["present throughout"] == "yes"
    assert says(**talk, answer_form="yes_no", belief_chain=("Bo",))["present throughout"] == "no"
    options = ("Bo thinks that it is red.", "Bo is unaware of it.")
    talk["question_kind"] = "belief"
    assert says(**talk, choices=options, belief_chain=("Bo",))["present throughout"] == options[1]
    assert says(**talk, choices=options, belief_chain=("Ann",))["present throughout"] == options[0]
    assert says(**talk, choices=options, belief_chain=("Ann", "Bo"))["present throughout"] == options[1]
    assert "present throughout" not in says(**talk, choices=options)


def test_a_misspelt_name_is_still_the_same_person() -> None:
    talk = TALK.replace("Ann", "Micheal")
    asked = {"narrative": talk, "domain": "conversation", "question_kind": "knowledge"}
    assert says(**asked, answer_form="yes_no", belief_chain=("Michael",))["present throughout"] == "yes"
    assert says(**asked, answer_form="yes_no", belief_chain=("Mikhail",))["present throughout"] == "no"
    listed = item(
        **asked, answer_form="names", correct_answer="Michael", fields={"kind": LISTS[0], "label": ["Michael"]}
    )
    results = trivial_results(get_benchmark("fantom"), [listed])
    assert results["present throughout"][0].is_correct is True
    assert results["denial or no"][0].is_correct is False


def test_of_two_similar_names_each_means_its_own_person() -> None:
    assert spellings("Maria", ["Mario", "Maria"]) == {"Maria"}
    assert spellings("Marla", ["Mario", "Maria"]) == {"Maria"}
    assert spellings("Sara", ["Sarah"]) == frozenset()


@given(st.text("abc", min_size=5, max_size=8), st.integers(0, 6))
def test_one_slip_of_the_pen_keeps_the_person(name: str, place: int) -> None:
    place = min(place + 1, len(name) - 1)
    dropped = name[:place] + "z" + name[place:]
    swapped = name[:place] + name[place + 1 : place + 2] + name[place] + name[place + 2 :]
    for other in (dropped, swapped, name[:place] + "z" + name[place + 1 :]):
        assert spellings(other, [name.upper()]) == {name.upper()}
        assert spellings(name, [other]) == {other}
    assert spellings(f"{name}zz", [name]) == frozenset()


def test_the_last_place_of_a_thing_counts_even_where_other_sentences_cannot_be_read() -> None:
    asked = "Where will Al look for the treasure_chest?"
    story = "The treasure chest is in the hall. Al hummed for the treasure chest a tune. Bo moved the box to the attic."
    assert says(question=asked, narrative=story) == {"real place": "hall"}


def test_without_a_theory_of_mind_everybody_looks_where_the_thing_is() -> None:
    asked = "Where will Al look for the ball?"
    assert says(question=asked) == {"real place": "bag"}
    assert says(question=asked, choices=("box", "Bag"))["real place"] == "Bag"
    assert says(question="Where is the kite?") == {}
    assert says(question=asked, narrative="Al sang.") == {}
    assert says(question=asked, domain="household") == {}


def test_a_text_is_everything_or_nothing() -> None:
    assert says(answer_form="text", narrative=TALK, domain="conversation") == {
        "everything sent": TALK,
        "nothing sent": "",
    }


def rows() -> list[Item | BadRow]:
    """Two stories: where Al looks (box, bag really), and where it is (bag)."""
    first = item(index="1", question="Where will Al look for the ball?", correct_answer="box", fields={"order": 1})
    second = item(
        index="2",
        question="Where is the ball really?",
        correct_answer="bag",
        question_kind="reality",
        fields={"order": 0},
    )
    return [first, second, BadRow(index="3", message="row 2: nothing")]


def test_the_benchmark_judges_them_and_a_row_nobody_can_use_is_wrong_for_them_too() -> None:
    (only,) = trivial_results(get_benchmark("ori_tomi"), rows()).items()
    assert only[0] == "real place"
    assert [(one.index, one.status, one.is_correct) for one in only[1]] == [
        ("1", "answered", False),
        ("2", "answered", True),
        ("3", "error", None),
    ]


def test_a_rule_that_says_what_another_says_is_left_out() -> None:
    one = item(choices=("a plate", "a knife"), correct_answer="a plate", question_kind="future", domain="household")
    assert list(trivial_results(get_benchmark("mmtom"), [one])) == ["first option or yes"]


@pytest.mark.parametrize("scorer", ["official", "paper", "strict"])
@pytest.mark.parametrize(
    ("name", "options"), [("hitom", {}), ("hitom", {"reply": "letter"}), ("mmtom", {"reply": "letter"}), ("fantom", {})]
)
def test_an_option_is_given_in_a_form_that_the_rule_can_read(name: str, options: dict[str, str], scorer: str) -> None:
    benchmark = get_benchmark(name).configured(options)
    asked = [row for row in benchmark.load().rows if isinstance(row, Item) and row.choices]
    found = trivial_results(benchmark, asked, scorer)["first option or yes"]  # type: ignore[arg-type]
    right = [row.choices[0].casefold() == str(row.correct_answer).casefold() for row in asked]
    if scorer == "paper" and name == "hitom" and not options:
        right = [False] * len(asked)  # that rule takes nothing but letters, which nobody asked for
    assert [one.is_correct for one in found] == right


def test_a_question_that_many_runs_ask_is_judged_once(tmp_path: Path) -> None:
    trivial = TrivialResults()
    score_result = []
    for name, scorer in (("a", "official"), ("b", "official"), ("c", "strict")):
        folder = write_run(tmp_path / name, [True], settings={"scorer": scorer})
        result = Result.of(rows()[0], "answered")  # type: ignore[arg-type]
        ResultStore(folder).write(result)
        run = read_stored_run(folder, trivial)
        score_result.append(run.baselines["real place"][0])
    assert score_result[0] is score_result[1]
    assert score_result[0] is not score_result[2]
    assert len(trivial.known) == 2


def test_a_record_that_does_not_tell_its_domain_decides_nothing_for_one_that_does(tmp_path: Path) -> None:
    talk = item(
        narrative=TALK, domain="conversation", question_kind="knowledge", answer_form="names", correct_answer="Ann"
    )
    trivial = TrivialResults()
    for name, domain in (("older", None), ("newer", "conversation")):
        folder = write_run(tmp_path / name, [], benchmark="fantom")
        ResultStore(folder).write(replace(Result.of(talk, "answered"), domain=domain))  # type: ignore[arg-type]
        assert ("present throughout" in read_stored_run(folder, trivial).baselines) is (name == "newer")


def test_a_rule_that_is_not_known_judges_no_baseline(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [], settings={"scorer": "of tomorrow"})
    ResultStore(folder).write(Result.of(item(question="Where is the ball?"), "answered"))
    run = read_stored_run(folder, TrivialResults())
    assert (run.scorer, run.baselines) == ("of tomorrow", {})


def test_stored_records_give_what_the_items_gave(tmp_path: Path) -> None:
    store = ResultStore(write_run(tmp_path / "run", []))
    for row in rows():
        result = Result.of(row, "answered") if isinstance(row, Item) else Result(index=row.index, status="error")
        store.write(result)
    stored = read_stored_run(store.folder, TrivialResults()).baselines
    assert stored == trivial_results(get_benchmark("ori_tomi"), rows())


def test_a_conversation_is_still_one_when_its_record_is_read(tmp_path: Path) -> None:
    talk = item(narrative=TALK, domain="conversation", question_kind="knowledge", answer_form="names")
    assert Result.of(talk, "answered").item().domain == "conversation"


def test_records_of_other_software_have_no_baselines_and_stop_nothing(tmp_path: Path) -> None:
    run = read_stored_run(write_run(tmp_path, [True, False]), TrivialResults())
    assert run.baselines == {}
    assert len(run.outcomes) == 2


def test_without_a_wish_for_them_none_are_made(tmp_path: Path) -> None:
    assert read_stored_run(write_run(tmp_path, [True])).baselines == {}


@pytest.mark.parametrize(
    ("name", "path", "golden"),
    [
        ("tomi", "tomi/rephrased_tomi_test_600.csv", {"real place": 300}),
        ("hitom", "hitom/hitom_dev.csv", {"first option or yes": 20, "longest option": 4, "real place": 90}),
        (
            "mmtom",
            "mmtom-qa/questions_dev.jsonl",
            {
                "first option or yes": 134,
                "denial or no": 107,
                "affirmation or yes": 153,
                "unlike the question": 135,
                "longest option": 125,
            },
        ),
        ("confaide", "confaide/confaide.jsonl", {"everything sent": 8, "nothing sent": 0}),
    ],
)
def test_what_they_reach_on_real_data(swm_data: Path, name: str, path: str, golden: dict[str, int]) -> None:
    benchmark = get_benchmark(name)
    asked = benchmark.load(swm_data / path).rows
    found = trivial_results(benchmark, asked)
    assert {rule: sum(one.is_correct is True for one in outcomes) for rule, outcomes in found.items()} == golden
