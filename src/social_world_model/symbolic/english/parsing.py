"""Parse sentences with spaCy. While spaCy parses, frequent names replace rare names, which spaCy misreads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from social_world_model.symbolic.english.lexicon import GROUP, PEOPLE, STARTS, TITLES
from social_world_model.symbolic.english.loading import english
from social_world_model.symbolic.english.names import FEMALE_NAMES, MALE_NAMES

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_HERS, _HIS = ("Mary", "Alice", "Susan", "Anna"), ("John", "Peter", "Tom", "David")
_PAST = re.compile(
    r"\w+ed|is|was|has|had|are|were|have|does|did|will|put|hid|left|went|goes|came|comes|took|takes|gave|gives|set|laid|lay"
    r"|sat|sits|saw|sees|said|says|told|tells|ran|runs|got|gets|kept|keeps|thought|thinks|knew|knows|fell|slid|hung|let"
    r"|made|makes|found|finds|brought|brings|read|reads|wrote|met|bought|heard|hears|threw|rode|drove|flew|slept|stuck"
    r"|cut|shut|wore|began|begins|dug|swept|felt|stood|sent|puts|hides|leaves|moves|walks|stays|enters|returns|places"
    r"|drops|looks|watches|wants|tries|asks|opens|carries|and|then|quietly|quickly|secretly|never|also|now|just|later"
)
_COMPOUND = re.compile(
    r"\b(?:(?:watering|trash|garbage|rubbish|waste|oil|soda|beer|paint)(?= can\b)"
    r"|(?:chess|tea|train|drum|dinner|sewing|tool|paint)(?= set\b)|(?:birthday|christmas|wedding)(?= present\b))",
    re.IGNORECASE,
)
_JOINT = "_"
_ENDS = ("_can", "_set", "_present")


def parsed(texts: Sequence[str]) -> list[Doc]:
    """Return the parsed sentences of one narrative, with the words of the texts.

    Parameters
    ----------
    texts
        Sentences. A sentence with direct speech can contain several sentences.

    Raises
    ------
    ConfigurationError
        If spaCy or its English model is missing.
    """
    from spacy.tokens import Doc

    pipeline = english()
    written = [pipeline.make_doc(_joined(text)) for text in texts]
    names = _names(written)
    stand_in = {name: _stand_in(name, number) for number, name in enumerate(names)}
    masked = [
        Doc(
            doc.vocab,
            words=[_masked(token, stand_in) for token in doc],
            spaces=[bool(token.whitespace_) for token in doc],
        )
        for doc in written
    ]
    return [_unmasked(original, doc, stand_in) for original, doc in zip(written, pipeline.pipe(masked), strict=True)]


def _stand_in(name: str, number: int) -> str:
    """Return a frequent name of the same gender."""
    is_hers = name.lower() in FEMALE_NAMES or (name.lower() not in MALE_NAMES and number % 2 == 0)
    return (_HERS if is_hers else _HIS)[number // 2 % 4]


def _joined(text: str) -> str:
    """Return a text in which "watering can" and "chess set" are one word, because spaCy takes their ends for verbs."""
    return _COMPOUND.sub(lambda found: found.group() + "\0", text).replace("\0 ", _JOINT)


def _masked(token: Token, stand_in: dict[str, str]) -> str:
    if token.lower_.endswith(_ENDS):
        return "bucket"
    return stand_in.get(token.text, token.text)


def _names(docs: Iterable[Doc]) -> list[str]:
    """Return the words that are names: they have a capital letter inside a sentence, or act at its beginning."""
    docs = list(docs)
    lower = {token.text for doc in docs for token in doc if token.is_lower}
    found: dict[str, None] = {}
    for doc in docs:
        for token in doc:
            word = token.text
            if (
                not (word[:1].isupper() and word[-1:].isalpha() and len(word) > 1)
                or token.lower_ in TITLES | GROUP | PEOPLE
            ):
                continue
            if not _starts(token) or token.lower_ in FEMALE_NAMES | MALE_NAMES or _acts(token, lower):
                found[word] = None
    return [word for word in found if word.lower() not in STARTS or word.lower() in FEMALE_NAMES | MALE_NAMES]


def _starts(token: Token) -> bool:
    before = next((other for other in reversed(token.doc[: token.i]) if not other.is_space), None)
    return before is None or before.text in {".", "!", "?", '"', "“", "‘", "'", ":", ";", "…", "-", "–", "—"}


def _acts(token: Token, lower: set[str]) -> bool:
    if token.lower_ in STARTS or token.lower_ in lower or token.lower_.endswith(("ing", "ly")):
        return False
    after = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    return after is not None and (
        after.text in (",", "'s", "’s") or _PAST.fullmatch(after.lower_) is not None or after.is_title
    )


def _unmasked(original: Doc, doc: Doc, stand_in: dict[str, str]) -> Doc:
    """Return the parse with the words of the text."""
    from spacy.tokens import Doc

    words = [token.text.replace(_JOINT, " ") if token.lower_.endswith(_ENDS) else token.text for token in original]
    return Doc(
        doc.vocab,
        words=words,
        spaces=[bool(token.whitespace_) for token in original],
        tags=["VBD" if _is_left(token) else token.tag_ for token in doc],
        pos=[_part_of_speech(token, word, stand_in) for token, word in zip(doc, words, strict=True)],
        lemmas=[
            "leave" if _is_left(token) else token.lemma_ if token.text == word else word
            for token, word in zip(doc, words, strict=True)
        ],
        heads=[token.head.i for token in doc],
        deps=[token.dep_ for token in doc],
    )


def _is_left(token: Token) -> bool:
    """Tell whether spaCy took the verb "left" for an adjective: "put the pen in the tray and left"."""
    return token.lower_ == "left" and token.tag_ == "JJ" and token.dep_ in ("conj", "ROOT")


def _part_of_speech(token: Token, word: str, stand_in: dict[str, str]) -> str:
    if _is_left(token):
        return "VERB"
    if word in stand_in:
        return "PROPN"
    if token.pos_ == "PROPN" and word[:1].islower():
        return "NOUN"
    if token.pos_ == "PROPN" and word.lower() in PEOPLE and word.lower() not in TITLES and token.is_sent_start:
        return "PROPN" if not any(child.dep_ == "det" for child in token.children) else "NOUN"
    return token.pos_
