"""Answer questions about a conversation, with the evidence and a reason for each answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from social_world_model.contracts import Query, Reply
from social_world_model.s3ap.prose import joined
from social_world_model.symbolic.conversation.hearing import Hearing, said_together, speakers
from social_world_model.symbolic.conversation.knowledge import UNSAID, Knowledge, knowledge, lines_named, quoted, reason
from social_world_model.symbolic.conversation.minutes import minutes
from social_world_model.symbolic.conversation.questions import Asked
from social_world_model.symbolic.conversation.topics import Topic

NOBODY = "nobody"
NOTHING = "nothing"
_NOW = re.compile(r"(?:at )?(?:the )?(?:end|now|moment)|still", re.IGNORECASE)
ONLY_HEARD = "The memory of a person has only lines that the person heard."
NO_LINE = "Nothing was said of it."


def answer(hearing: Hearing, asked: Asked, query: Query) -> Reply:
    """Answer a question without options.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    asked
        The parsed question. All people of the question are in the conversation.
    query
        The question. Only the readers of minutes, and whether the context is a memory, are used.
    """
    if asked.wanted == "minutes":
        return Reply(response=minutes(hearing, query.audience, asked.topic), certain=not hearing.has_guesses)
    reply = _ANSWERS[asked.wanted](hearing, asked)
    if asked.wanted == "missed" and query.memory is not None:
        return replace(reply, certain=False, why=ONLY_HEARD)
    return reply


def _knows(hearing: Hearing, asked: Asked) -> Reply:
    """Answer "yes" if all people know the fact, or if any of them knows it."""
    topic = Topic(hearing, asked.topic)
    if asked.is_nested:
        return _knows_of(hearing, topic, asked.chain)
    found = {name: knowledge(topic, [name], is_told=asked.is_told) for name in asked.chain}
    knows = (any if asked.is_any else all)(one.knows for one in found.values())
    deciding = {name: one for name, one in found.items() if one.knows is knows}
    if deciding and knows is asked.is_any:  # one person decides: somebody who knows, or somebody who does not know
        first = min(deciding, key=lambda name: not deciding[name].certain)
        deciding = {first: deciding[first]}
    return _reply("yes" if knows is not asked.is_negated else "no", hearing, deciding)


def _knows_of(hearing: Hearing, topic: Topic, chain: Sequence[str]) -> Reply:
    """Tell whether a person thinks that others know a fact: they heard it together.

    What a person without the fact thinks is a guess.
    """
    together = knowledge(topic, chain)
    if together.knows:
        return _reply("yes", hearing, {joined(chain): together})
    alone = {name: knowledge(topic, [name]) for name in chain}
    missing = {name: one for name, one in alone.items() if not one.knows}
    reply = _reply("no", hearing, missing or {joined(chain): together})
    return replace(reply, certain=reply.certain and bool(missing) and alone[chain[0]].knows)


def _who_knows(hearing: Hearing, asked: Asked) -> Reply:
    topic = Topic(hearing, asked.topic)
    found = {name: knowledge(topic, [name], is_told=asked.is_told) for name in hearing.cast}
    named = [name for name, one in found.items() if one.knows is not asked.is_negated]
    return _reply(", ".join(named) or NOBODY, hearing, found)


def _was_there(hearing: Hearing, asked: Asked) -> Reply:
    there, certain, places = _listeners(hearing, asked.topic or "now")
    heard = set(asked.chain) <= there
    why = f"{joined(asked.chain)} {'heard' if heard else 'did not hear'} {quoted(hearing, places)}." if places else ""
    sure = certain and not any(hearing.is_doubtful(name, place) for name in asked.chain for place in places)
    return _with_evidence("yes" if heard is not asked.is_negated else "no", hearing, places, sure, why)


def _who_was_there(hearing: Hearing, asked: Asked) -> Reply:
    there, certain, places = _listeners(hearing, asked.topic)
    named = [name for name in hearing.cast if (name in there) is not asked.is_negated]
    sure = certain and not any(hearing.is_doubtful(name, place) for name in hearing.cast for place in places)
    why = f"The question is about {quoted(hearing, places)}." if places else UNSAID
    return _with_evidence(", ".join(named) or NOBODY, hearing, places, sure, why)


def _listeners(hearing: Hearing, topic: str) -> tuple[frozenset[str], bool, tuple[int, ...]]:
    """Return the people who heard the line that a topic describes, whether the line is clear, and the line.

    Without a topic, all people of the conversation are returned.
    """
    about = Topic(hearing, topic)
    is_now = _NOW.fullmatch(topic) is not None
    if not is_now and not about.query and about.numbered is None:
        return frozenset(hearing.cast), True, ()
    if is_now and hearing.said:
        return hearing.said[-1].heard_by, True, (len(hearing.said) - 1,)
    place = about.best
    if place is None:
        return frozenset(), False, ()
    return hearing.said[place].heard_by, len(about.clear) == 1, (place,)


def _missed(hearing: Hearing, asked: Asked) -> Reply:
    return _lines(
        hearing, asked, [place for place, one in enumerate(hearing.said) if asked.chain[0] not in one.heard_by]
    )


def _heard(hearing: Hearing, asked: Asked) -> Reply:
    return _lines(hearing, asked, sorted(hearing.heard(asked.chain[:1])))


def _said(hearing: Hearing, asked: Asked) -> Reply:
    own = [place for place, one in enumerate(hearing.said) if one.by == asked.chain[0]]
    return _lines(hearing, asked, own)


def _lines(hearing: Hearing, asked: Asked, places: Sequence[int]) -> Reply:
    """List lines with their numbers. With a topic, only the lines about the topic are listed."""
    about = Topic(hearing, asked.topic)
    wanted = set(about.related if about.query else about.places)
    places = [place for place in places if place in wanted]
    doubtful = any(hearing.is_doubtful(who, place) for who in asked.chain[:1] for place in range(len(hearing.said)))
    certain = not doubtful and (not about.query or bool(about.clear))
    places = [place for place in places if hearing.said[place].event.kind == "utterance"]
    told = "\n".join(numbered(hearing, group) for group in said_together(hearing, places)) or NOTHING
    why = "It is partly a guess which lines these people heard." if doubtful and asked.wanted != "said" else ""
    return _with_evidence(told, hearing, places, certain or (asked.wanted == "said" and not about.query), why)


def _did_say(hearing: Hearing, asked: Asked) -> Reply:
    """Tell whether a person, or anybody, said something about a topic."""
    about = Topic(hearing, asked.topic)
    clear = about.numbered is None and bool(about.clear)
    by = [place for place in about.related if not asked.chain or hearing.said[place].by in asked.chain]
    why = f"The words are in {quoted(hearing, by)}." if by else UNSAID
    return _with_evidence("yes" if by else "no", hearing, by, clear and about.is_close and bool(by), why)


def _did_move(hearing: Hearing, asked: Asked) -> Reply:
    """Tell whether a person left or arrived."""
    found, leaves = _moves(hearing, asked), asked.topic.casefold() in _GOES
    if not hearing.changes(asked.chain[0], leaves):
        return replace(found, response="no", why=f"{found.response}.")
    return replace(found, response="yes", why=f"{asked.chain[0]} {'left' if leaves else 'came'} {found.response}.")


def _who_said(hearing: Hearing, asked: Asked) -> Reply:
    about = Topic(hearing, asked.topic)
    places = about.clear or about.nearest[:1]
    named = dict.fromkeys(by for place in places if (by := hearing.said[place].by) is not None)
    why = f"The words are in {quoted(hearing, places)}." if places else UNSAID
    return _with_evidence(", ".join(named) or NOBODY, hearing, places, bool(about.clear) and len(named) == 1, why)


def _moves(hearing: Hearing, asked: Asked) -> Reply:
    """Say between which lines a person left or arrived."""
    who, leaves = asked.chain[0], asked.topic.casefold() in _GOES
    changes = hearing.changes(who, leaves)
    if not changes:
        there = bool(hearing.said) and who in hearing.said[0].heard_by
        told = (
            f"{who} did not leave" if leaves else f"{who} was there from the start" if there else f"{who} did not join"
        )
        return _with_evidence(told, hearing, (), not hearing.has_guesses, "")
    lines = [place - 1 if leaves else place for place in changes]
    places = [place for place in lines if 0 <= place < len(hearing.said)]
    near = {place for change in changes for place in (change - 1, change) if 0 <= place < len(hearing.said)}
    certain = not any(hearing.is_doubtful(who, place) for place in near)
    if places:
        told = f"{'after' if leaves else 'before'} {lines_named(hearing, places)}"
    else:
        told = "before the first line" if leaves else "after the last line"
    return _with_evidence(told, hearing, places, certain, "")


def _who_moved(hearing: Hearing, asked: Asked) -> Reply:
    leaves = asked.topic.casefold() in _GOES
    named = [name for name in hearing.cast if hearing.changes(name, leaves)]
    return _with_evidence(", ".join(named) or NOBODY, hearing, (), not hearing.has_guesses, "")


_GOES = frozenset({"leave", "left", "go", "went", "is away", "was away", "was absent"})


def _fact(hearing: Hearing, asked: Asked) -> Reply:
    """Return the line that contains the fact.

    If the people did not hear this line, the reply says that they do not know the fact.
    """
    about = Topic(hearing, asked.topic, asked.chain)
    if not about.query and len(about.places) < len(hearing.said):
        return _lines(hearing, asked, about.places)
    known = knowledge(about, asked.chain, is_told=True) if asked.chain and not hearing.is_view else None
    if known is not None and not known.knows:
        who = asked.chain[-1]
        told = f"{who} does not know, because {who} was not part of the conversation when this was discussed."
        return _reply(told, hearing, {joined(dict.fromkeys(asked.chain)): known})
    place = about.best_of(hearing.heard(asked.chain))
    if place is None:
        return Reply(response=NO_LINE, certain=False, why=UNSAID)
    certain = about.clear == (place,) and about.is_close and (known is None or known.certain)
    return _with_evidence(told_by(hearing, place), hearing, [place], certain, "")


_ANSWERS: Mapping[str, Callable[[Hearing, Asked], Reply]] = {
    "knows": _knows,
    "who knows": _who_knows,
    "was there": _was_there,
    "who was there": _who_was_there,
    "missed": _missed,
    "heard": _heard,
    "said": _said,
    "who said": _who_said,
    "moves": _moves,
    "who moved": _who_moved,
    "did say": _did_say,
    "did move": _did_move,
    "belief": _fact,
    "fact": _fact,
}


def told_by(hearing: Hearing, place: int) -> str:
    """Return an utterance with its speaker.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    place
        Position of the utterance.
    """
    said = hearing.said[place]
    return said.text if said.by is None else f"{said.by}: {said.text}"


def numbered(hearing: Hearing, places: Sequence[int]) -> str:
    """Return a line with its number and its speakers.

    Parameters
    ----------
    hearing
        Utterances of the conversation.
    places
        Positions of the utterances of the line, one per speaker.
    """
    return f"{hearing.numbers[places[0]]}. {joined(speakers(hearing, places))}: {hearing.said[places[0]].text}"


def _reply(response: str, hearing: Hearing, found: Mapping[str, Knowledge]) -> Reply:
    """Return a reply whose evidence and reason come from conclusions about the knowledge of people."""
    places = sorted({place for one in found.values() for place in one.places})
    return _with_evidence(response, hearing, places, all(one.certain for one in found.values()), reason(found))


def _with_evidence(response: str, hearing: Hearing, places: Sequence[int], certain: bool, why: str) -> Reply:
    ids = tuple(hearing.said[place].event.id for place in places)
    return Reply(response=response, certain=certain, evidence=ids, why=f"{why} {hearing.note}".strip())
