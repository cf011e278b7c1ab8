"""The vocabulary of the household parser. This module contains only tables of words.

A word outside these tables counts as part of a noun. Furniture and objects therefore need no list: the reader finds
them from the structure of the sentence. The module contains only a few nouns, for example nouns that have synonyms.
"""

from __future__ import annotations

from typing import Final

# ---------------------------------------------------------------- verbs of a walk, in base form

GO: Final = """
    go walk proceed stride head move advance navigate return amble transition wander stroll step run
    rush continue progress travel hurry turn come saunter march back stop halt pause
    arrive wend tread pace trot jog dash hasten glide tiptoe trudge plod shuffle drift meander roam venture
    veer race sprint dart bolt scurry scamper bustle gravitate relocate sidle creep lumber sashay swerve pivot
    make-way
""".split()  # noqa: SIM905 - a list of words reads better as words
REACH: Final = ("approach", "reach", "enter", "visit", "cross", "traverse")
"""Verbs of motion without a preposition: "approaches the fridge". "Moves the plate" is another kind of action."""
OPEN: Final = ("open", "unlatch", "unseal")
CLOSE: Final = ("close", "shut", "seal", "secure", "reclose")
AGAIN: Final = ("repeat", "same")
"""Words that repeat the latest actions on other places: "does the same with the fridge"."""
PASS: Final = ("pass", "ignore", "skip", "bypass")
LEAVE: Final = ("leave", "exit", "depart")
LOOK: Final = ("look", "peek", "peer", "glance", "inspect", "examine")
"""Looking into a place implies opening the place. Looking at a place does not imply this."""
SEARCH: Final = ("search", "rummage", "check")
"""Searching a place implies opening the place."""
TELL: Final = """
    do start begin conclude complete finish perform interact follow resume
""".split()  # noqa: SIM905 - a list of words reads better as words
"""Verbs of narration without an action of their own: "starts in the hall", "interacts with a cabinet"."""
TELLING: Final = """
    action process task tour circuit journey inspection contents content way routine round path step search exploration
    trip same procedure sequence motion pattern ritual thing attention
""".split()  # noqa: SIM905 - a list of words reads better as words
"""Nouns of narration: "her last action", "concluding his kitchen tour", "closing each after inspection"."""
NOT: Final = ("without", "not", "never", "neither", "nor", "no", "cannot")
"""Negations. All words that end in -n't are also negations. If a sentence of a description contains a negation, the
sentence is not parsed."""
DOUBT: Final = """
    want wish hope like love hate need try attempt refuse decline fail forget hesitate avoid resist struggle pretend
    think consider contemplate ponder imagine dream envision decide plan choose remember regret expect believe know
    wonder debate promise agree ask tell say order beg urge persuade force let help watch hear
    deny seem appear almost nearly hardly barely scarcely rarely seldom instead rather unable reluctant supposed
    unsuccessfully supposedly presumably reportedly allegedly seemingly apparently mentally hypothetically
""".split()  # noqa: SIM905 - a list of words reads better as words
"""Words after which an action may not have happened. The rest of the sentence adds no actions."""
SUPPOSE: Final = """
    if unless whether would could might may should shall must can will perhaps maybe possibly probably or
    mind imagination
""".split()  # noqa: SIM905 - a list of words reads better as words
"""Words that mark a hypothetical sentence. A hypothetical sentence adds no action and puts no object in a place."""

