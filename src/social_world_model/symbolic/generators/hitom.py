"""Generate stories like those of Hi-ToM.

A story has one to three chapters. The first chapter has five agents, the second three, and the third four. In each
chapter, the agents take turns: each agent may move an object and then leaves the room. Afterwards, all agents wait
together in another room. In a story with deception, some agents say where the object is, in private or in public. Such
a report may be false. Questions have orders 0 to 4, as in Hi-ToM (Wu et al. 2023, arXiv 2310.16755).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from social_world_model.s3ap.prose import joined
from social_world_model.symbolic.generators.dice import Dice
from social_world_model.symbolic.generators.oracle import Oracle
from social_world_model.symbolic.generators.story import BeliefQuestion, GeneratedStory
from social_world_model.symbolic.generators.vocabulary import (
    ANIMALS,
    BELONGINGS,
    COLOURED_CONTAINERS,
    NAMES,
    OBJECTS,
    ROOMS,
    WAITING_ROOM,
    possessive,
    with_article,
)

AGENTS_PER_CHAPTER = (5, 3, 4)
CHOICES = 15
HIGHEST_ORDER = 4
QUESTIONS_PER_STORY = HIGHEST_ORDER + 1

Beat = Callable[[], None]


def generate_hitom(n: int, seed: int = 0) -> Iterator[GeneratedStory]:
    """Generate Hi-ToM-like stories, one at a time.

    Parameters
    ----------
    n
        Number of stories. A larger number adds stories at the end and does not change the first stories. Six
        consecutive stories cover all combinations of length (1 to 3 chapters) and deception (yes or no).
    seed
        Seed for the random choices.

    Yields
    ------
    GeneratedStory
        A story with five rows, one question per order of belief, about the object of the first chapter. Each order adds
        one agent in front of the agents of the preceding order. Columns: index, set_id, prompting_type, deception,
        story_length, question_order, story (numbered lines), question, choices (fifteen containers with letters),
        answer.

    Examples
    --------
    >>> next(generate_hitom(1)).rows[0]["question"]
    'Where is the marble really?'
    """
    for number in range(n):
        yield _story(number, Dice(f"hitom:{seed}:{number}"))


def _story(number: int, dice: Dice) -> GeneratedStory:
    length = number % len(AGENTS_PER_CHAPTER) + 1
    deception = number // len(AGENTS_PER_CHAPTER) % 2 == 1
    stage = _Stage(dice)
    chapters = _chapters(stage, length)
    reporting = _chapters_with_reports(stage, chapters) if deception else []
    for position, chapter in enumerate(chapters):
        _act(stage, chapter, reports=1 + dice.below(2) if position in reporting else 0)
    narrative = "\n".join(f"{line} {text}" for line, text in enumerate(stage.sentences, start=1))
    questions = _questions(stage, chapters[0].thing)
    common = {
        "set_id": str(number),
        "prompting_type": "CoTP",
        "deception": deception,
        "story_length": length,
    }
    choices = _choices(stage, [question.answer for question in questions], chapters[0].thing)
    rows: tuple[dict[str, Any], ...] = tuple(
        {
            "index": number * QUESTIONS_PER_STORY + order,
            **common,
            "question_order": order,
            "story": narrative,
            "question": question.text,
            "choices": choices,
            "answer": question.answer,
        }
        for order, question in enumerate(questions)
    )
    return GeneratedStory(set_id=str(number), narrative=narrative, rows=rows)


@dataclass(frozen=True)
class _Chapter:
    """The agents, the room and the object of a chapter."""

    agents: tuple[str, ...]
    room: str
    thing: str


@dataclass
class _Stage:
    """The agents of a story, and the sentences that are already written."""

    dice: Dice
    sentences: list[str] = field(default_factory=list)
    tried: dict[str, list[str]] = field(default_factory=dict)  # by object: its containers so far

    def __post_init__(self) -> None:
        self.oracle = Oracle(depth=HIGHEST_ORDER)
        self.agents = self.dice.sample(NAMES, AGENTS_PER_CHAPTER[0])
        # Each container is drawn once, so it is in one room only.
        self.unused = self.dice.shuffled(COLOURED_CONTAINERS)

    def tell(self, sentence: str) -> None:
        self.sentences.append(sentence)

    def open(self, chapter: _Chapter) -> None:
        """Let all agents of the chapter enter and see where the object is."""
        names = joined(chapter.agents)
        self.tell(f"{names} entered the {chapter.room}.")
        self.oracle.enter(chapter.agents, chapter.room)
        known = chapter.thing in self.tried
        container = self.oracle.place(chapter.thing) if known else self.unused.pop()
        self.tried.setdefault(chapter.thing, []).append(container)
        self.tell(f"The {chapter.thing} is in the {container}.")
        self.oracle.put(chapter.thing, container, chapter.room)

    def stay(self, agent: str, chapter: _Chapter) -> None:
        self.tell(f"{agent} made no movements and stayed in the {chapter.room} for 1 minute.")

    def move(self, agent: str, chapter: _Chapter) -> None:
        container = self._another_container(chapter.thing)
        self.tried[chapter.thing].append(container)
        self.tell(f"{agent} moved the {chapter.thing} to the {container}.")
        self.oracle.move(agent, chapter.thing, container)

    def leave(self, agent: str, chapter: _Chapter) -> None:
        self.tell(f"{agent} exited the {chapter.room}.")
        self.oracle.leave(agent)

    def close(self, chapter: _Chapter, reports: int) -> None:
        """Let all agents wait together. The number ``reports`` says how many agents report where the object is."""
        self.tell(f"{joined(chapter.agents)} entered the {WAITING_ROOM}.")
        self.oracle.enter(chapter.agents, WAITING_ROOM)
        for speaker in self.dice.sample(chapter.agents, reports):
            self._report(speaker, chapter)

    def _report(self, speaker: str, chapter: _Chapter) -> None:
        thing = chapter.thing
        container = self.dice.pick(self.tried[thing]) if self.dice.chance(0.6) else self.unused.pop()
        self.tried[thing].append(container)
        if self.dice.chance(0.4):
            self.tell(f"{speaker} publicly claimed that {thing} is in the {container}.")
            self.oracle.report(speaker, None, thing, container)
        else:
            hearer = self.dice.pick([name for name in chapter.agents if name != speaker])
            self.tell(f"{speaker} privately told {hearer} that the {thing} is in the {container}.")
            self.oracle.report(speaker, hearer, thing, container)

    def _another_container(self, thing: str) -> str:
        """Return another container: usually an unused container, sometimes a container from an earlier sentence."""
        before = [container for container in self.tried[thing] if container != self.oracle.place(thing)]
        return self.dice.pick(before) if before and self.dice.chance(0.2) else self.unused.pop()


def _chapters(stage: _Stage, length: int) -> list[_Chapter]:
    """Return the chapters.

    A later chapter may repeat the room of an earlier chapter, or both the room and the object.
    """
    rooms = stage.dice.sample(ROOMS, length)
    things = stage.dice.sample(OBJECTS, length)
    chapters = [_Chapter(tuple(stage.agents), rooms[0], things[0])]
    for position in range(1, length):
        agents = tuple(stage.dice.sample(stage.agents, AGENTS_PER_CHAPTER[position]))
        room, thing = rooms[position], things[position]
        if stage.dice.chance(0.4):
            earlier = stage.dice.pick(chapters)
            room, thing = earlier.room, earlier.thing if stage.dice.chance(0.6) else thing
        chapters.append(_Chapter(agents, room, thing))
    return chapters


def _chapters_with_reports(stage: _Stage, chapters: Sequence[_Chapter]) -> list[int]:
    """Return the positions of chapters with reports.

    At least one chapter in the result is about the object of the first chapter.
    """
    about_it = [position for position, chapter in enumerate(chapters) if chapter.thing == chapters[0].thing]
    sure = stage.dice.pick(about_it)
    return [position for position in range(len(chapters)) if stage.dice.chance(0.4) or position == sure]


def _act(stage: _Stage, chapter: _Chapter, reports: int) -> None:
    """Write the sentences of a chapter and update the oracle."""
    beats: list[Beat] = [partial(stage.open, chapter)]
    for agent in chapter.agents:
        turn = stage.move if stage.dice.chance(0.5) else stage.stay
        beats += [partial(turn, agent, chapter), partial(stage.leave, agent, chapter)]
    beats.append(partial(stage.close, chapter, reports))
    for beat in stage.dice.woven(beats, _distractions(stage, chapter)):
        beat()


def _distractions(stage: _Stage, chapter: _Chapter) -> list[Beat]:
    dice = stage.dice
    return [partial(stage.tell, _distraction(dice, dice.pick(stage.agents))) for _ in range(dice.below(4))]


def _distraction(dice: Dice, agent: str) -> str:
    return dice.pick(
        (
            f"{agent} likes the {dice.pick(COLOURED_CONTAINERS)}.",
            f"{agent} dislikes the {dice.pick(OBJECTS)}.",
            f"{agent} saw {with_article(dice.pick(ANIMALS))}.",
            f"{agent} lost {possessive(agent)} {dice.pick(BELONGINGS)}.",
        )
    )


def _questions(stage: _Stage, thing: str) -> list[BeliefQuestion]:
    """Return one question per order. All agents saw the object together at first, so every question has an answer."""
    agents = stage.dice.sample(stage.agents, HIGHEST_ORDER)
    questions = [BeliefQuestion(text=f"Where is the {thing} really?", answer=stage.oracle.place(thing))]
    for order in range(1, HIGHEST_ORDER + 1):
        chain = tuple(agents[-order:])
        text = f"Where does {_thinking(chain)} the {thing} is?"
        questions.append(BeliefQuestion(text=text, chain=chain, answer=stage.oracle.belief(chain, thing)))
    return questions


def _thinking(chain: Sequence[str]) -> str:
    first, *others = chain
    if not others:
        return f"{first} really think"
    return " ".join([f"{first} think", *(f"{name} thinks" for name in others)])


def _choices(stage: _Stage, answers: Sequence[str], thing: str) -> str:
    """Return fifteen containers with letters: the answers, other containers of the object, and unrelated containers."""
    wanted = [*answers, *stage.tried[thing], *stage.dice.shuffled(COLOURED_CONTAINERS)]
    options = stage.dice.shuffled(list(dict.fromkeys(wanted))[:CHOICES])
    return ", ".join(f"{chr(ord('A') + position)}. {option}" for position, option in enumerate(options))
