"""The English that is read of households: every table of words, and nothing else.

A word in no table is taken for a part of a noun, so furniture and things need no list: new ones are taken in by
the shape of the sentence. The few nouns here have several names, or say whether one sees what lies there.
"""

from __future__ import annotations

from typing import Final

# ---------------------------------------------------------------- verbs of a walk, in their base form

GO: Final = """
    go walk proceed stride approach head move advance navigate return amble transition wander stroll step run
    rush continue progress travel hurry turn reach enter come saunter march cross back stop halt make-way
""".split()  # noqa: SIM905 - a list of words reads better as words
OPEN: Final = ("open", "unlatch", "unseal")
CLOSE: Final = ("close", "shut", "seal", "secure", "reclose")
AGAIN: Final = ("repeat", "same")
"""What was done to the last place is done to others: "does the same with the fridge"."""
PASS: Final = ("pass", "ignore", "skip", "bypass")
LEAVE: Final = ("leave", "exit", "depart")
LOOK: Final = ("look", "peek", "peer", "check", "inspect", "examine", "search", "rummage")
"""Whoever looks into a place has opened it."""
NOT: Final = ("without", "not", "never", "neither", "nor", "no")
"""Besides, any word that ends in -n't. In a description they leave too much open: such a sentence is not read."""

IRREGULAR: Final = {
    "went": "go",
    "gone": "go",
    "ran": "run",
    "strode": "stride",
    "came": "come",
    "shut": "shut",
    "found": "find",
    "kept": "keep",
    "left": "leave",
    "stood": "stand",
    "lay": "lie",
    "lying": "lie",
    "sat": "sit",
    "held": "hold",
    "hid": "hide",
    "hidden": "hide",
    "bore": "bear",
    "strewn": "scatter",
}
PHRASES: Final = {
    r"\b(?:makes|make|making|made) (?:his|her|their|its) way\b": "make-way",
    r"\bcan be (?:found|seen|spotted|located)\b": "is placed",
    r"\bmak(?:es|ing) a beeline\b": "goes",
    r"\b(?:no|any|not any) (?:items?|things?|objects?|contents|furniture)\b": "nothing",
    r"\b(?:she|he|they)['’](?:s|re)\b": "she is",
    r"\bthe (?:doors?|handle|lid) (?:of|to|on) the\b": "the",
    r"(?<=\w) (?:doors?|handle|lid)\b": "",
    r"\bthe (?:remaining|rest of the)\b": "the other",
    r"\bthe (?:rest|others)\b": "the other ones",
    r"\ba (?:couple|pair) of\b": "two",
    r"\bon the other hand\b": "",
    r"\bone after (?:another|the other)\b": "",
    r"\bleftmost\b": "first",
    r"\b(?:rightmost|from (?:the )?right(?: to (?:the )?left)?)\b": "not",
    r"\b(?:is|are) home to\b": "contains",
    r"\b(?:you'll|you’ll|you will|you can|one can|one will) (?:find|see)\b": "there is",
    r"\bthere['’]s\b": "there is",
    r"\bis on the other\b": "is on the other one",
    r"\bon top of\b": "on",
    r"\bin front of\b": "towards",
    r"\bin the direction of\b": "towards",
    r"\bas well as\b": "and",
    r"\balong with\b": "and",
    r"\btogether with\b": "and",
    r"\band also\b": "and",
    r"\bwith the exception of\b": "except",
    r"\bapart from\b": "except",
    r"\bexcept for\b": "except",
    r"\bthe (?:latter|former) of which\b": "which",
    r"\b(?:first of all|at first|once more|in turn|one by one|in that order|in succession|of all)\b": "",
    r",? ?\(?\b(?:counting |seen |going |numbered )?from (?:the )?left(?: to (?:the )?right)?\b\)?": "",
    r"\bon the verge of\b": "about to",
    r"\b(?:prepares|prepared|preparing|prepare|ready|readies|readying|getting ready|intends|intending|poised)"
    r"(?: (?:himself|herself|themselves))?(?: to| for)?\b": "about to",
    r"\b(?:reaches|reaching) (?:out )?to (?=open)": "about to ",
    r"\bthe (?=(?:apartment|flat|house|home)\b)": "the apartment ",
    r"(?<=[a-z])['’]s\b": "",
}
"""Turns of phrase that are put into plainer words before a sentence is read."""

# ---------------------------------------------------------------- words of a description

