from __future__ import annotations

import pytest
from hypothesis import given

from social_world_model.s3ap.alignment import named, tells_of, words_of
from social_world_model.s3ap.prose import sentences
from tests.strategies import HOSTILE_NAMES, words


@given(words, words)
def test_sentences_lose_no_letter(first: str, second: str) -> None:
    text = f"{first} {second}"

    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ann waves. Bob nods!", ["Ann waves.", "Bob nods!"]),
        ("Dr. Lee and J. Doe wait. Then go.", ["Dr. Lee and J. Doe wait.", "Then go."]),
        ('He says "No. Never." She laughs.', ['He says "No. Never."', "She laughs."]),
        ("He says “No. Never.” She laughs.", ["He says “No. Never.”", "She laughs."]),
        ("No end", ["No end"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


@pytest.mark.parametrize(
    ("account", "event"),
    [
        ("Sees Anne move the ball.", "Anne moves the ball"),
        ("I hear that Max has a garden.", "Max says: 'My street is quiet and number nine has a garden.'"),
        ("The balls were moved by Bob.", "Bob moved the ball"),
    ],
)
def test_an_account_in_other_words_fits_its_event(account: str, event: str) -> None:
    assert tells_of(account, event) > 0 or tells_of(account, event, ["Max"]) > 0


@pytest.mark.parametrize(
    ("account", "event"),
    [
        ("The ball is in the box.", "The ball is in the basket."),
        ("The ball is not in the box.", "The ball is in the box."),
        ("The ball isn't in the box.", "The ball is in the box."),
        ("Ann moves the ball.", "Anne moves the ball"),
        ("Ann moves the ball.", "Ann: the elder moves the ball"),
        ("Lee moves the ball.", "Dr. Lee moves the ball"),
        ("Roland moves the ball.", "Roland and Smith moves the ball"),
    ],
)
def test_an_account_of_something_else_fits_not(account: str, event: str) -> None:
    cast = ["Ann", "Anne", "Ann: the elder", "Lee", "Dr. Lee", "Roland", "Roland and Smith"]

    assert tells_of(account, event, cast) == 0


@given(words, words)
def test_a_fit_is_a_score_between_nothing_and_one(account: str, event: str) -> None:
    assert 0 <= tells_of(account, event, HOSTILE_NAMES) <= 1


@pytest.mark.parametrize("name", [name for name in HOSTILE_NAMES if name[0].isalnum() and name[-1].isalnum()])
def test_a_hostile_name_is_found_and_only_as_a_whole(name: str) -> None:
    assert named(f"So {name} waves.", HOSTILE_NAMES) == {name}
    assert name not in named(f"So x{name}x waves.", HOSTILE_NAMES)


def test_nobody_is_named_where_the_cast_is_empty_or_has_no_letters() -> None:
    assert named("Ann waves", []) == set()
    assert named("Ann waves", [""]) == set()


def test_empty_words_count_where_there_are_no_others() -> None:
    assert words_of("It is there").content == {"it", "is", "there"}


def test_a_name_alone_is_no_account_of_what_its_bearer_did() -> None:
    assert tells_of("Sees Sally.", "Sally leaves the playroom") == 0
    assert tells_of("Sally waves.", "Sally waves") == 1


def test_who_does_it_to_whom_is_part_of_what_happened() -> None:
    cast = ["Ann", "Bob"]
    assert tells_of("Ann gives Bob the key.", "Ann gives Bob the key", cast) == 1
    assert tells_of("Bob gives Ann the key.", "Ann gives Bob the key", cast) == 0
