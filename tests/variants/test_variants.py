from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.benchmarks import get_benchmark
from social_world_model.contracts import BadRow, Item
from social_world_model.errors import ConfigurationError
from social_world_model.s3ap.prose import sentences
from social_world_model.symbolic.generators import GENERATORS
from social_world_model.symbolic.story.language import read_narrative
from social_world_model.variants import VARIANTS, shuffled, variants_of, varied
from social_world_model.variants.distractors import PASTIMES, REMARKS, with_distractors
from social_world_model.variants.renaming import NAMES, new_names, people_of, rename, renamed, undone
from tests.strategies import law

SAMPLES = ("tomi", "ori_tomi", "hitom", "fantom", "confaide", "mmtom", "bigtom", "cobra_frames")
TALK = "Ann: Hello, Bo.\nBo: Hello, Ann. I have to leave now. Goodbye!\nAnn: Bye.\nCy: I just joined.\nAnn: Hi, Cy."


def items_of(name: str) -> list[Item]:
    return [row for row in get_benchmark(name).load().rows if isinstance(row, Item)]


def item(**given_: object) -> Item:
    usual: dict[str, object] = {
        "index": "1",
        "narrative": "",
        "question": "?",
        "correct_answer": "x",
        "question_kind": "belief",
    }
    return Item(**{**usual, **given_})  # type: ignore[arg-type]


@law
@given(st.lists(st.text(min_size=1), min_size=1, max_size=8, unique=True), st.integers(0, 99), st.text())
def test_shuffling_keeps_the_options_and_the_right_one(options: list[str], seed: int, index: str) -> None:
    one = item(index=index, choices=tuple(options), correct_answer=options[0])
    other = shuffled(one, seed)
    assert sorted(other.choices) == sorted(options)
    assert other.correct_answer == one.correct_answer
    assert replace(other, choices=one.choices) == one
    assert (other.choices != one.choices) is (len(options) > 1)
    assert shuffled(one, seed) == other


def test_two_options_change_places_whatever_the_seed() -> None:
    assert {shuffled(item(choices=("a", "b")), seed).choices for seed in range(9)} == {("b", "a")}


@law
@given(
    st.lists(
        st.sampled_from(["Ann", "Anna", "Al", "Zoë", "O'Neil", "Will", "李", "Mary Lou"]), min_size=1, unique=True
    ),
    st.lists(st.sampled_from(["{}", "{}'s hat", "Joann", "annals", "will", "({})", "“{}!”", "{},", "X-{}", "."])),
    st.integers(0, 9),
)
def test_new_names_are_undone_to_the_letter(people: list[str], pieces: list[str], seed: int) -> None:
    told = " ".join(piece.format(person) for piece in pieces for person in people)
    one = item(
        narrative=f"{' '.join(people)} {told}", belief_chain=tuple(people), question=told, correct_answer=people[0]
    )
    names = new_names([one], seed)
    assert len(set(names.values())) == len(names)
    other = renamed(one, names)
    assert renamed(other, undone(names)) == one
    assert not set(names) & set(re.findall(r"[^\W\d_]+", " ".join(other.belief_chain)))


@law
@given(st.sampled_from(SAMPLES), st.integers(0, 5))
def test_new_names_of_the_samples_are_undone_to_the_letter(name: str, seed: int) -> None:
    for one in items_of(name)[:8]:
        names = new_names([one], seed)
        assert renamed(renamed(one, names), undone(names)) == one
        assert not set(names.values()) & set(re.findall(r"\w+", one.narrative))


@pytest.mark.parametrize("name", SAMPLES[:-1])
def test_no_name_of_anybody_is_left_in_the_samples(name: str) -> None:
    rows = items_of(name)
    for before, after in zip(rows, varied(rows, "names-swapped"), strict=True):
        assert isinstance(after, Item)
        told = " ".join(
            [
                after.narrative,
                after.question,
                str(after.correct_answer),
                *after.choices,
                *after.belief_chain,
                after.fact,
            ]
        )
        old = {word for person in people_of([before]) for word in person.split()}
        assert old
        assert not old & set(re.findall(r"\w+", f"{told} {after.fields.get('label')} {after.fields.get('character')}"))