HOLD: Final = """
    have contain house hold store stock keep display include feature consist comprise offer carry bear conceal
    hide boast show host
""".split()  # noqa: SIM905 - a list of words reads better as words
"""What is said of a room or a place, before what is in it."""
WITH: Final = ("with",)
LIE: Final = """
    place put set rest sit lie stand arrange situate locate leave cook store find adorn display scatter
    position stack wait keep
""".split()  # noqa: SIM905 - a list of words reads better as words
"""What is said of things, before where they are; together with `HOLD` after "is" ("is stored in")."""
DECORATE: Final = ("adorn", "decorate", "occupy", "fill")
"""What things do to the place that they are on: "a bottle adorns the table"."""
EMPTY: Final = ("empty", "bare", "vacant", "unoccupied")
NOTHING: Final = ("nothing",)
ON: Final = ("on", "upon", "atop", "onto")
IN: Final = ("in", "inside", "within", "into")
TO: Final = ("to", "towards", "toward", "for", "at", "near", "by", "beside", "over")
HOMES: Final = ("apartment", "flat", "house", "home", "place", "residence", "dwelling", "studio")
ROOMS: Final = (
    "kitchen",
    "bedroom",
    "living room",
    "bathroom",
    "dining room",
    "hall",
    "hallway",
    "study",
    "office",
    "garage",
    "laundry room",
    "guest room",
    "nursery",
    "pantry",
    "corridor",
    "balcony",
    "attic",
    "basement",
    "lounge",
    "entrance hall",
)
"""Rooms that may be spoken of before it is said that the flat has them; others have to be introduced."""

# ---------------------------------------------------------------- nouns

SYNONYMS: Final = {
    "refrigerator": "fridge",
    "icebox": "fridge",
    "microwave oven": "microwave",
    "dish washer": "dishwasher",
    "dishbowl": "dish bowl",
    "wine": "bottle of wine",
    "wine bottle": "bottle of wine",
    "chips": "bag of chips",
    "chip": "bag of chips",
    "chips bag": "bag of chips",
    "bag of chip": "bag of chips",
    "packet of chips": "bag of chips",
    "remote": "remote control",
    "remote controller": "remote control",
    "waterglass": "water glass",
    "wineglass": "wine glass",
    "condiment": "condiment bottle",
    "bottle of condiment": "condiment bottle",
    "cup cake": "cupcake",
    "lounge": "living room",
}
NEAR: Final = (
    frozenset({"cabinet", "cupboard", "closet"}),
    frozenset({"stove", "oven", "cooker"}),
    frozenset({"sofa", "couch", "settee"}),
    frozenset({"fridge", "freezer"}),
    frozenset({"table", "kitchen table", "dining table"}),
)
"""Names that are one another's only where the flat has nothing of the name itself."""
MEASURES: Final = ("piece", "slice", "pair", "portion", "set")
"""A piece of salmon is a salmon; a bottle of wine is not a wine."""
SURFACES: Final = (
    "table",
    "desk",
    "sofa",
    "couch",
    "settee",
    "shelf",
    "counter",
    "countertop",
    "bed",
    "chair",
    "armchair",
    "bench",
    "stool",
    "nightstand",
    "mantelpiece",
    "windowsill",
    "floor",
    "rug",
    "rack",
)
"""What lies there is seen by whoever is in the room, however the description puts it; likewise what is "on" a place."""
CONTAINERS: Final = """
    cabinet cupboard closet fridge freezer microwave oven stove dishwasher drawer box chest wardrobe basket
    pantry
""".split()  # noqa: SIM905 - a list of words reads better as words
"""With `SURFACES`: furniture wherever it is listed; any other noun is one if a room is said to have it."""

GENERIC: Final = ("cabinet", "cupboard", "table", "shelf", "drawer", "closet")
"""Furniture that is always called by its room as well: "the bathroom cabinet"."""
USUAL_ROOM: Final = {
    "kitchen": (
        *("apple", "salmon", "cupcake", "bread", "milk", "cheese", "cake", "egg", "potato", "banana", "pear", "lemon"),
        *("plate", "cup", "mug", "fork", "spoon", "knife", "pan", "pot", "jug", "bowl", "dish bowl"),
        *("water glass", "wine glass", "condiment bottle", "bottle of wine", "bag of chips"),
    ),
    "living room": ("book", "remote control", "magazine", "newspaper", "game"),
    "bedroom": ("pillow", "pyjamas", "blanket", "scarf"),
    "bathroom": ("towel", "toothbrush", "soap", "shampoo", "toothpaste"),
}
"""Where such things usually are; it weighs little (see `planning`)."""

SINGULAR: Final = {"shelves": "shelf", "knives": "knife", "leaves": "leaf", "loaves": "loaf", "dishes": "dish"}
NUMBERS: Final = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
} | {"a": 1, "an": 1, "another": 1, "single": 1, "some": 1, "several": 2}
ORDINALS: Final = {
    word: number
    for number, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
        start=1,
    )
}
DEFINITE: Final = ("the", "this", "that", "these", "those", "all")
PRONOUNS: Final = ("it", "them", "both", "each")
"""The place, or the places, spoken of last."""
PEOPLE: Final = ("he", "she", "they", "him", "his", "her", "their", "its")
RELATIVE: Final = ("which", "where", "whose")
JOIN: Final = ("and", "&")
BREAK: Final = ("while", "but", "whereas", "however", "before", "after", "then", "although", "though")
SAME_IS: Final = ("as is", "as are", "and so is", "and so are", "nor is")
IGNORED: Final = """
    about can could may might also too either currently now then next lastly finally afterward afterwards
    well just yet still only even additionally furthermore following subsequently meanwhile eventually again
    together there once is are be being been was were done do does did as so of up down straight around any
    all each both journey by who that else however contents its
""".split()  # noqa: SIM905 - a list of words reads better as words
"""Words that change nothing here; besides, any that ends in -ly."""
