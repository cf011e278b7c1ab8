from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.symbolic.conversation import presence, present_throughout, read_transcript

MORE = "\n".join(f"{name}: And then there is point {n}." for n in range(4) for name in ("Ann", "Bo"))


def there(text: str) -> list[str]:
    """Who is there at each line, by first letters."""
    return ["".join(sorted(name[0] for name in names)) for names in presence(read_transcript(text))]


def test_whoever_speaks_without_arriving_was_there_from_the_start() -> None:
    assert there("Ann: So it is red.\nBo: Yes.\nCy: I agree with both of you.") == ["ABC", "ABC", "ABC"]


def test_whoever_is_called_by_name_is_there_before_saying_anything() -> None:
    assert there(f"Ann: What do you say, Cy?\nBo: Give him time.\n{MORE}\nCy: Hello again.")[0] == "ABC"


def test_whoever_is_called_late_is_there_from_then_on() -> None:
    assert there(f"{MORE}\nAnn: What do you say, Cy?\nCy: Yes.") == ["AB"] * 8 + ["ABC"] * 2


def test_whoever_is_only_spoken_of_is_not_there() -> None:
    assert there(f"Ann: Cy has a new dog.\n{MORE}\nCy: Hi all!")[0] == "AB"


@pytest.mark.parametrize(
    "words",
    [
        "Hello again! What did I miss?",
        "Mind if I join you?",
        "Sorry I'm late.",
        "I couldn't help but overhear you.",
        "Hey guys, I’m back.",
    ],
)
def test_whoever_arrives_with_the_first_words_was_not_there_before(words: str) -> None:
    assert there(f"Ann: So.\nBo: Yes.\nCy: {words}\nAnn: Oh.") == ["AB", "AB", "ABC", "ABC"]


def test_whoever_is_welcomed_has_come() -> None:
    assert there("Ann: So.\nBo: Yes.\nCy: Hello!\nAnn: Hi Cy!") == ["AB", "AB", "ABC", "ABC"]


def test_people_who_greet_each_other_at_the_beginning_are_both_there() -> None:
    assert there("Ann: Hi Bo!\nBo: Hello Ann, nice to meet you.") == ["AB", "AB"]


def test_whoever_is_heard_of_first_when_others_have_talked_for_a_while_has_come_then() -> None:
    assert there(f"{MORE}\nCy: I had a dog once.")[-2:] == ["AB", "ABC"]


def test_whoever_goes_hears_what_is_answered_by_name_and_no_more() -> None:
    text = (
        "Ann: I have to go, my train is here.\nBo: Bye, Ann!\nCy: Take care, Ann.\nBo: Now, Cy, the secret.\n"
        "Cy: Tell me.\nAnn: I'm back!\nBo: Welcome back."
    )
    assert there(text) == ["ABC", "ABC", "ABC", "BC", "BC", "ABC", "ABC"]


def test_the_last_words_of_somebody_who_goes_end_the_leave() -> None:
    text = "Ann: I must leave now.\nBo: Bye Ann.\nAnn: Thanks, see you!\nBo: So, Cy?\nCy: Yes."
    assert there(text) == ["ABC", "ABC", "ABC", "BC", "BC"]


def test_whoever_says_what_only_somebody_says_who_was_away_went_after_the_last_words() -> None:
    text = "Ann: I'll fetch tea.\nBo: Thanks, Ann!\nCy: The roof is down.\nBo: Oh.\nAnn: Tea, all. What did I miss?"
    assert there(text) == ["ABC", "ABC", "BC", "BC", "ABC"]


def test_a_remark_between_farewells_changes_nothing() -> None:
    text = (
        "Ann: I have to go.\nBo: Rain again.\nCy: Bye Ann!\nAnn: Bye, Bo and Cy!\nBo: So, Cy?\nCy: Yes.\nAnn: I'm back."
    )
    assert there(text) == ["ABC", "ABC", "ABC", "ABC", "BC", "BC", "ABC"]


def test_whoever_is_spoken_of_as_gone_is_not_called_by_name() -> None:
    text = "Ann: Excuse me for a moment.\nBo: While Ann is gone, tell me.\nCy: All right."
    assert there(text) == ["ABC", "BC", "BC"]


def test_a_farewell_to_somebody_else_is_none_of_ones_own() -> None:
    assert there("Ann: I have to run.\nBo: See you later, Ann.\nCy: So, Bo?\nBo: Yes?") == ["ABC", "ABC", "BC", "BC"]


