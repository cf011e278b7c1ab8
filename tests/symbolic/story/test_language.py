from __future__ import annotations

import pytest

from social_world_model.errors import NarrativeError
from social_world_model.symbolic.story.clauses import (
    Attitude,
    Clause,
    Contained,
    Enter,
    Exit,
    Move,
    Private,
    Question,
    Report,
    Stay,
    Whereabouts,
    key,
)
from social_world_model.symbolic.story.language import read_clause, read_narrative, read_question

SENTENCES: dict[str, Clause] = {
    "Ann entered the hall": Enter(("Ann",), "hall"),
    "Ann, Bo and Cy entered the front_yard.": Enter(("Ann", "Bo", "Cy"), "front_yard"),
    "Ann came by the living room.": Enter(("Ann",), "living room"),
    "Mary Ann Smith showed up at the TV_room.": Enter(("Mary Ann Smith",), "TV_room"),
    "Dr. Lee and Jean-Luc O'Neil went into the hall.": Enter(("Dr. Lee", "Jean-Luc O'Neil"), "hall"),
    "José returned to the hall.": Enter(("José",), "hall"),
    "Roland took off from the hall.": Exit(("Roland",), "hall"),
    "Ann quit the pantry.": Exit(("Ann",), "pantry"),
    "Ann made no movements and stayed in the hall for 1 minute.": Stay(("Ann",), "hall"),
    "Ann is to be found in the hall.": Whereabouts(("Ann",), "hall"),
    "Sally and Anne are in the playroom.": Whereabouts(("Sally", "Anne"), "playroom"),
    "The master holds Lucas.": Whereabouts(("Lucas",), "master"),
    "Then Ann enters the hall again.": Enter(("Ann",), "hall"),
    "Player 1 and Player 2 enter the hall.": Enter(("Player 1", "Player 2"), "hall"),
    "Ann comes back.": Enter(("Ann",), None),
    "After that, Ann and Bo leave.": Exit(("Ann", "Bo"), None),
    "Ann moves the pea from the box to the jar.": Move(("Ann",), "pea", "jar"),
    "Ann takes the pea out of the box and puts it in the jar.": Move(("Ann",), "pea", "jar"),
    "Ann puts her pea back on the table.": Move(("Ann",), "pea", "table", "on"),
    "Ann and Bo carry the pea to the box.": Move(("Ann", "Bo"), "pea", "box"),
    "The pea is on the table.": Contained("pea", "table", "on"),
    "Ann told Bo the pea is in the box.": Report("Ann", "Bo", "pea", "box"),
    "The back holds Ann.": Whereabouts(("Ann",), "back"),
    "The hall shelters Ann.": Whereabouts(("Ann",), "hall"),
    "Ann stowed the pea in the red_box.": Move(("Ann",), "pea", "red_box"),
    "Ann shoved the t - shirt into the box.": Move(("Ann",), "t-shirt", "box"),
    "The pea is set upon in the box.": Contained("pea", "box"),
    "The box is safeguarding the pea inside of it.": Contained("pea", "box"),
    "The box has a pea in it.": Contained("pea", "box"),
    "The box is where the pea is.": Contained("pea", "box"),
    "Inside the box is an onion.": Contained("onion", "box"),
    "There is a pea in the treasure chest.": Contained("pea", "treasure chest"),
    "A pea is in the box.": Contained("pea", "box"),
    "Ann likes the pea.": Attitude(("Ann",)),
    "Ann is a pea fiend.": Attitude(("Ann",)),
    "Ann is a t-shirt-aholic.": Attitude(("Ann",)),
    "Ann is t-shirt-obsessed.": Attitude(("Ann",)),
    "Ann is pea crazy.": Attitude(("Ann",)),
    "Ann is crazy about the pea.": Attitude(("Ann",)),
    "Ann has a bad case of pea fever.": Attitude(("Ann",)),
    "Ann hates peas.": Attitude(("Ann",)),
    "The pea turns Ann's stomach.": Attitude(("Ann",)),
    "The pea is abhorrent to Ann.": Attitude(("Ann",)),
    "Ann saw a dog.": Private(("Ann",)),
    "Ann lost his watch.": Private(("Ann",)),
    "Ann privately told Bo that the pea is in the box.": Report("Ann", "Bo", "pea", "box"),
    "Ann publicly claimed that pea is in the box.": Report("Ann", None, "pea", "box"),
    "Ann publicly claimed that the pea is in the box now.": Report("Ann", None, "pea", "box"),
}


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_says_what_it_says(text: str) -> None:
    assert read_clause(text) == SENTENCES[text]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ann sang.",
        "Ann entered.",
        "entered the hall",
        "Ann moved the pea.",
        "Ann likes",
        "The pea is the box.",
        "?",
    ],
)
def test_anything_else_is_not_understood(text: str) -> None:
    assert read_clause(text) is None


