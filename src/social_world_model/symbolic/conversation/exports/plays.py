"""Read plays and screenplays: the name of the speaker in capitals, above the text or before it, and stage directions.

A person who speaks in a scene is present from the start of the scene, unless a stage direction says that the person
enters. At the end of a scene, everybody leaves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from social_world_model.symbolic.conversation.exports.chat import JOINS, LEAVES, NOTE, SAYS, Chat, ChatMessage
from social_world_model.symbolic.conversation.exports.source import Format, Source
from social_world_model.symbolic.conversation.labels import LONGEST_NAME
from social_world_model.symbolic.conversation.names import fold, meant, plain
from social_world_model.symbolic.conversation.patterns import listed
from social_world_model.symbolic.conversation.stage import read_stage

_CUE = re.compile(
    r"^(?P<name>[A-Z][A-Z0-9 .'’&#-]{0,40}?)(?P<manner>(?: ?[(\[][^()\[\]]{1,60}[)\]])*)(?:[.:] ?(?P<text>.*))?$"
)
_HEADING = re.compile(
    r"^(?:(?:INT|EXT|EST|INT\./EXT|I/E)[. ].*|(?:ACT|SCENE|PROLOGUE|EPILOGUE|CHAPTER)\b.*"
    r"|(?:Act|Scene) [IVXLC\d]+\b.*)$"
)
_NO_NAMES = re.compile(
    r"^(?:THE END|END|CURTAIN|FADE (?:IN|OUT|TO).*|CUT TO.*|DISSOLVE.*|SMASH CUT.*|TITLE.*|CONTINUED|MORE|BLACKOUT"
    r"|DRAMATIS PERSONAE|CHARACTERS|CAST|LATER|CONTINUOUS|MONTAGE.*|BACK TO.*)$"
)
_DIRECTION = re.compile(r"^(?:[(\[_*].*[)\]_*]\.?|(?:Re-)?[Ee]nter .*|(?:EXIT|EXEUNT|ENTER)\b.*|Ex(?:it|eunt)\b.*)$")
_MOVE = re.compile(r"^(?P<verb>(?:re-?)?enter|exit|exeunt)s?\b[ :,]*(?P<who>.*)$", re.IGNORECASE)
_ALL_BUT = re.compile(r"^(?:all )?(?:but|except|save) (?P<who>.+)$|^manent (?P<stay>.+)$", re.IGNORECASE)
_EVERYBODY = listed("all both omnes severally together")
_ASIDE = re.compile(r"\b(?:aside|whisper\w*|sotto voce)(?: to (?P<to>[A-Z][\w'’. ]{0,40}))?", re.IGNORECASE)
_VOICES = re.compile(r"\((?:CONT['’]D|CONTINUING|O\.?S\.?|V\.?O\.?|O\.?C\.?|MORE)\.?\)", re.IGNORECASE)
_AND = re.compile(r", (?:and )?| and | & ")
_INSIDE = re.compile(r"^[(\[](?P<text>[^()\[\]]{1,200})[)\]]\.? ?")
_EMPHASIS = re.compile(r"_(?P<text>[^_\n]{1,200})_")
_LOOKED_AT = 1000
"""Number of lines at the start of a text from which a play is recognised. A list of the people may come first."""
_PEOPLE = re.compile(
    r"^(?:dramatis person.{1,3}|(?:the )?(?:characters|persons|cast)(?: (?:of|in) the play)?)[.:]?$", re.I
)
_SMALL = listed("and of the de la von van")


def _name_in(line: str) -> re.Match[str] | None:
    """Find a cue: a name in capitals at the start of a line."""
    bare = plain(_VOICES.sub("", line))
    found = _CUE.match(bare)
    if found is None or _HEADING.match(bare) or _NO_NAMES.match(bare) or _MOVE.match(bare):
        return None
    name = found["name"].strip(" .")
    is_name = len(name) > 1 and any(sign.isalpha() for sign in name) and len(name.split()) <= LONGEST_NAME
    return found if is_name and name not in ("I", "A", "OK", "NO", "YES", "OH") else None


def _paragraphs(lines: Sequence[str]) -> list[list[str]]:
    """Return the lines between blank lines, in plain form."""
    found: list[list[str]] = [[]]
    for line in lines:
        if cleaned := plain(_EMPHASIS.sub(r"\g<text>", line)):
            found[-1].append(cleaned)
        elif found[-1]:
            found.append([])
    return [lines for lines in found if lines]


def _is_play(source: Source) -> bool:
    if source.is_json:
        return False
    cues: list[str] = []
    others = 0
    looked_at = source.lines[:_LOOKED_AT]
    paragraphs = _paragraphs(looked_at)
    has_directions = any(_HEADING.match(line) or _moves_in(line) for lines in paragraphs for line in lines)
    for paragraph in paragraphs:
        for number, line in enumerate(paragraph):
            found = _name_in(line)
            if found and (found["text"] or number + 1 < len(paragraph)):
                is_label = found["text"] is not None and line[found.end("manner") :].startswith(":")
                cues += [] if is_label and not has_directions else [fold(found["name"].strip(" ."))]
            elif re.match(r"^[^:]{1,40}: \S", line) and not found:
                others += 1
    return len(cues) > 1 and len(set(cues)) > 1 and len(cues) * 8 >= sum(map(len, paragraphs)) and others < len(cues)


def _moves_in(line: str) -> bool:
    """Tell whether a line is a direction such as "[Exit Tom]"."""
    return _DIRECTION.match(line) is not None and _MOVE.match(line.strip("()[]_* .")) is not None


@dataclass
class _Play:
    """The state while a play is read."""

    is_screenplay: bool
    known: list[str]
    messages: list[ChatMessage] = field(default_factory=list)
    scene: list[ChatMessage] = field(default_factory=list)
    there: dict[str, None] = field(default_factory=dict)  # people in the scene so far
    speaker: str = ""
    manner: str = ""
    to: tuple[str, ...] = ()

    def heading(self, line: str) -> None:
        """End the scene, and begin another."""
        self.end_scene()
        self.speaker = ""
        self.add(ChatMessage(line, NOTE))

    def end_scene(self) -> None:
        """Add the messages of the scene. Everybody who speaks without entering is present from the start."""
        first: dict[str, str] = {}
        for message in self.scene:
            if message.does != NOTE:
                first.setdefault(message.name, message.does)
        start = [ChatMessage("", JOINS, name) for name, does in first.items() if does != JOINS]
        notes = 1 if self.scene and self.scene[0].does == NOTE else 0
        self.messages += [*self.scene[:notes], *start, *self.scene[notes:]]
        self.messages += [ChatMessage("", LEAVES, name) for name in self.there]
        self.scene, self.there = [], {}

    def add(self, message: ChatMessage) -> None:
        """Add a message to the scene."""
        self.scene.append(message)
        if message.does == LEAVES:
            self.there.pop(message.name, None)
        elif message.does != NOTE:
            self.there[message.name] = None

    def cue(self, found: re.Match[str]) -> None:
        """Begin a speech."""
        self.speaker = _as_name(found["name"], self.known)
        self.manner, self.to = "", ()
        self._take_manner(found["manner"] or "")
        if found["text"]:
            self.say(found["text"])

    def _take_manner(self, told: str) -> None:
        if aside := _ASIDE.search(told):
            self.manner = "" if aside["to"] else "aside"
            self.to = (_as_name(aside["to"], self.known),) if aside["to"] else ()

    def say(self, line: str) -> None:
        """Add a line to the speech. Stage directions at the start of a line are not spoken."""
        while inside := _INSIDE.match(line):
            self._take_manner(inside["text"])
            if _MOVE.match(inside["text"]):
                self.direction(inside["text"])
            line = line[inside.end() :]
        ending = re.search(r" ?[\[(](?P<text>(?:Re-)?(?:Exit|Exeunt|Enter)[^()\[\]]*)[)\]]\.?$", line)
        said = line[: ending.start()] if ending else line
        said = plain(re.sub(r" ?\[[^\[\]]*\]", "", said))
        last = self.scene[-1] if self.scene else None
        if said and last and last.does == SAYS and last.name == self.speaker and last.to == self.to:
            self.scene[-1] = ChatMessage(f"{last.text} {said}", SAYS, self.speaker, to=self.to, manner=self.manner)
        elif said:
            self.add(ChatMessage(said, SAYS, self.speaker, to=self.to, manner=self.manner))
        if ending:
            self.direction(ending["text"])

    def direction(self, line: str) -> None:
        """Read a stage direction."""
        text = line.strip("()[]_* .")
        parts = [part.strip() for part in re.split(r"[.;] +", text) if part.strip()]
        moves = [move for part in parts for move in self._moves(part)]
        for message in moves or [ChatMessage(text, NOTE)]:
            self.add(message)

    def _moves(self, text: str) -> list[ChatMessage]:
        if found := _MOVE.match(text):
            does = JOINS if found["verb"].casefold().endswith("enter") else LEAVES
            return [ChatMessage("", does, name) for name in self._meant(found, does)]
        staged = read_stage(text, self.known)
        kinds = {"join": JOINS, "leave": LEAVES}
        return [ChatMessage("", kinds[move.kind], name) for move in staged.moves for name in move.names]

    def _meant(self, found: re.Match[str], does: str) -> list[str]:
        """Return the people of a direction. "Exit" alone means the speaker, and "Exeunt" means everybody."""
        present = list(self.there)
        who = found["who"].strip(" .,")
        if but := _ALL_BUT.match(who):
            stay = {fold(name) for name in self._people((but["who"] or but["stay"]).strip())}
            return [name for name in present if fold(name) not in stay]
        if not who or (does == LEAVES and fold(who.split()[0].strip(",")) in _EVERYBODY):
            is_alone = found["verb"].casefold() == "exit" and not who and self.speaker
            return [self.speaker] if is_alone else present
        return self._people(who)

    def _people(self, who: str) -> list[str]:
        names = (_leading_name(part) for part in _AND.split(who))
        return list(dict.fromkeys(_as_name(name, self.known) for name in names if name))


def _leading_name(part: str) -> str:
    """Return the capitalised words at the start of a text, without articles: "the King, angry" means "King"."""
    words = part.split()
    while words and fold(words[0]) in ("the", "a", "an", "to", "with", "from"):
        words.pop(0)
    length = next((number for number, word in enumerate(words) if not word[:1].isupper()), len(words))
    return " ".join(words[:length]).strip(" .,")


def _as_name(name: str, known: Sequence[str]) -> str:
    """Return a name with ordinary capitals, in the form of the cues if a cue has this name."""
    words = plain(name).strip(" .,").split()
    written = " ".join(
        word.casefold() if number and fold(word) in _SMALL else _capitalised(word) for number, word in enumerate(words)
    )
    found = meant(written, known)
    return found[0] if len(found) == 1 else written


def _capitalised(word: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda part: part[0][0].upper() + part[0][1:].lower(), word) if word.isupper() else word


def _read_play(source: Source) -> Chat:
    paragraphs = _without_list_of_people(_paragraphs(source.lines))
    cues = [found for lines in paragraphs for line in lines if (found := _name_in(line))]
    known = list(dict.fromkeys(_as_name(found["name"], ()) for found in cues))
    is_screenplay = any(re.match(r"^(?:INT|EXT)[. /]", line) for line in source.cleaned)
    play = _Play(is_screenplay, known)
    for lines in paragraphs:
        _read_paragraph(play, lines)
    play.end_scene()
    while play.messages and play.messages[-1].does == LEAVES:
        play.messages.pop()
    has_moves = any(_HEADING.match(line) or _moves_in(line) for line in source.cleaned)
    return Chat(play.messages if has_moves else _without_moves(play.messages), is_channel=has_moves)


def _without_moves(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Leave out the arrivals that no direction states."""
    return [message for message in messages if message.does not in (JOINS, LEAVES)]


def _without_list_of_people(paragraphs: list[list[str]]) -> list[list[str]]:
    """Leave out the list of the people before the first scene."""
    start = next((number for number, lines in enumerate(paragraphs) if _PEOPLE.match(lines[0])), None)
    if start is None:
        return paragraphs
    scenes = (number for number in range(start, len(paragraphs)) if _HEADING.match(paragraphs[number][0]))
    return [*paragraphs[:start], *paragraphs[next(scenes, start) :]]


def _read_paragraph(play: _Play, lines: Sequence[str]) -> None:
    if play.is_screenplay:
        play.speaker = ""
    for number, line in enumerate(lines):
        found = _name_in(line)
        if _HEADING.match(line):
            play.heading(line)
        elif _NO_NAMES.match(line.strip(" .:")):
            play.add(ChatMessage(line, NOTE))
        elif found and (found["text"] or number + 1 < len(lines)):
            play.cue(found)
        elif _DIRECTION.match(line) and not (play.speaker and line.startswith("(") and number + 1 < len(lines)):
            play.direction(line)
        elif play.speaker:
            play.say(line)
        else:
            play.direction(line)


PLAY = Format("plays and screenplays (NAME in capitals)", _is_play, _read_play)