def test_names_are_whole_words_with_or_without_a_possessive() -> None:
    names = {"Ann": "Kai", "Bo": "Noa"}
    assert (
        rename("Ann, Anna and Joann met Bo's cat—Ann’s, too.", names) == "Kai, Anna and Joann met Noa's cat—Kai’s, too."
    )
    assert rename("Ann-Marie, D'Ann, ANN, ann", names) == "Ann-Marie, D'Ann, ANN, ann"
    assert rename("Ann:Bo (Ann) 'Bo'", names) == "Kai:Noa (Kai) 'Noa'"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Will you come? Will will.", "Will you come? Kai will."),
        ("He said: Mark my words, Mark!", "He said: Mark my words, Noa!"),
        ("Will Mark come?", "Will Noa come?"),
        ("Will left. Mark's hat.", "Kai left. Noa's hat."),
        ("Will: Hello!\nMark: Hi, Will.", "Kai: Hello!\nNoa: Hi, Kai."),
        ("Where does Will think it is?", "Where does Kai think it is?"),
    ],
)
def test_a_name_that_is_a_word_too_stays_where_it_is_only_that(text: str, wanted: str) -> None:
    assert rename(text, {"Will": "Kai", "Mark": "Noa"}) == wanted


def test_a_name_of_several_words_is_changed_word_by_word_and_titles_stay() -> None:
    told = "Dana Lee: Hello!\nDr. Voss: Hello, Dana.\nDana Lee: Good day, Dr. Voss.\nDr. Voss: Bye!"
    names = new_names([item(narrative=told, domain="conversation")])
    assert set(names) == {"Dana", "Lee", "Voss"}
    after = rename(told, names)
    assert after.startswith(f"{names['Dana']} {names['Lee']}: Hello!\nDr. {names['Voss']}: Hello, {names['Dana']}.")


def test_groups_and_callings_are_no_names() -> None:
    told = TALK + "\nEveryone: Hooray!"
    assert people_of([item(narrative=told, domain="conversation", belief_chain=("the cook",))]) == ["Ann", "Bo", "Cy"]


def test_no_new_name_stands_anywhere_in_the_items_already() -> None:
    crowd = " ".join(NAMES[:-2])
    one = item(narrative=TALK, domain="conversation", fields={"label": [crowd.upper()]})
    assert set(new_names([one]).values()) >= set(NAMES[-2:])
    assert len(set(new_names([one]).values())) == 3


def test_items_about_one_narrative_stay_about_one_narrative() -> None:
    for variant in ("names-swapped", "distractors"):
        rows = items_of("fantom")
        told: dict[str, set[str]] = {}
        for before, after in zip(rows, varied(rows, variant), strict=True):
            assert isinstance(after, Item)
            told.setdefault(before.narrative, set()).add(after.narrative)
        assert {len(narratives) for narratives in told.values()} == {1}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_part_of_a_data_set_is_varied_as_the_whole_is(name: str, variant: str) -> None:
    rows = items_of(name)
    whole, part = varied(rows, variant, 3), varied(rows[:3], variant, 3, rows)  # type: ignore[arg-type]
    assert whole[:3] == part
    assert varied(rows, variant, 3) == whole  # type: ignore[arg-type]
    assert [(row.index, row.set_id) for row in whole if isinstance(row, Item)] == [
        (row.index, row.set_id) for row in rows
    ]


def of_lines(narrative: str) -> list[str]:
    """Return the sentences of a narrative, without numbers of lines."""
    return [re.sub(r"^\d+ ", "", part) for line in narrative.split("\n") for part in sentences(line)]


def is_in_order(few: list[str], many: list[str]) -> bool:
    rest = iter(many)
    return all(one in rest for one in few)


@law
@given(st.sampled_from(SAMPLES), st.integers(0, 20))
def test_distractors_keep_every_sentence_in_its_order(name: str, seed: int) -> None:
    for one in items_of(name)[:6]:
        told = with_distractors([one], seed)
        before, after = of_lines(one.narrative), of_lines(told)
        assert is_in_order(before, after)
        assert 0 < len(after) - len(before) <= 3
        assert with_distractors([one], seed) == told


@law
@given(st.sampled_from(["tomi", "hitom"]), st.integers(0, 20))
def test_a_story_of_the_grammar_stays_one_and_numbers_of_lines_go_on(kind: str, seed: int) -> None:
    (story,) = GENERATORS[kind](1, seed)
    (one,) = list(get_benchmark(kind).items("0", dict(story.rows[0])))
    told = with_distractors([one], seed)
    assert len(read_narrative(told)) > len(read_narrative(one.narrative))
    if numbers := re.findall(r"^\d+", told, re.MULTILINE):
        assert numbers == [str(number) for number in range(1, len(numbers) + 1)]


def test_blank_lines_have_no_numbers_of_their_own() -> None:
    told = "1 Al entered the hall.\n2 The ball is in the box.\n\n3 Al left the hall.\n"
    for seed in range(20):
        after = with_distractors([item(narrative=told)], seed)
        assert after.endswith(".\n")
        numbers = [line.partition(" ")[0] for line in after.split("\n") if line]
        assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
        assert all(re.fullmatch(r"\d+ \w.*\.", line) for line in after.split("\n") if line)
        assert len(numbers) > 3


