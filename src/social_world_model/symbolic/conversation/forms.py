"""Forms of questions about conversations: patterns of their wording."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

_WHO = r"(?P<who>[^?]{1,60}?)"
_TOPIC = r"\b(?P<topic>.*)"
_ABOUT = r"(?:(?: anything| something)?(?: (?:about|of|on|regarding|to|from))?(?P<topic> .*))?\W*"
_AWAY = re.compile(r"(?:while|when|during|because|so far|until now|yet|today|by being)\b.*", re.IGNORECASE)
_LEARN = r"(?:know|hear|learn|find out|notice|realise|realize|remember|get told|be told|see|read)"
_LEARNED = r"(?:known|heard|learned|learnt|found out|been told|been informed|noticed|seen|read|got told)"
_AWARE = r"(?:aware|informed|told|in on|in the know)"
_ANY_LEARNED = rf"(?:{_LEARN}|{_LEARNED}|{_AWARE})"
_LINES = (
    r"(?:what|how (?:much|many lines|many messages)|which (?:lines|messages|parts?|things)"
    r"|what (?:lines|messages|parts?))"
)
_SAY = r"(?:say|mention|tell|write|ask|announce|post|suggest|reveal|talk about|bring up)"
_SAID = (
    r"(?:said|says|mentioned|mentions|told|tells|wrote|asked|announced|posted|suggested|revealed|brought up"
    r"|talked about|spoke about|whispered|proposed|texted|sent)"
)
_PEOPLE = (
    r"(?:who(?: all| else| (?:in|of|among) (?:[\w'’-]+ ){0,3}[\w'’-]+)?"
    r"|which (?:people|persons|participants|characters|members|of them)"
    r"|list (?:all )?(?:the )?(?:people|characters|persons|participants|speakers) who)"
)
_NOT = r"(?:(?: not|n['’]t)(?: yet)?)"
_STILL = r"(?:(?: already| still| also| ever| even| really| actually| now| yet)?)"
_THERE = (
    r"(?:there|present|around|here|listening|still (?:there|here)|in the (?:room|conversation|chat|channel|call|meeting"
    r"|group|house|kitchen))"
)
_WHEN = r"(?: (?:when|while|as|for|at|during)\b)?"

FORMS: Mapping[str, tuple[str, ...]] = {
    "who does not know": (
        rf"{_PEOPLE} (?:missed|misses|miss)\b(?P<topic>.+)",
        rf"{_PEOPLE} (?:do|does|did|has|have|had|is|are|was|were){_NOT}{_STILL} {_ANY_LEARNED}{_TOPIC}",
        rf"{_PEOPLE} (?:is|are|was|were){_STILL} (?:unaware|in the dark|clueless){_TOPIC}",
    ),
    "who was not there": (rf"{_PEOPLE} (?:was|were|is|are){_NOT} {_THERE}{_WHEN}{_TOPIC}",),
    "who knows": (
        r"(?:with |to )?whom? (?:can|may|could|should) (?:i|we)(?: safely)? (?:talk|speak|ask|tell|mention)"
        r"(?: to| with)? (?:about|of)\b(?P<topic>.*)",
        rf"{_PEOPLE}{_STILL} (?:know|knows|knew|heard|hear|hears|learned|learnt|found out|noticed|understood|saw|read)"
        rf"{_TOPIC}",
        rf"{_PEOPLE} (?:is|are|was|were|has|have|had|got){_STILL} (?:{_LEARNED}|{_AWARE}){_TOPIC}",
        rf"{_PEOPLE} (?:do|does|did|can|could){_STILL} {_LEARN}{_TOPIC}",
    ),
    "who was there": (rf"{_PEOPLE} (?:was|were|is|are)(?: all)? {_THERE}{_WHEN}{_TOPIC}",),
    "who moved": (
        rf"{_PEOPLE} (?P<moved>left|joined|arrived|returned|came|entered|went|is away|was away|was absent|was late)\b"
        r"(?: (?:late|later|early|in|back|away|out|the (?:conversation|chat|call|room|meeting|group|channel)))*\W*",
    ),
    "may tell": (
        rf"{{may}} (?:tell|inform|remind) {_WHO} (?:about|of|that|when|where|who|what|how|why)\b(?P<topic>.*)",
        rf"{{may}} (?:talk|speak|chat) (?:to|with) {_WHO} about\b(?P<topic>.*)",
        rf"{{may}} (?:say|mention|reveal|explain) to {_WHO} (?:that\b|about\b)?(?P<topic>.*)",
        r"{may} (?:mention|talk about|speak about|bring up|discuss|reveal|say|share)\b(?P<topic>.*)"
        r" (?:to|with|in front of|around|near) (?P<who>[^?]{1,60}?)\W*",
    ),
    "does not know": (
        rf"(?:does|did|do|has|have|is|was)(?:n['’]t)? {_WHO}{_NOT}{_STILL} {_ANY_LEARNED}{_TOPIC}",
        rf"(?:is|was) {_WHO} unaware{_TOPIC}",
        rf"(?:did|has|have|does) {_WHO} miss(?:ed)? (?!anything|something|any\b|nothing){_TOPIC}",
    ),
    "was not there": (rf"(?:was|is|were) {_WHO}{_NOT} {_THERE}{_WHEN}{_TOPIC}",),
    "was there": (rf"(?:was|is|were) {_WHO} {_THERE}{_WHEN}{_TOPIC}",),
    "knows": (
        rf"(?:did|has|have) \w+ (?:tell|told|inform|informed) {_WHO} (?:about|of|that|when|where|who|what|how|why)\b"
        r"(?P<topic>.*)",
        rf"(?:does|did|do|can|could|would|will)(?:n['’]t)?{_STILL} {_WHO}{_STILL} (?:{_LEARN}|think|believe|assume"
        rf"|get to know|get to hear){_TOPIC}",
        rf"(?:is|was|are|were) {_WHO}{_STILL} {_AWARE}{_TOPIC}",
        rf"(?:has|have|had) {_WHO}{_STILL} {_LEARNED}{_TOPIC}",
    ),
    "missed": (
        r"what (?:was said|was discussed|happened|went on|was going on"
        r"|did (?:they|the others|everybody else) (?:say|talk about|discuss)) (?:while|when|during|as) "
        rf"{_WHO} (?:was|were) (?:away|gone|out|absent|asleep|offline|not (?:there|here|present|in the \w+))\W*",
        rf"{_LINES} (?:did|has|have|does|do|had)"
        rf"(?:n['’]t)? {_WHO} (?:miss|missed|not{_STILL} (?:{_LEARN}|{_LEARNED})){_ABOUT}",
        rf"{_LINES} (?:doesn|didn|hasn|haven|don)['’]t {_WHO}{_STILL}"
        rf" (?:{_LEARN}|{_LEARNED}){_ABOUT}",
        rf"what (?:is|was) {_WHO} (?:not aware|unaware) of\W*",
        rf"(?:did|has|have|does) {_WHO} miss(?:ed)? (?:anything|something|any (?:lines|messages)){_ABOUT}",
    ),
    "heard": (
        rf"{_LINES} (?:did|does|do|can|could){_STILL} {_WHO}{_STILL} {_LEARN}{_ABOUT}",
        rf"{_LINES} (?:has|have|had){_STILL} {_WHO}{_STILL} {_LEARNED}{_ABOUT}",
    ),
    "did say": (
        rf"(?:did|has|have) {_WHO} (?:{_SAY}|said|mentioned|spoken of|talked about)(?: anything| something)?{_TOPIC}",
        r"(?:was|were|is) (?P<topic>.*) (?:mentioned|discussed|talked about|brought up)\W*",
    ),
    "did move": (
        rf"(?:did|has|have) {_WHO} (?P<moved>leave|left|join|joined|arrive|arrived|return|returned|come|came)\b"
        r"(?: (?:yet|already|early|late|back|in|the (?:conversation|chat|call|room|meeting|group|channel)))*\W*",
    ),
    "who said": (rf"{_PEOPLE} {_SAID}{_TOPIC}",),
    "said": (rf"what (?:did|does|has|have) {_WHO} {_SAY}{_TOPIC}",),
    "moves": (
        r"(?:when|at (?:what|which) (?:line|point|time|moment)|(?:after|before|in) (?:what|which) line) "
        rf"(?:did|does|has|do) {_WHO} (?:first |last )?(?P<moved>leave|left|go|join|joined|arrive|arrived|come|came"
        r"|return|enter|rejoin|get back|get here)\b(?: (?:back|in|away|out|home|late|again"
        r"|the (?:conversation|chat|call|room|meeting|group|channel)))*\W*",
    ),
}
"""For each form of a question: patterns of the whole question. The first form that fits decides."""

_MAY = (
    r"(?:(?:can|may|could|should|shall|might) (?:i|we)(?: now| safely| already)?"
    r"|(?:is|would) it (?:be )?(?:safe|ok|okay|fine|all right|alright|allowed) to)"
)
EXAMPLES = (
    "Who knows …?",
    "Who missed …?",
    "Who heard …?",
    "Who was there when …?",
    "Does X know …?",
    "Has X heard …?",
    "Can I mention … to X?",
    "What did X miss?",
    "What does X know about …?",
    "What does X not know?",
    "Who said …?",
    "What did X say about …?",
    "When did X leave?",
    "When did X join?",
    "What …?, Where …?, When …?, Who …?, How …? or Why …? about a fact of the conversation",
)
"""Wording of the questions that can be answered, for messages."""


def forms_of(question: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the forms that a question fits, best first, with the parts of the question.

    Parameters
    ----------
    question
        The question on one line.

    Examples
    --------
    >>> next(forms_of("Can I mention the trip to Leo?"))
    ('may tell', {'topic': 'the trip', 'who': 'Leo'})
    """
    for form, patterns in _patterns().items():
        for pattern in patterns:
            if found := pattern.fullmatch(question):
                parts = {name: (text or "").strip(" ?!.,") for name, text in found.groupdict().items()}
                if form in ("missed", "heard") and parts.get("topic") and _AWAY.fullmatch(parts["topic"]):
                    parts["topic"] = ""
                yield form, parts
                break


@cache
def _patterns() -> Mapping[str, Sequence[re.Pattern[str]]]:
    """Return the compiled patterns of all forms. They are compiled on first use, because this takes time."""
    return {
        form: [re.compile(pattern.replace("{may}", _MAY), re.IGNORECASE) for pattern in patterns]
        for form, patterns in FORMS.items()
    }
