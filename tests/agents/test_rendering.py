"""Observations as text."""

from __future__ import annotations

from social_world_model.agents.rendering import act_text, observation_text
from social_world_model.interaction import Act
from tests.agents.observations import MOVES, observation

TEXT = """\
You are Ann. Other people: Bob, Cleo.

Situation:
- People meet at a sale. It rains.

Only you know this:
- My age: 30
- My secret: debts

Your goal:
- Sell the lamp

What you know about the other people:
- Bob: Age: 40

What you remember:
- Bob says: "Hi"

New since your last turn:
- Bob says: "Hi"

This is turn 2. Turns after this one: 18.

Available acts:
- speak: say something
- non-verbal: show something with face or body, such as a nod
- action: do something
- leave: leave, and take no further part
- none: do nothing in this turn"""


def test_an_observation_is_written_with_all_that_the_person_knows() -> None:
    assert observation_text(observation()) == TEXT


def test_news_that_is_only_a_part_of_the_situation_stays() -> None:
    text = observation_text(observation(news=("It rains.", "People meet at a sale. It rains.")))
    assert "New since your last turn:\n- It rains.\n\n" in text


def test_listed_acts_have_numbers_and_a_refusal_is_named() -> None:
    text = observation_text(observation(available=MOVES, problem="the box is locked"))
    assert "Available acts:\n- 1. moves the ball to the red box\n- 2. does nothing\n" in text
    assert text.endswith("Your last act was refused: the box is locked. Choose another act.")


def test_an_act_in_words_names_the_only_people_who_perceive_it() -> None:
    assert act_text(Act(kind="speak", text="Hi", to=("Bob",))) == 'says to Bob: "Hi"'
    assert act_text(Act(kind="action", text="winks", to=("Bob", "Cleo"))) == "winks (only Bob, Cleo perceives this)"
