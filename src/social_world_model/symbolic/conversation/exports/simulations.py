"""Read logs of simulations with language models: SOTOPIA, Concordia and generative agents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from social_world_model.symbolic.conversation.exports.chat import (
    JOINS,
    LEAVES,
    NOTE,
    SAYS,
    STAGE,
    Chat,
    ChatMessage,
    Member,
    MessageFields,
    fields_of,
    rows_of,
    seconds_of,
    text_of,
)
from social_world_model.symbolic.conversation.exports.sotopia_acts import read_sotopia_act
from social_world_model.symbolic.conversation.exports.source import Format, Source, named_once
from social_world_model.symbolic.conversation.names import plain

_ENVIRONMENT = "Environment"
_TURN = re.compile(r"^Turn #\d+:?$", re.MULTILINE)
_DOES = re.compile(
    r"^(?P<name>[^\n:\"\[\]]{1,60}?) +(?:\[private to \[.*?\]\] +)?(?:said: ?[\"“].*|left the conversation"
    r"|did nothing|\[(?:non-verbal communication|action)\] ?.+)",
    re.DOTALL,
)
_QUOTES = '"“” \n'


def _interactions(source: Source) -> list[tuple[str, str]]:
    """Return the texts with ``Turn #n`` of SOTOPIA, by name: from a plain text, or from a field of JSON."""
    if not source.is_json:
        return [("", source.text)] if _TURN.match(source.text) and _DOES.search(_first_turn(source.text)) else []
    rows = [source.data] if isinstance(source.data, dict) else rows_of(source.data)
    return [
        (_key(row), text_of(row["social_interactions"]))
        for row in rows
        if _TURN.search(text_of(row.get("social_interactions")))
    ]


def _key(row: dict[str, Any]) -> str:
    return next(filter(None, (text_of(row.get(key)) for key in ("pk", "episode_id", "environment_id"))), "")


def _first_turn(text: str) -> str:
    return next((part.strip() for part in _TURN.split(text) if part.strip()), "")


def _episodes(source: Source) -> list[tuple[str, list[Any]]]:
    """Return the messages of SOTOPIA episodes, each a list of turns with sender, receiver and message."""
    data = source.data
    rows = [data] if isinstance(data, dict) else rows_of(data)
    if isinstance(data, dict) and rows_of(data.get("episodes")):
        rows = rows_of(data["episodes"])
    return [(_key(row), row["messages"]) for row in rows if _triples(row.get("messages"))]


def _triples(messages: Any) -> list[list[tuple[str, str, str]]]:
    """Return the turns with their messages; an empty list if the value has another form."""
    if not isinstance(messages, list) or not messages or not all(isinstance(turn, list) for turn in messages):
        return []
    turns = [
        [(text_of(one[0]), text_of(one[1]), text_of(one[2])) for one in turn if isinstance(one, list) and len(one) >= 3]
        for turn in messages
    ]
    return turns if any(turns) else []


def _is_sotopia(source: Source) -> bool:
    return bool(_interactions(source) or (source.is_json and _episodes(source)))


def _read_sotopia(source: Source) -> Chat:
    if interactions := _interactions(source):
        text = source.choose(named_once(interactions))
        turns = [part.strip() for part in _TURN.split(text)]
        messages = [message for turn in turns for act in _acts(turn) for message in act]
    else:
        triples = _triples(source.choose(named_once(_episodes(source))))
        messages = [message for turn in triples for name, _, said in turn for message in _act(name, said)]
        agents = dict.fromkeys(name for turn in triples for pair in turn for name in pair[:2])
        return Chat(
            messages, is_channel=True, members=tuple(Member(name) for name in agents if name not in ("", _ENVIRONMENT))
        )
    return Chat(messages, is_channel=True)


def _acts(turn: str) -> Iterator[Iterator[ChatMessage]]:
    """Yield the acts in one turn. A line that begins no act continues the act above."""
    acts: list[str] = []
    for line in turn.splitlines():
        if _DOES.match(line):
            acts.append(line)
        elif acts:
            acts[-1] += f"\n{line}"
    for act in acts:
        if found := _DOES.match(act):
            yield _act(found["name"], act[found.end("name") :].strip())


def _act(name: str, said: str) -> Iterator[ChatMessage]:
    """Yield one act of an agent, such as ``said: "Hello"``. Nothing is yielded for an agent that does nothing."""
    act = read_sotopia_act(said)
    if name in ("", _ENVIRONMENT) or not said.strip() or (act is not None and act.kind == "none"):
        return
    if act is None:
        yield ChatMessage(f"{name} {said}", STAGE)
    elif act.kind == "speak":
        yield ChatMessage(act.text.strip(_QUOTES), SAYS, name, to=act.to)
    elif act.kind == "leave":
        yield ChatMessage("", LEAVES, name)
    elif not act.to:
        yield ChatMessage(f"{name} {act.text}", STAGE)


