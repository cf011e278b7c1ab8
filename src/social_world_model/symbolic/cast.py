"""Find the characters that certainly act in a narrative.

A context is incomplete if one of these characters is missing.

If a word is mistaken for a name, every good context of the narrative is rejected. If a name is missed, a bad context
may be accepted, which does less harm. Therefore a name needs evidence, and doubtful names are left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from social_world_model.errors import NarrativeError
from social_world_model.s3ap.tags import is_none
from social_world_model.symbolic.story.contexts import parse_story
from social_world_model.symbolic.story.language import numbered_sentences, read_clause

FEWEST_SPEAKERS = 2
FEWEST_READ = 2
SHARE_READ = 0.5
"""Smallest number and smallest share of sentences that the grammar must parse, if it cannot parse all sentences."""
LONGEST_LINE_READ = 10_000
"""Maximum length of a line. Longer lines are not parsed with the grammar, because splitting a long line takes too
long."""


def _listed(words: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", words))


_TITLES = _listed("mr mrs ms mx dr prof miss sir madam lady lord st jr sr the of de da di van von der la le")
_GROUPS = _listed(
    """all anybody anyone anything audience both chorus class crowd each either everybody everyone everything four group
    guests he i it many neither nobody none nothing one other others people rest several she some somebody someone
    students team that they this three together two unison we who you"""
)
_LABELS = _GROUPS | _listed(
    """act action actions afternoon age agenda agents ai answer answers anonymous assistant background beginning belief
    beliefs bot cast cc chapter characters choice choices color colour conclusion context conversation cut date day
    description dialogue edit emotion emotions end episode evening example explanation ext fade feeling feelings finally
    first friday from fwd gender goal goals hint how http https human important information instruction instructions int
    job later location meanwhile meeting minutes model monday mood morning name names narration narrative narrator nb
    next night note notes noon observation observations occupation option options outcome output part participants
    personality persons place premise price prompt ps question questions re reasoning relationship remember reminder
    response result results role room round saturday scenario scene second secret setting situation size source speakers
    stage state step story subject summary sunday system target task then third thought thoughts thursday time timestep
    tip title to today tomorrow topic transcript tuesday turn unknown update url user voice warning wednesday week what
    when where why yesterday"""
)
"""Words that are not names, although they occur before a colon or at the start of a sentence."""
_LABELLED = re.compile(
    r"\s{0,8}(?:[-*•>#]{1,3}\s{1,3})?(?:[\[(]?\d\d?:\d\d(?::\d\d)?[\])]?\s{0,3}(?:[-–]\s)?)?[*_]{0,3}"
    r"(?P<name>[^\W\d_][^:：\n*_()\[\]]{0,60})"
    r"[*_]{0,3}(?:[(\[][^)\]\n]{0,60}[)\]])?[*_]{0,3}\s{0,3}[:：][*_]{0,3}\s{0,8}\S"
)
_NAME_WORD = re.compile(r"[^\W\d_][\w'’.-]*|\d+")
_WORD = re.compile(r"[\w'’-]+")
_SPEECH = re.compile(r'"[^"\n]*"|“[^“”\n]*”|«[^«»\n]*»')
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\n+")
_ACTING = re.compile(
    r"(?:(?:after(?:ward)?s?|again|finally|later|meanwhile|next|now|soon|suddenly|then|today|yesterday),? )?"
    r"(?:(?:mr|mrs|ms|dr|prof)\.? )?"
    r"(?P<name>[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*){0,2}?) (?:then )?(?:\w{1,20}ly )?"
    r"(?:(?P<bodily>(?:walk|nod|whisper|shrug|smil|laugh|sigh|grabb?|glanc|hugg?)(?:s|es|ed)|sat|sits|knelt|kneels)"
    r"|ask(?:s|ed)|brings?|brought|buys|bought|carri(?:es|ed)|clos(?:es|ed)|decid(?:es|ed)|drinks|drank|drives|drove"
    r"|eats|ate|enter(?:s|ed)|exit(?:s|ed)|finds|found|gives|gave|goes|went|hears|heard|knock(?:s|ed)|leaves|left"
    r"|look(?:s|ed)|makes|made|mov(?:es|ed)|notic(?:es|ed)|open(?:s|ed)|pick(?:s|ed)|plac(?:es|ed)|pour(?:s|ed)|puts?"
    r"|repli(?:es|ed)|return(?:s|ed)|runs|ran|says|said|sees|saw|takes|took|tells|told|turn(?:s|ed)|us(?:es|ed))\b"
    r"(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_PERSON = re.compile(r"\b(?:he|she|him|himself|his|her|hers|herself)\b")
_ALIAS = re.compile(
    r"\(([^\W\d_][\w’-]*)\)|[\"“]([^\W\d_][\w’-]*)[\"”]|\b(?:called|nicknamed|named|known as|or) ([^\W\d_][\w’-]*)"
)


def acting(narrative: str) -> list[str]:
    r"""Return the characters that certainly act in a narrative.

    If the symbolic grammar can parse most sentences, the result contains the agents who act in these sentences. For a
    transcript, the
    result contains every speaker who speaks twice or whose name also occurs in another place. In other prose, a name
    needs two kinds of evidence. Other sentences use the name like a proper name, and the name is the subject of a verb
    for a person's action. Evidence for a person is a verb such as "nod", or a later pronoun such as "his" or "She".
    Quoted speech is ignored.

    Examples
    --------
    >>> acting("Al entered the hall. The ball is in the box. Al moved the ball to the bag.")
    ['Al']
    >>> acting("Note: they wait.\nZoë: Hi, Bob!\nBob Ray: Hello, Zoë.\nAll: Bye!")
    ['Zoë', 'Bob Ray']
    >>> acting("Ida walked in, though it was late. Paris was loud that night, and nobody saw Ida.")
    ['Ida']
    """
    found = _read_by_grammar(narrative)
    if found is None:
        lines = narrative.splitlines()
        labels = [_speaker(line) for line in lines]
        found = _speakers(narrative, lines, labels)
        if len(found) < FEWEST_SPEAKERS:
            found = _doers("\n".join(line for line, label in zip(lines, labels, strict=True) if label is None))
    return [name for name in found if not _GROUPS.issuperset(_words(name))]


def missing(names: Sequence[str], cast: Sequence[str]) -> list[str]:
    """Return the names that match nobody in a list of people. Titles, accents and case are ignored.

    Parameters
    ----------
    names
        Names to look up, in full or in part: "Smith" matches "Dr. Smith".
    cast
        Names of all people.

    Examples
    --------
    >>> missing(["Ann", "Smith", "Bob", "Zoe Lee"], ["Dr. Smith", "Anna", "bob", "Zoë", "Ida Lee"])
    ['Ann']
    >>> missing(["Ann Lee", "Mr. Lee"], ["Bob Lee"])
    ['Ann Lee']
    """
    return [name for name in names if known_as(name, cast) is None]


def known_as(name: str, cast: Sequence[str]) -> str | None:
    """Find the person in a list who matches a name. Return None if nobody matches.

    Parameters
    ----------
    name
        Name to look up, in full or in part. Titles, accents and case are ignored.
    cast
        Names of all people.

    Examples
    --------
    >>> known_as("Smith", ["Ann Smithers", "Dr. Smith"]), known_as("Ann", ["Anna"])
    ('Dr. Smith', None)
    """
    if name in cast:
        return name
    words = _words(name)
    return next((other for other in cast if words <= _words(other) or _words(other) <= words), None)


def _read_by_grammar(narrative: str) -> list[str] | None:
    """Return the agents who act in the sentences that the grammar can parse, or None if these sentences are too few."""
    lines = narrative.splitlines()
    if any(len(line) > LONGEST_LINE_READ for line in lines):
        return None
    told = [text for line in lines for text in numbered_sentences(line)]
    read = [text for text in told if read_clause(text) is not None]
    if not read or (len(read) < len(told) and (len(read) < FEWEST_READ or len(read) < SHARE_READ * len(told))):
        return None
    try:
        steps = parse_story("\n".join(read))[0].socialized_context
    except NarrativeError:
        return None
    return list(dict.fromkeys(name for step in steps for name, act in step.actions.items() if not is_none(act)))


def _speaker(line: str) -> str | None:
    """Return the name at the start of a transcript line, or None if the line begins with no name."""
    match = _LABELLED.match(line)
    if match is None:
        return None
    words = match["name"].split()
    fits = (
        1 <= len(words) <= 4
        and all(_NAME_WORD.fullmatch(word) for word in words)
        and all(word[0].isupper() or word[0].isdigit() or word in _TITLES for word in words)
        and not _LABELS.intersection(word.casefold().rstrip(".") for word in words)
        and max(map(len, words)) > 1  # "Q:" and "A:"
    )
    return " ".join(words) if fits else None


def _speakers(narrative: str, lines: list[str], labels: list[str | None]) -> list[str]:
    """Return the speakers that are certain, if most lines have a speaker.

    A name that occurs once may be a typo or a heading.
    """
    turns = Counter(label for label in labels if label is not None)
    if 2 * turns.total() < sum(1 for line in lines if line.strip()):
        return []
    times = Counter(_WORD.findall(narrative))

    def is_vouched_for(name: str) -> bool:
        return turns[name] > 1 or any(times[word] > 1 for word in _WORD.findall(name) if word.casefold() not in _TITLES)

    def is_a_slip(name: str) -> bool:
        return any(turns[name] * 3 < turns[other] and _one_letter_apart(name, other) for other in turns)

    return [name for name in turns if is_vouched_for(name) and not is_a_slip(name)]


def _one_letter_apart(one: str, other: str) -> bool:
    """Tell whether two names differ by one added or replaced letter.

    >>> _one_letter_apart("Jude", "Judy"), _one_letter_apart("Anna", "Ann"), _one_letter_apart("Al", "Bo")
    (True, True, False)
    """
    short, long = sorted((one, other), key=len)
    same = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short != long and long[same + 1 :] in (short[same:], short[same + 1 :])


def _doers(narrative: str) -> list[str]:
    """Return the characters that certainly act in prose."""
    sentences = [" ".join(part.split()) for part in _SENTENCE_END.split(_SPEECH.sub('"…"', narrative))]
    known = _names(sentences) - {name for found in _ALIAS.findall(narrative) for name in found}
    found: dict[str, None] = {}
    for sentence, following in zip(sentences, [*sentences[1:], ""], strict=True):
        act = _ACTING.match(sentence)
        if act is not None and known.issuperset(act["name"].split()) and _is_of_a_person(act, following):
            found[act["name"]] = None
    return list(found)


def _names(sentences: Iterable[str]) -> set[str]:
    """Return the words that have a capital letter inside a sentence and never occur in lower case."""
    words = [_WORD.findall(sentence) for sentence in sentences]
    inside = {word for part in words for word in part[1:]}
    owners = {word[:-2] for part in words for word in part if word.endswith(("'s", "’s"))}
    defined = {part[0] for part in words if part[1:2] in (["is"], ["was"])}
    lower = {word for part in words for word in part if word[0].islower()}
    return {
        word for word in inside | owners | defined if word[:1].isupper() and not {word.casefold()} & (lower | _LABELS)
    }


def _is_of_a_person(act: re.Match[str], following: str) -> bool:
    """Tell whether the subject of an action is a person. A city can "see" changes, and a company can "leave"."""
    if act["bodily"]:
        return True
    pronoun = _PERSON.search(act["rest"])
    between = act["rest"] if pronoun is None else act["rest"][: pronoun.start()]
    if any(word[0].isupper() for word in _WORD.findall(between)):
        return False
    return pronoun is not None or following.startswith(("He ", "She "))


def _words(name: str) -> frozenset[str]:
    """Return the words of a name for a comparison, without titles and accents and in lower case."""
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("’", "'")
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    words = frozenset(_WORD.findall(plain)) or frozenset([plain.strip()])
    return words - _TITLES or words
