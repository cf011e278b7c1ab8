"""One game of each kind, worked out by hand, turn by turn."""

from __future__ import annotations

import asyncio

from social_world_model.interaction import Considered
from tests.scenarios.episodes import Played, foresee, game, main_person, play


def planned(name: str, seed: int, horizon: int) -> Played:
    played = game(name)
    return asyncio.run(play(played, seed, {main_person(played): foresee(played, seed, horizon)}))


def texts(played: Played) -> list[list[str]]:
    """Return the sentences of each turn: first the facts at its beginning, then the acts."""
    return [[one.text for one in (*turn.facts, *turn.acts)] for turn in played.record.turns]


def considered(played: Played, person: str, turn: int) -> dict[str, Considered]:
    own = [decision for name, decision in played.decisions if name == person]
    return {one.act.text: one for one in own[turn - 1].considered}


def test_stash_seed_15() -> None:
    """Sally is away in turns 2, 4 and 6. She finds out about a move in turn 2 or 4, so Anne waits for turn 6."""
    stash = game("stash")
    assert stash.start(15)[0]["present"] == [True, False, True, False, True, False]
    played = planned("stash", 15, 7)
    assert texts(played) == [
        # Sally is there and would see a move.
        ["Anne and Sally are in the playroom.", "The ball is in the red box.", "Anne stays in the playroom."],
        # Sally is away, but she comes back in turn 3 and opens boxes until she finds the ball.
        ["Sally exits the playroom.", "Anne stays in the playroom."],
        # Sally names the box of her belief, and opens it.
        [
            "Sally enters the playroom.",
            "Anne stays in the playroom.",
            "Sally publicly claims that the ball is in the red box.",
        ],
        ["The ball is in the red box.", "Sally exits the playroom.", "Anne stays in the playroom."],
        [
            "Sally enters the playroom.",
            "Anne stays in the playroom.",
            "Sally publicly claims that the ball is in the red box.",
        ],
        # Sally does not come back before the end.
        ["The ball is in the red box.", "Sally exits the playroom.", "Anne moves the ball to the blue box."],
        # Sally looks where she saw the ball last.
        ["Sally enters the playroom.", "Sally publicly claims that the ball is in the red box."],
        ["The ball is in the blue box."],
    ]
    assert played.goal(stash, "Anne") == 10 - 1
    assert played.goal(stash, "Sally") == 0
    # A move in turn 2 costs a point and gains nothing: Sally finds the ball in turn 3 and believes what she saw.
    in_turn_2 = considered(played, "Anne", 2)
    assert {act: one.value for act, one in in_turn_2.items()} == {
        "stays in the playroom": 9.0,
        "moves the ball to the blue box": 8.0,
        "moves the ball to the green box": 8.0,
    }
    (future,) = in_turn_2["moves the ball to the green box"].replies
    boxes = ("red box", "green box", "green box")
    assert [(reply.by, reply.mind) for reply in future] == [("Sally", f"The ball is in the {box}.") for box in boxes]


def test_errand_seed_15() -> None:
    """Ben is with Mia in turn 1, but so is Cara. She meets Ben again, so Mia must not whisper before her eyes."""
    errand = game("errand")
    state, _ = errand.start(15)
    assert (state["mia"], state["ben"], state["cara"]) == (
        "hall",
        ["hall", "garden", "garden", "hall", "hall", "hall"],
        ["hall", "hall", "garden", "hall", "garden", "kitchen"],
    )
    played = planned("errand", 15, 6)
    first = considered(played, "Mia", 1)
    told = [one for text, one in first.items() if text == "The cake is in the cellar."]
    assert [one.value for one in told] == [0.0]
    whisper = next(one for one in played.decisions[0][1].considered if one.act.to == ("Ben",))
    # Cara would wonder, and would ask in turn 3, when she is in the garden with Ben.
    assert whisper.value == 0.0
    assert any(
        (reply.mind, reply.act.text) == ("Ben knows something that I do not know.", "Where is the cake?")
        for reply in whisper.replies[0]
    )
    # In turn 4, Cara is there again and sees the whisper, but she does not meet Ben in turns 5 and 6.
    assert texts(played)[3:5] == [
        [
            "Ben goes to the hall.",
            "Cara goes to the hall.",
            "Mia privately tells Ben that the cake is in the cellar.",
            "Cara stays in the hall.",
        ],
        ["Mia whispers to Ben.", "Cara goes to the garden.", "Mia stays in the hall."],
    ]
    assert errand.mind("Cara", played.record.seen("Cara")) == "Ben knows something that I do not know."
    assert played.goal(errand, "Mia") == 10
    assert played.goal(errand, "Cara") == 0
    # With a horizon of one act, Mia cannot foresee the question, and whispers in turn 1.
    short = planned("errand", 15, 1)
    assert texts(short)[0][-2:] == [
        "Mia privately tells Ben that the cake is in the cellar.",
        "Cara stays in the hall.",
    ]
    assert "Cara asks Ben about the cake." in texts(short)[2]
    assert "Ben tells Cara that the cake is in the cellar." in texts(short)[2]
    assert short.goal(errand, "Mia") == 0


def test_bargain_seed_7() -> None:
    """The seller has the lowest price 50 and the pace 1: his prices are 91.7, 83.3, 75, 66.7, 58.3 and 50."""
    bargain = game("bargain")
    assert (bargain.start(7)[0]["reserve"], bargain.start(7)[0]["pace"]) == (50, 1.0)
    played = planned("bargain", 7, 6)
    offers = [text for turn in texts(played) for text in turn if text.startswith("Bea")]
    # Nobody sells for 20 before the last round, so the first two offers only wait. 50 in round 3 and 4 would win
    # against a seller with a low price and pace 2. 65 is at least 58.3, so Sam accepts it in round 5.
    assert offers == [f'Bea says: "I offer {offer}."' for offer in (20, 20, 50, 50, 65)]
    assert texts(played)[-2] == ['Sam says: "I accept."']
    # The gain is 100 - 65 - 4 * 5 = 15. The best gain against Sam is 100 - 50 - 4 * 6 = 26, in round 6.
    assert played.goal(bargain, "Bea") == 10 * 15 / 26
    assert played.goal(bargain, "Sam") == 10 * (65 - 50) / (100 - 50)