_STAMP = r"^(?:\[(?:\d{1,2} \w{3} \d{4} |\d{4}-\d{2}-\d{2}[ T])?\d{1,2}:\d{2}(?::\d{2})?\] ?)?(?:\[[\w ]{1,30}\] ?)*"
_EVENT = re.compile(
    rf"{_STAMP}(?P<label>Event|Putative event(?: to resolve)?|Resolved event|Observation): ?(?P<told>.+)$",
    re.IGNORECASE,
)
_UTTERED = re.compile(
    rf"{_STAMP}(?P<name>[A-Z][^\n:\"“,]{{0,60}}?)(?: (?:says?|said|replie[sd]|asks?|asked))?"
    r"(?: to (?P<to>[A-Z][\w ]{0,40}?))? ?(?:-- ?|[:,] ?(?=[\"“])|(?=[\"“]))[\"“]?(?P<words>.+?)[\"”]?$"
)
_NAMED = re.compile(r"^(?P<name>[A-Z][\w'’.-]*(?: [A-Z][\w'’.-]*){0,3}): (?P<words>.+)$")
_ATTEMPTS = ("putative event", "putative event to resolve")


def _concordia_lines(source: Source) -> list[str]:
    return _concordia_entries(source.data) if source.is_json else source.cleaned


def _concordia_entries(data: Any) -> list[str]:
    """Return the events of a structured log, whose long texts are in a table of contents."""
    log = fields_of(data)
    contents = fields_of(log.get("content_store"))
    found = []
    for entry in rows_of(log.get("entries")):
        value = fields_of(entry.get("deduplicated_data")).get("Value", entry.get("summary"))
        value = contents.get(text_of(value.get("_ref"))) if isinstance(value, dict) else value
        if entry.get("entry_type") in ("entity", "action") and text_of(value):
            found.append(f"Event: {text_of(entry.get('entity_name'))}: {text_of(value)}")
    return [plain(one) for one in found]


def _is_concordia(source: Source) -> bool:
    if source.is_json and not {"content_store", "entries"} <= fields_of(source.data).keys():
        return False
    lines = _concordia_entries(source.data) if source.is_json else source.head
    events = [_EVENT.match(line) is not None for line in lines]
    uttered = [" -- " in line and _UTTERED.match(line) is not None for line in lines]
    named = [_NAMED.match(re.sub(_STAMP, "", line)) is not None for line in lines]
    if any(events):
        return sum(map(any, zip(events, uttered, named, strict=True))) > 1
    return sum(uttered) > 1 and 2 * sum(uttered) >= len(lines)


def _read_concordia(source: Source) -> Chat:
    lines = _concordia_lines(source)
    events = [found["label"].casefold() for line in lines if (found := _EVENT.match(line))]
    is_resolved = any(label not in (*_ATTEMPTS, "observation") for label in events)
    return Chat(list(_concordia(lines, is_resolved)))


def _concordia(lines: Sequence[str], is_resolved: bool) -> Iterator[ChatMessage]:
    """Yield what happened. Attempts and observations are left out if the log also has the resolved events."""
    for line in lines:
        found = _EVENT.match(line)
        if found and is_resolved and found["label"].casefold() in (*_ATTEMPTS, "observation"):
            continue
        told = _without_repeated_name(found["told"] if found else re.sub(_STAMP, "", line))
        if uttered := _UTTERED.match(told) or _NAMED.match(told):
            yield ChatMessage(uttered["words"].strip(_QUOTES), SAYS, uttered["name"].strip())
        else:
            yield ChatMessage(told, STAGE)


def _without_repeated_name(told: str) -> str:
    """Return an event without the name that a log puts before it.

    >>> _without_repeated_name("Ann: Ann -- Hi")
    'Ann -- Hi'
    """
    name, colon, rest = told.partition(": ")
    return rest if colon and rest.startswith(name) else told


_CHAT_KEYS = {"chat", "filling"}
"""Keys of a conversation in a step of the movement, and in a node of the memory of an agent."""


def _persona_steps(data: Any) -> list[MessageFields]:
    """Return the people of each step: of one file of ``movement/``, or of ``master_movement.json``."""
    steps = [data, *data.values()] if isinstance(data, dict) else rows_of(data)
    people = [fields_of(step.get("persona", step)) for step in steps if isinstance(step, dict)]
    return [one for one in people if any(_CHAT_KEYS & fields_of(person).keys() for person in one.values())]


def _is_generative_agents(source: Source) -> bool:
    return source.is_json and bool(_persona_steps(source.data))


def _read_generative_agents(source: Source) -> Chat:
    """Read the conversations in the steps. Only the speakers of a conversation hear it."""
    messages: list[ChatMessage] = []
    told: set[tuple[tuple[str, str], ...]] = set()
    for people in _persona_steps(source.data):
        for person in sorted(map(fields_of, people.values()), key=lambda one: seconds_of(one.get("node_count"))):
            lines = _chat_lines(person.get("chat") or person.get("filling"))
            if lines and lines not in told:
                told.add(lines)
                names = list(dict.fromkeys(name for name, _ in lines))
                messages += [ChatMessage("", JOINS, name) for name in names]
                messages += [ChatMessage(said, SAYS, name) for name, said in lines]
                messages += [ChatMessage("", LEAVES, name) for name in names]
    return Chat(messages or [ChatMessage("nobody talks", NOTE)], is_channel=True)


def _chat_lines(chat: Any) -> tuple[tuple[str, str], ...]:
    rows = chat if isinstance(chat, list) else []
    return tuple((text_of(row[0]), text_of(row[1])) for row in rows if isinstance(row, list) and len(row) == 2)


SOTOPIA = Format("SOTOPIA (episodes in JSON or JSON lines, or text with Turn #n)", _is_sotopia, _read_sotopia)
CONCORDIA = Format("Concordia (logs with Event: lines, or structured JSON)", _is_concordia, _read_concordia)
GENERATIVE_AGENTS = Format("generative agents (movement in JSON)", _is_generative_agents, _read_generative_agents)