def test_whoever_talks_on_has_not_left() -> None:
    assert there("Ann: I have to go soon.\nBo: Already?\nAnn: The doors are red, by the way.\nBo: Nice.") == ["AB"] * 4


def test_stage_lines_decide() -> None:
    text = "Ann: Kate?\nBo: Not yet.\n(Kate joins)\nKate: Hi\n(Bo leaves)\nAnn: So.\n(Bo returns)\nBo: Well."
    assert there(text) == ["AB", "AB", "ABK", "ABK", "ABK", "AK", "ABK", "ABK"]


def test_whoever_takes_leave_goes_when_a_stage_line_says_so() -> None:
    assert there("Ann: I have to go.\nBo: The door is red.\n(Ann leaves)\nBo: Well.\nCy: Yes.") == [
        *("ABC", "ABC", "ABC", "BC", "BC"),
    ]


def test_whoever_leaves_by_a_stage_line_first_was_there_before() -> None:
    assert there("Ann: So.\nBo: Yes.\n(Cy leaves)\nAnn: Gone.") == ["ABC", "ABC", "ABC", "AB"]


def test_present_throughout_is_whoever_misses_nothing() -> None:
    assert present_throughout(read_transcript("Ann: So.\nBo: Yes.\nCy: Mind if I join?\nAnn: Not at all.")) == {
        "Ann",
        "Bo",
    }


NAMES = st.sampled_from(["Ann", "Bo", "Cy", "Di"])
WORDS = st.sampled_from(
    ["The door is red.", "I have to go, bye!", "Hello again!", "Bye, Ann!", "Mind if I join?", "Hi Bo, hi Cy!", "Yes."]
)
LINES = st.lists(
    st.one_of(
        st.builds("{}: {}".format, NAMES, WORDS),
        st.builds("({} {})".format, NAMES, st.sampled_from(["joins", "leaves"])),
    ),
    min_size=1,
    max_size=25,
).filter(lambda lines: any(":" in line for line in lines))


@given(LINES)
def test_whoever_speaks_or_comes_is_there(lines: list[str]) -> None:
    read = read_transcript("\n".join(lines))
    for line, names in zip(read.lines, presence(read), strict=True):
        assert line.kind == "leave" or names.issuperset(line.people)


@given(LINES, st.permutations(["Ann", "Bo", "Cy", "Di"]))
def test_names_do_not_matter(lines: list[str], names: list[str]) -> None:
    other = dict(zip(["Ann", "Bo", "Cy", "Di"], names, strict=True))

    def renamed(text: str) -> str:
        return "".join(other.get(part, part) for part in re.split(r"(\W+)", text))

    text = "\n".join(lines)
    before, after = presence(read_transcript(text)), presence(read_transcript(renamed(text)))
    assert [{other[name] for name in names} for names in before] == [set(names) for names in after]


@pytest.mark.parametrize(
    "words",
    [
        "You must go to that museum!",
        "I have to go to Berlin next month.",
        "I should leave my job, I think.",
        "I will take care of the cake.",
        "I am going to take the blue one.",
    ],
)
def test_going_and_leaving_are_spoken_of_without_going(words: str) -> None:
    assert there(f"Ann: {words}\nBo: Where is it?\nCy: In Rome.\nBo: I see.") == ["ABC"] * 4


def test_whoever_has_just_come_back_and_asks_again_what_was_missed_was_there_for_the_answer() -> None:
    text = "Ann: So.\nCy: Yes.\nBo: I'm back. What did I miss?\nAnn: Tea.\nCy: Yes.\nBo: Did I miss anything else?"
    assert there(text) == ["AC", "AC", "ABC", "ABC", "ABC", "ABC"]


def test_whoever_spoke_last_is_away_where_the_next_says_so() -> None:
    text = "Ann: The doorbell.\nBo: While she's at the door, Cy, the gift?\nCy: Blue.\nAnn: Back! Only the post."
    assert there(text) == ["ABC", "BC", "BC", "ABC"]


def test_a_conversation_of_two_who_name_each_other_takes_no_time() -> None:
    text = "\n".join(f"Ann: thanks, Bo {n}\nBo: Sure, Ann, item {n} then.\nAnn: right Bo" for n in range(700))
    assert there(text) == ["AB"] * 2100
