"""Separate the thoughts of a model from its reply, in a text that contains both."""

from __future__ import annotations

import re

from social_world_model.generation_utils.json_text import read, spans

TAGS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<seed:think>", "</seed:think>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
)
"""Tags around the thoughts of a model, opening and closing."""

_CHANNEL = re.compile(
    r"<\|channel\|>\s*(?P<name>\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>(?P<text>.*?)"
    r"(?=<\|(?:end|return|call|start|channel)\|>|\Z)",
    re.DOTALL,
)
_PLAIN_CHANNEL = re.compile(r"\s*analysis(?=[A-Z{\"])")
_PLAIN_FINAL = "assistantfinal"


def split_thoughts(text: str) -> tuple[str, str | None]:
    r"""Return the thoughts and the reply of a model.

    The reply is None if the thoughts never end. The text may contain tags such as ``<think>``, or the channels of
    gpt-oss ("harmony"). Many chat templates write the opening tag, so a closing tag alone also ends the thoughts. A tag
    inside a JSON object is a part of the reply.

    Examples
    --------
    >>> split_thoughts("<think>The box, or the bag?</think>\nThe bag.")
    ('The box, or the bag?', '\nThe bag.')
    >>> split_thoughts("<think>The box, or")
    ('The box, or', None)
    """
    if text.lstrip().startswith("<|"):
        channels = [(found["name"], found["text"]) for found in _CHANNEL.finditer(text)]
        if channels:
            final = [said for name, said in channels if name == "final"]
            thoughts = "\n".join(said.strip() for name, said in channels if name != "final")
            return thoughts, final[-1] if final else None
    if opening := _PLAIN_CHANNEL.match(text):  # channels whose special tokens the server removed
        before, final_begins, reply = text[opening.end() :].rpartition(_PLAIN_FINAL)
        return (before, reply) if final_begins else (reply, None)
    return _split_tags(text)


def _split_tags(text: str) -> tuple[str, str | None]:
    thoughts = []
    for opening, closing in TAGS:
        while (start := _outside_objects(text, opening)) is not None:
            inner, closed, rest = text[start + len(opening) :].partition(closing)
            thoughts.append(inner)
            if not closed:
                return _joined(thoughts), None
            text = text[:start] + rest
        while (end := _outside_objects(text, closing)) is not None:
            thoughts.append(text[:end])
            text = text[end + len(closing) :]
    return _joined(thoughts), text


def _joined(thoughts: list[str]) -> str:
    return "\n".join(filter(None, (part.strip() for part in thoughts)))


def _outside_objects(text: str, tag: str) -> int | None:
    """Return the position of the first tag that is not inside a complete JSON object; None if there is none."""
    place = text.find(tag)
    if place < 0:
        return None
    inside = [(start, end) for start, end in spans(text) if end is not None and read(text[start:end]) is not None]
    while place >= 0 and any(start < place < end for start, end in inside):
        place = text.find(tag, place + 1)
    return place if place >= 0 else None
