"""Convert WebVTT and SubRip subtitles to messages.

The library webvtt-py finds the cues, and this module finds the speakers.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Final, Literal

from social_world_model.errors import DatasetError
from social_world_model.symbolic.conversation.exports.chat import NOBODY_NAMED, SAYS, STAGE, Chat, ChatMessage
from social_world_model.symbolic.conversation.exports.source import Format, Source
from social_world_model.symbolic.conversation.labels import shape_of
from social_world_model.symbolic.conversation.names import plain

FIRST_CUE_WITHIN: Final = 5
"""If a file has no header, the file counts as subtitles only if the first cue begins within this number of lines."""

_TIME = r"(?:\d{1,4}:)?[0-5]?\d:[0-5]\d[.,]\d{1,3}"
_TIMES = re.compile(rf"^({_TIME}) ?--> ?({_TIME})(?= |$)(.*)$")
_BEGINS = re.compile(rf"^{_TIME} ?-->")
_LIKE_TIMES = re.compile(r"^\d+:\S* ?-->")
_HEADER = re.compile(r"WEBVTT(?: |$)")
_DASH = re.compile(r"^[-–—] ?(?P<text>[^-–—].*)$")
"""A cue with several lines that begin with dashes has several speakers."""
_VOICE = re.compile(r"<v(?:\.[^ >]*)? ([^>]+)>")
_MARKUP = re.compile(r"</?(?:[a-z]+|\d)[^>]*>")  # webvtt-py also treats "<3 of you>" and "a < b > c" as markup


def are_subtitles(lines: Sequence[str]) -> bool:
    """Tell whether lines begin like WebVTT or SubRip subtitles."""
    return has_header(lines) or any(_BEGINS.match(plain(line)) for line in lines[:FIRST_CUE_WITHIN])


def has_header(lines: Sequence[str]) -> bool:
    """Tell whether lines begin with the header of WebVTT."""
    return bool(lines) and _HEADER.match(plain(lines[0])) is not None


def of_subtitles(lines: Sequence[str]) -> Iterator[ChatMessage]:
    """Yield the messages of subtitles.

    A voice tag or a name before a colon marks the speaker. The speaker stays the same until the next mark.

    Parameters
    ----------
    lines
        Unchanged lines of a subtitle file.

    Raises
    ------
    DatasetError
        If the times of a cue are malformed, or if no cue has text.

    Examples
    --------
    >>> [(entry.name, entry.text) for entry in of_subtitles(["WEBVTT", "", "00:00.000 --> 00:01.000", "<v Ann>Hi"])]
    [('Ann', 'Hi')]
    """
    name = NOBODY_NAMED
    said_in_cues = [said for cue in _cues(lines) for said in _of_cue(cue)]
    if not said_in_cues:
        raise DatasetError("expected subtitles with at least one cue with text, got none")
    for speaker, said in said_in_cues:
        name = speaker or name
        shape = shape_of(said)
        yield ChatMessage(shape.text, STAGE) if shape.is_bracketed else ChatMessage(said, SAYS, name)


def _cues(lines: Sequence[str]) -> list[list[str]]:
    """Return the lines of each cue, with their markup."""
    from webvtt import WebVTT
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    form: Literal["vtt", "srt"] = "vtt" if has_header(lines) else "srt"
    well_formed = _with_separators(lines) if form == "vtt" else _with_numbers(lines)
    try:
        read = WebVTT.from_buffer(StringIO("\n".join(well_formed)), format=form)
    except (MalformedCaptionError, MalformedFileError) as error:
        raise DatasetError(f"expected WebVTT or SubRip subtitles, got a malformed file: {error}") from None
    return [caption.lines for caption in read.captions]


def _with_separators(lines: Sequence[str]) -> list[str]:
    """Return lines of WebVTT with normalised times. A line that contains only spaces is a separator only before a cue.

    In WebVTT, a line that contains only spaces belongs to the text of a cue, as in captions of YouTube. Files that were
    edited by hand may have such lines between cues.
    """
    written = [_written(line) for line in lines]
    kept: list[str] = []
    for at, line in enumerate(written):
        if line or not lines[at] or any(_TIMES.match(after) for after in written[at + 1 : at + 3]):
            kept.append(line)
    return kept


def _with_numbers(lines: Sequence[str]) -> list[str]:
    """Return lines of SubRip, starting at the first cue, with a blank line and a number before each cue."""
    kept: list[str] = []
    begun = False
    for line in map(_written, lines):
        if _TIMES.match(line) is not None:
            number = kept.pop() if kept and kept[-1].isdigit() else "0"
            kept = kept if begun else []
            kept += ["", number] if begun else [number]
            begun = True
        kept.append(line)
    return kept


def _written(line: str) -> str:
    """Return a line with times in the form of WebVTT, and with every other arrow escaped."""
    line = plain(line)
    if (times := _TIMES.match(line)) is not None:
        start, end = (time.replace(",", ".") for time in times.groups()[:2])
        start, end = (time if time.count(":") > 1 else f"00:{time}" for time in (start, end))
        return f"{start} --> {end}{times[3]}"
    if _LIKE_TIMES.match(line):
        raise DatasetError(
            f"expected the times of a cue such as '00:00:01.000 --> 00:00:02.500', got {line[:60]!r}; correct this line"
        )
    return line.replace("-->", "--&gt;")


def _of_cue(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Return the utterances of one cue, each with its speaker. An empty name means the preceding speaker."""
    said: list[tuple[str, str]] = []
    for line in lines:
        before, *rest = _VOICE.split(line)
        for voice, words in [("", before), *zip(rest[::2], rest[1::2], strict=True)]:
            words = _text(words)
            shape = shape_of(words)
            if voice:
                said.append((_text(voice), words))
            elif shape.label and shape.is_certain:
                said.append((shape.label, shape.text))
            elif len(lines) > 1 and (own := _DASH.match(words)):
                said.append((NOBODY_NAMED, own["text"]))
            elif words and said and not shape.is_bracketed:
                said[-1] = (said[-1][0], f"{said[-1][1]} {words}".strip())
            elif words:
                said.append(("", words))
    return said


def _text(marked: str) -> str:
    """Return the text of a part of a cue, without markup and with decoded HTML entities."""
    return plain(html.unescape(_MARKUP.sub("", marked)))


def _is_subtitles(source: Source) -> bool:
    return not source.is_json and are_subtitles(source.lines)


def _read(source: Source) -> Chat:
    return Chat(list(of_subtitles(source.lines)))


SUBTITLES = Format("subtitles (WebVTT or SubRip)", _is_subtitles, _read)