QUESTIONS = {
    "Where is the pea really?": Question("reality", "pea"),
    "Where is the pea?": Question("reality", "pea"),
    "Where was the t - shirt at the beginning?": Question("beginning", "t-shirt"),
    "Where will Ann look for the pea?": Question("belief", "pea", ("Ann",)),
    "Where does Ann really think the pea is?": Question("belief", "pea", ("Ann",)),
    "Where does Ann think that Bo searches for the pea?": Question("belief", "pea", ("Ann", "Bo")),
    "Where does Ann think Bo thinks Cy thinks Di thinks the pea is?": Question(
        "belief", "pea", ("Ann", "Bo", "Cy", "Di")
    ),
    "Where does Ann believe Bo will look for the pea?": Question("belief", "pea", ("Ann", "Bo")),
}


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_asks_what_it_asks(text: str) -> None:
    assert read_question(text) == QUESTIONS[text]


@pytest.mark.parametrize("text", ["", "Why?", "What does Ann think?", "Where is Ann thinks?", "Where will Ann look?"])
def test_another_question_is_not_understood(text: str) -> None:
    assert read_question(text) is None


def test_numbered_lines_chapter_marks_and_blank_lines_are_read() -> None:
    narrative = "1 Ann entered the hall.\n\n***\n2 Ann exited the hall.\n"
    assert [sentence.text for sentence in read_narrative(narrative)] == [
        "Ann entered the hall.",
        "Ann exited the hall.",
    ]


def test_several_sentences_may_share_a_line() -> None:
    assert len(read_narrative("Ann entered the hall. The pea is in the box. Dr. Lee entered the hall.")) == 3


def test_a_sentence_outside_the_grammar_is_named_with_its_number() -> None:
    with pytest.raises(
        NarrativeError,
        match=r"sentence 2 'Ann danced the tango\.': expected .* cannot be read from 'danced the tango' on",
    ) as caught:
        read_narrative("Ann entered the hall. Ann danced the tango. Ann exited the hall.")
    assert caught.value.number == 2
    assert caught.value.sentence == "Ann danced the tango."


@pytest.mark.parametrize("narrative", ["", "  \n\n", "***"])
def test_a_narrative_without_sentences_is_a_narrative_error(narrative: str) -> None:
    with pytest.raises(NarrativeError, match="at least one sentence"):
        read_narrative(narrative)


def test_underscores_case_and_hyphens_do_not_make_another_thing() -> None:
    assert key("Treasure_Chest") == key("treasure chest")
    assert key("T-shirt") == key("t - shirt")
    assert key("box") != key("red box")


def test_what_follows_the_actors_is_the_predicate() -> None:
    sentences = read_narrative("Ann and Bo entered the hall.\nThe pea turns Ann's stomach.\nAnn likes the pea.")
    assert [sentence.predicate for sentence in sentences] == [
        "entered the hall",
        "The pea turns Ann's stomach",
        "likes the pea",
    ]


def test_what_may_be_another_kind_of_text_is_told_how_these_are_recognised() -> None:
    with pytest.raises(NarrativeError, match=r"at least two lines with a name before a colon"):
        read_narrative("Ann: Hi there.")