IRREGULAR: Final = {
    "went": "go",
    "nears": "approach",
    "nearing": "approach",
    "neared": "approach",
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
    "thought": "think",
    "told": "tell",
    "said": "say",
    "chose": "choose",
    "forgot": "forget",
    "knew": "know",
    "did": "do",
    "done": "do",
    "began": "begin",
}
PHRASES: Final = {
    r"^(?:had|were) (?=(?:she|he|they)\b)": "if",
    r"\bas for\b": "",
    r"\bhalf (?:of )?(a|an|the)\b": r"\1",
    r"\b(all (?:the |of the )?[a-z]{1,20}(?: [a-z]{1,20})?) but\b(?= the\b)": r"\1 except",
    r"\b(?:pull|swing|slide|fling|throw|tug|yank)(?:s|ing|ed)? (it |them |the door )?(?:wide )?open\b": r"opens \1",
    r"\b(?:pull|swing|slide|push|slam|click)(?:s|es|ing|ed)? (it |them |the door )?(?:shut|closed)\b": r"closes \1",
    r"\btak(?:es|ing|e) a (?:(?:quick|brief|good) )?(look|peek|glance)\b": r"\1s",
    r"\b(?:having|has|have|had) (?=(?:opened|closed|shut|sealed|reached|entered|walked|moved|approached|finished|"
    r"arrived|returned|headed|completed|checked|inspected|searched)\b)": "",
    r"\bends? up\b": "arrives",
    r"\bclos(?:es|ing) in on\b": "approaches",
    r"\b(?:stop|halt|pause)(?:s|ped|ed|ping|ing)? (?:(?:just |short )?(?:before|of) )?(?=open|clos)": "fails ",
    r"^(?:before|prior to|until)\b(?! (?:that|this|long)\b)": "whether",
    r"\b(?:gets|getting|got) (?=to the\b)": "goes ",
    r"\b(?:draws|drawing|drew) near(?:er)?(?: to)?\b": "approaches",
    r"\b(?:makes|making|made|(?:sets?|setting) (?:off|out)) (?:for|to|towards?) (?=the\b)": "goes to ",
    r"\b(?:takes|taking|took) (?:a|one|some|several) (?:more )?steps? (?=to\b|towards?\b|up\b)": "goes ",
    r"\bturn(?:s|ing|ed) (?:his|her|their) attention to\b": "turns to",
    r"\bcom(?:es?|ing) (?:equipped |furnished )?with\b": "has",
    r"\bboth (?=(?:in|on|inside)\b)": "",
    r"\bthat (?=(?:is|are|has|have|holds?|contains?)\b)": "which ",
    r"\b(?:is|are|was|were) going to(?= open)": "about to",
    r"\b(?:proceed|continue|go on|goes on|begin|start)(?:s|ed|ing)?(?: on)? to (?=(?:open|close|shut|do|repeat)\b)": "",
    r"\b(?:goes|moves?|heads?|walks?|steps?|turns?|comes?|leans?)(?: over| up| in)? to (?=open\b)": "about to ",
    r"\b(?:leaves?|leaving|left) (?:it|them) (?:wide )?open\b": "",
    r"\b(the|a|an|this|that) (?:closed|shut|unopened|open) (?=[a-z])": r"\1 ",
    r"\b(?:plenty|lots|a lot|loads|a number|a variety|an assortment|a handful|a few) of\b": "some",
    r"\ba few\b": "some",
    r"\bafter a (?:while|moment|bit)\b": "then",
    r"\b(?:has|have|had) been\b": "is",
    r"\b(?:is|are|was|were) left\b": "is placed",
    r"\b(?:is|are|was|were) (?:also |currently |now |all |both |being )?"
    r"(?:stored|kept|held|housed|contained|hidden|displayed|hosted|adorned|concealed|carried|shown)\b"
    r"(?! with\b)": "is placed",
    r"\b(?:(?:is|are|was|were|being) (?:[a-z]{1,20} )?)?(?!(?:continued|repeated|proceeded|interacted|started|finished|"
    r"followed|concluded|ended)\b)(?:[a-z-]{2,20}ed|set|laden) with\b": "holds",
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
    r"\b(?:on the verge|at the point) of\b": "about to",
    r"\bin order to(?= open\b)": "about to",
    r"\b(?:prepares|prepared|preparing|prepare|(?:gets |getting )?ready|readies|readying|intends|intending|poised|"
    r"aims|aiming|(?:with the|in) (?:intention|intent|aim) of)(?: (?:himself|herself|themselves))?"
    r"(?: to| for)?\b": "about to",
    r"\b(?:reaches|reaching) (?:out )?to (?=open)": "about to ",
    r"\bthe (?=(?:apartment|flat|house|home)\b)": "the apartment ",
    r"(?<=[a-z])['’]s\b": "",
}
"""Phrases that are rewritten to simpler wording before a sentence is parsed."""

# ---------------------------------------------------------------- words of a description