def test_nothing_is_put_between_two_sentences_about_one_thing() -> None:
    told = "Al entered the hall. The ball is in the box. The box is in the hall. Al left the hall."
    for seed in range(20):
        assert "The ball is in the box. The box is in the hall." in with_distractors([item(narrative=told)], seed)


def test_a_remark_is_made_by_somebody_who_is_there_all_the_time() -> None:
    for seed in range(20):
        one = item(narrative=TALK, domain="conversation")
        added = [line for line in with_distractors([one], seed).split("\n") if line not in TALK.split("\n")]
        assert added
        assert all(line.startswith("Ann: ") and line.removeprefix("Ann: ") in REMARKS.values() for line in added)


def test_a_remark_is_put_before_a_name_or_a_stage_line_and_never_inside_an_utterance() -> None:
    told = (
        "Ann: Let me list it for you.\n- bring the cake\n- and the cups\n\nThat is all.\n"
        "Bo: I see.\n(Cy joined.)\nCy: Hello!\r\nAnn: Bye.\n"
    )
    lines = told.splitlines()
    for seed in range(40):
        after = with_distractors([item(narrative=told, domain="conversation")], seed)
        assert after.endswith("\nAnn: Bye.\n")
        said = after.splitlines()
        assert said[:5] == lines[:5]
        assert [line for line in said if line in lines] == lines
        assert len(said) == len(lines) + 3


def test_where_nobody_is_there_all_the_time_a_conversation_stays_as_it_is() -> None:
    one = item(narrative="No transcript at all", domain="conversation")
    assert with_distractors([one]) == one.narrative


def test_nothing_is_added_that_a_question_speaks_of() -> None:
    asked = item(
        narrative=TALK, domain="conversation", question="Is it raining? Is it warm, or sunny? Are there clouds?"
    )
    told = " ".join(with_distractors([asked], seed) for seed in range(20)).removeprefix(TALK)
    assert not [word for word in ("raining", "warm", "sunny", "clouds") if word in told]
    quiet = item(narrative="The situation: somebody speaks.", question=" ".join(PASTIMES))
    assert with_distractors([quiet]) == quiet.narrative


def test_a_household_gets_a_thing_in_a_room_that_nobody_asks_about_or_walks_through() -> None:
    flat = "What's inside the apartment: The apartment has a kitchen, a bedroom, and a hall. \n"
    rooms = "In the kitchen, there is a fridge. \nThe bedroom has a bed. \nThe hall has a shelf. \n"
    walk = "Actions taken by Olga: Olga is in the hall. She walks to the kitchen."
    told = with_distractors([item(narrative=flat + rooms + walk, domain="household", question="Is there a vase?")])
    (added,) = [line for line in told.split("\n") if line not in (flat + rooms + walk).split("\n")]
    assert re.fullmatch(r"The bedroom has a bed\. There is also an? \w+ in the bedroom\. ", added)
    assert "vase" not in added


def test_rooms_are_known_in_any_wording_that_the_model_reads_and_wrapped_lines_stay_whole() -> None:
    flat = "My home has a kitchen, a bedroom, and a hall.\nThe kitchen has a fridge.\nIn the bedroom there is\na bed.\n"
    walk = "Actions taken by Olga: Olga is in the hall. She walks to the kitchen and opens the fridge."
    one = item(narrative=flat + walk, domain="household", question="Is there a plate?")
    assert with_distractors([one]) == one.narrative
    other = replace(one, narrative=one.narrative.replace("is\na bed", "is a bed"))
    assert re.search(r"there is a bed\. There is also an? \w+ in the bedroom\.\nActions", with_distractors([other]))


def test_how_options_are_shuffled_is_a_matter_of_the_question_and_not_of_its_number() -> None:
    one = item(choices=tuple("abcdef"), narrative="A story.")
    assert {shuffled(replace(one, index=str(number))).choices for number in range(9)} == {shuffled(one).choices}
    assert len({shuffled(replace(one, question=str(number))).choices for number in range(9)}) > 1


def test_rows_that_cannot_be_used_stay_what_they_are() -> None:
    bad = BadRow(index="9", message="row 9: nothing")
    for variant in VARIANTS:
        assert varied([bad, *items_of("hitom")[:1]], variant)[0] is bad


def test_variants_are_those_that_there_are() -> None:
    assert variants_of(["distractors", "distractors"]) == ["distractors"]
    with pytest.raises(ConfigurationError, match=r"one of options-shuffled, names-swapped, distractors; got 'nope'"):
        variants_of(["nope"])


def test_real_stories_stay_readable(swm_data: Path) -> None:
    rows = get_benchmark("tomi").load(swm_data / "tomi" / "rephrased_tomi_test_600.csv").rows
    for variant in ("names-swapped", "distractors"):
        for row in varied(rows[:100], variant, 1):
            assert isinstance(row, Item)
            assert read_narrative(row.narrative)
