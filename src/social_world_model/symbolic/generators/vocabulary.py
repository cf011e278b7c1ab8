"""The vocabulary of generated stories, written for this project.

Stories are unambiguous: no word is both a container and a room, and no room name begins with another room name. Some
names have two words. The container "treasure_chest" ends with the name of another container, "chest". Scorers must
distinguish such names.
"""

from __future__ import annotations

HER_NAMES = (
    "Agnes", "Beatrix", "Carmen", "Dorothea", "Esther", "Freya", "Greta", "Helena", "Ingrid", "Judith",
    "Katarina", "Leona", "Mirjam", "Nadia", "Odette", "Paloma", "Renate", "Saskia", "Tamara", "Yasmin",
)  # fmt: skip
HIS_NAMES = (
    "Anton", "Boris", "Cedric", "Dimitri", "Emil", "Felix", "Gustav", "Hugo", "Ivan", "Jonas",
    "Kamal", "Lorenz", "Marek", "Nils", "Oskar", "Pavel", "Ruben", "Stefan", "Tobias", "Victor",
)  # fmt: skip
NAMES = HER_NAMES + HIS_NAMES

ROOMS = (
    "attic", "basement", "bedroom", "boathouse", "cellar", "chapel", "conservatory", "corridor", "den",
    "front_yard", "gallery", "garage", "greenhouse", "kitchen", "laundry_room", "library", "lobby", "music_room",
    "nursery", "observatory", "office", "patio", "playroom", "storeroom", "workshop",
)  # fmt: skip
WAITING_ROOM = "waiting_room"

CONTAINERS = (
    "barrel", "basket", "bin", "box", "bucket", "cabinet", "chest", "crate", "drawer", "hamper", "jar", "locker",
    "suitcase", "treasure_chest", "trunk",
)  # fmt: skip
COLOURS = ("red", "green", "blue")
COLOURED_CONTAINERS = tuple(f"{colour}_{container}" for colour in COLOURS for container in CONTAINERS)

# All nouns are countable, and "an" is correct before every initial vowel.
OBJECTS = (
    "alarm_clock", "apple", "apricot", "artichoke", "atlas", "avocado", "ball", "belt", "candle", "cap", "carrot",
    "coin", "compass", "cucumber", "drum", "eggplant", "flute", "glove", "hammer", "jacket", "kettle", "kite",
    "lantern", "lemon", "map", "marble", "medal", "melon", "mirror", "mitten", "notebook", "onion", "peach", "plum",
    "postcard", "pumpkin", "puppet", "radish", "scarf", "slipper", "sock", "sweater", "t-shirt", "teapot",
    "tennis_ball", "turnip", "umbrella", "violin", "wallet", "whistle",
)  # fmt: skip

ANIMALS = ("badger", "cat", "dog", "hedgehog", "mouse", "owl", "parrot", "squirrel")
BELONGINGS = ("bracelet", "gloves", "keys", "phone", "ticket", "watch")


def possessive(name: str) -> str:
    """Return the possessive pronoun for a first name of this vocabulary.

    >>> possessive("Agnes"), possessive("Hugo")
    ('her', 'his')
    """
    return "her" if name in HER_NAMES else "his"


def with_article(noun: str) -> str:
    """Return a noun with its indefinite article.

    >>> with_article("onion"), with_article("kite")
    ('an onion', 'a kite')
    """
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
