"""Paraphrases of the sentences of ToMi-like stories, as in paraphrased ToMi (Sap et al. 2022)."""

from __future__ import annotations

from types import MappingProxyType

from social_world_model.symbolic.generators.dice import Dice
from social_world_model.symbolic.generators.vocabulary import with_article

_ENTERS = (
    "approached", "arrived at", "arrived in", "bounded into", "came by", "came into", "came to", "crept into",
    "entered", "leapt into", "showed up at", "shuffled into", "sidled into", "slithered into", "stepped into",
    "tiptoed into", "visited", "walked into", "went into", "went to",
)  # fmt: skip
_EXITS = (
    "bolted from", "came out of", "crawled from", "crept from", "departed", "emerged from", "exited", "flew from",
    "hurried from", "jogged from", "left", "quit", "ran from", "sprinted from", "stepped out of", "took off from",
    "tiptoed from", "walked out of", "went out of",
)  # fmt: skip
_MOVES = (
    ("brought", "to"), ("carried", "to"), ("conveyed", "to"), ("hid", "in"), ("led", "to"), ("moved", "to"),
    ("placed", "in"), ("pushed", "to"), ("put", "in"), ("relocated", "to"), ("set", "in"), ("shifted", "to"),
    ("shoved", "into"), ("stored", "in"), ("stowed", "in"), ("took", "to"), ("transferred", "to"),
    ("transported", "to"),
)  # fmt: skip
_LYING = (
    "deposited in", "found in", "in", "inside", "kept in", "laid in", "located in", "placed in", "positioned in",
    "put in", "put to rest in", "rested in", "set in", "set aside in", "set to rest in", "set upon in",
    "situated in", "stationed in", "stored in", "stowed in", "within",
)  # fmt: skip
_HOLDING = ("holding", "keeping", "safeguarding", "storing")
_BEING = ("contained in", "in", "inside", "located in", "present in", "situated in", "to be found in")
_FEELS = (
    "can't stand", "despises", "detests", "dislikes", "hates", "likes", "loathes", "loves",
    "is always thirsty for", "is annoyed by", "is besotted with", "is bothered by", "is captivated by",
    "is charmed by", "is concerned by", "is crazy about", "is crazy for", "is disconcerted by", "is discouraged by",
    "is disgusted by", "is disheartened by", "is disquieted by", "is eager for", "is enamored with",
    "is enthusiastic about", "is entranced by", "is fascinated by", "is fond of", "is grieved by",
    "is horrified by", "is in love with", "is infatuated with", "is irritated by", "is keen on", "is mad about",
    "is nuts about", "is offended by", "is pained by", "is repelled by", "is revolted by", "is scandalized by",
    "is shocked by", "is smitten with", "is sorrowful by", "is spellbound by", "is taken with", "is terrified by",
    "is troubled by", "is vexed by", "is wild about",
)  # fmt: skip
_UPSETS = (
    "horrifies", "is abhorrent to", "nauseates", "offends", "repulses", "revolts", "scandalizes", "shocks",
    "sickens", "terrifies",
)  # fmt: skip

WORDINGS = MappingProxyType(
    {
        "enter": tuple(f"{{agent}} {verb} the {{room}}." for verb in _ENTERS),
        "exit": tuple(f"{{agent}} {verb} the {{room}}." for verb in _EXITS),
        "whereabouts": (
            *(f"{{agent}} is {being} the {{room}}." for being in _BEING),
            "The {room} holds {agent}.",
            "The {room} shelters {agent}.",
        ),
        "move": tuple(f"{{agent}} {verb} the {{thing}} {where} the {{place}}." for verb, where in _MOVES),
        "contained": (
            *(f"The {{inner}} is {lying} the {{outer}}." for lying in _LYING),
            *(f"The {{outer}} is {verb} the {{inner}}." for verb in _HOLDING),
            *(
                f"The {{outer}} is {verb} the {{inner}} inside of it."
                for verb in ("keeping", "safeguarding", "storing")
            ),
            "The {outer} is holding the {inner} within it.",
            "The {outer} contains the {inner}.",
            "The {outer} has the {inner}.",
            "The {outer} has the {inner} inside of it.",
            "The {outer} has the {inner} within it.",
            "The {outer} is where the {inner} is.",
            "The {outer} has {an_inner} in it.",
            "Inside the {outer} is {an_inner}.",
            "There is {an_inner} in the {outer}.",
            "{An_inner} is in the {outer}.",
        ),
        "attitude": (
            *(f"{{agent}} {feels} the {{thing}}." for feels in _FEELS),
            *(f"The {{thing}} {upsets} {{agent}}." for upsets in _UPSETS),
            "The {thing} turns {agent}'s stomach.",
            "{agent} has a bad case of {thing} fever.",
            "{agent} is {an_thing} fiend.",
            "{agent} is {an_thing} maniac.",
            "{agent} is {an_thing}-aholic.",
            "{agent} is {thing} crazy.",
            "{agent} is {thing}-crazed.",
            "{agent} is {thing}-obsessed.",
            "{agent} is never seen without {an_thing}.",
            "{agent} would do anything for {an_thing}.",
        ),
    }
)
"""All wordings of each kind of sentence, with placeholders for names and nouns."""

CANONICAL = MappingProxyType(
    {
        "enter": "{agent} entered the {room}.",
        "exit": "{agent} exited the {room}.",
        "whereabouts": "{agent} is in the {room}.",
        "move": "{agent} moved the {thing} to the {place}.",
        "contained": "The {inner} is in the {outer}.",
        "attitude": "{agent} likes the {thing}.",
    }
)
"""The wording of each kind of sentence in the original ToMi."""


def worded(dice: Dice, kind: str, *, canonical: bool = False, **slots: str) -> str:
    """Return a sentence of the given kind in a random wording.

    Parameters
    ----------
    dice
        Source of randomness. One random number is used even if ``canonical`` is true, so both variants tell the same
        story.
    kind
        Kind of sentence, a key of `WORDINGS`.
    canonical
        True uses the wording of the original ToMi.
    slots
        Names and nouns that replace the placeholders.

    Examples
    --------
    >>> filled("{agent} is {an_thing} fiend.", agent="Hugo", thing="onion")
    'Hugo is an onion fiend.'
    """
    wording = dice.pick(WORDINGS[kind])
    return filled(CANONICAL[kind] if canonical else wording, **slots)


def filled(wording: str, **slots: str) -> str:
    """Fill the placeholders of a wording.

    Parameters
    ----------
    wording
        Text with placeholders. ``{an_NAME}`` and ``{An_NAME}`` add an indefinite article.
    slots
        Names and nouns that replace the placeholders.
    """
    articles = {f"an_{name}": with_article(noun) for name, noun in slots.items()}
    capitals = {f"An_{name}": with_article(noun).capitalize() for name, noun in slots.items()}
    return wording.format(**slots, **articles, **capitals)