HOLD: Final = """
    have contain house hold store stock keep display include feature consist comprise offer carry bear conceal
    hide boast show host
""".split()  # noqa: SIM905 - a list of words reads better as words
"""Verbs between a room or place and its contents: "the fridge contains a plate"."""
WITH: Final = ("with",)
LIE: Final = """
    place put set rest sit lie stand arrange situate locate leave cook store find adorn display scatter
    position stack wait keep remain stay bake simmer chill hang
""".split()  # noqa: SIM905 - a list of words reads better as words
"""Verbs between the objects and the place that contains them: "a plate lies on the table". `HOLD` verbs follow "is"
("is stored in")."""
DECORATE: Final = ("adorn", "decorate", "occupy", "fill")
"""Verbs between objects and the place under them: "a bottle adorns the table"."""
EMPTY: Final = ("empty", "bare", "vacant", "unoccupied")
NOTHING: Final = ("nothing",)
ON: Final = ("on", "upon", "atop", "onto")
IN: Final = ("in", "inside", "within", "into")
TO: Final = (
    "to",
    "towards",
    "toward",
    "for",
    "at",
    "near",
    "by",
    "beside",
    "over",
    "under",
    "underneath",
    "beneath",
    "below",
    "above",
    "behind",
    "between",
    "opposite",
    "against",
    "outside",
)
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
"""Room names that are recognised without an introduction. A description must introduce all other rooms."""

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
"""Similar kinds of furniture. A similar kind is used only if the flat has no furniture with the exact name."""
MEASURES: Final = ("piece", "slice", "pair", "portion", "set")
"""Measure words that are removed: "piece of salmon" becomes "salmon". "Bottle of wine" stays unchanged."""
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
"""Furniture with visible contents: everybody in the room sees the contents. Objects "on" any other place are also
visible."""
CONTAINERS: Final = """
    cabinet cupboard closet fridge freezer microwave oven stove dishwasher drawer box chest wardrobe basket
    pantry
""".split()  # noqa: SIM905 - a list of words reads better as words
"""Closed furniture. These nouns and the nouns in `SURFACES` are always furniture. Other nouns are furniture only in the
list of a room."""

GENERIC: Final = ("cabinet", "cupboard", "table", "shelf", "drawer", "closet")
"""Furniture that is always named together with its room: "the bathroom cabinet"."""
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
"""For each room: objects that are usually there. This evidence has a small weight (see `planning.USUAL_HERE`)."""

PARTICIPLES: Final = "broken made built bought taken gone stolen worn torn done clean dirty full".split()  # noqa: SIM905
"""Words that are not objects if they have no article. The same applies to longer words that end in -ed."""
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
"""Pronouns for the places that were mentioned last."""
WALKER: Final = ("he", "she", "they")
"""Pronouns for the person who walks, as the subject."""
OWNER: Final = ("him", "his", "her", "their", "its", "himself", "herself", "themselves")
BE: Final = ("is", "are", "be", "being", "been", "was", "were")
RELATIVE: Final = ("which", "where", "whose")
JOIN: Final = ("and", "&")
BREAK: Final = ("while", "but", "whereas", "however", "before", "after", "then", "although", "though")
SAME_IS: Final = ("as is", "as are", "and so is", "and so are", "nor is")
WAY: Final = """
    back up down straight around through across by along forward again there here off away about once initially
    previously originally formerly
""".split()  # noqa: SIM905 - a list of words reads better as words
"""Adverbs that are ignored in a walk. In a description, such adverbs say where an object is, so the sentence is listed
as not read."""
IGNORED: Final = """
    also too either currently now next last previous lastly finally afterward afterwards well just yet still only
    even final own very additionally furthermore following subsequently meanwhile eventually together as so of
    any all that else however more moreover besides already later thereafter firstly secondly thirdly
    sequentially successively consecutively respectively individually specifically specially
    promptly quickly swiftly slowly securely carefully gently quietly softly calmly briskly hurriedly hastily rapidly
    silently smoothly firmly tightly neatly shortly immediately instantly briefly directly purposefully deliberately
    casually confidently cautiously eagerly leisurely steadily effortlessly methodically systematically thoroughly
    completely fully properly safely gracefully nimbly simply similarly likewise consequently accordingly ultimately
    oddly strangely curiously interestingly surprisingly notably mostly mainly separately simultaneously
    presently repeatedly soon abruptly suddenly decisively diligently efficiently
""".split()  # noqa: SIM905 - a list of words reads better as words
"""Words that are ignored everywhere. Other words that end in -ly are also ignored, but the sentence is listed as not
read."""
