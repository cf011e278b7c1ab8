"""Two people in a tent, seats for agents, and a language model whose calls are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from social_world_model.agents.making import AGENTS, AgentOptions, Seat
from social_world_model.agents.recorder import Record
from social_world_model.generation_utils.asking import DirectAsk
from social_world_model.generation_utils.calls import Role
from social_world_model.generation_utils.model import Sampling
from social_world_model.generation_utils.names import model_by_name
from social_world_model.generation_utils.output_parsers import OutputParser
from social_world_model.interaction import Act, ActKind, Briefing, Decision, Happening, Observation, State
from tests.agents.stub import stub
from tests.generation_utils.endpoint import Answering, Endpoint, quick

T = TypeVar("T")

ANN, BOB = "Ann Lee", "Bob"
CAST = (ANN, BOB)
TENT = "Ann Lee and Bob share a tent."
PRIVATE = {ANN: ("ANN-SECRET: I lost the map", "ANN-GOAL: get the blanket"),
           BOB: ("BOB-SECRET: I found the map", "BOB-GOAL: keep the blanket")}  # fmt: skip
KINDS: tuple[ActKind, ...] = ("speak", "non-verbal", "action", "leave", "none")
LISTED = (Act(kind="none"), Act(kind="action", text="waves"), Act(kind="action", text="hums"), Act(kind="leave"))


@dataclass(frozen=True)
class Tent:
    """A scenario without an end, in which everybody perceives everything."""

    id: str = "tent"
    environment: str = "tent"
    cast: tuple[str, ...] = CAST
    main_seats: tuple[str, ...] = ("first",)
    max_turns: int = 20
    order: str = "round-robin"

    @property
    def seats(self) -> dict[str, str]:
        return {"first": ANN, "second": BOB}


def briefing(name: str) -> Briefing:
    background, goal = PRIVATE[name]
    others = {other: f"{other} likes tea" for other in CAST if other != name}
    return Briefing(scenario=TENT, me=name, cast=CAST, background=background, goal=goal, others=others)


def beginning() -> Record:
    facts = [Happening(text=TENT, observers=frozenset(CAST))]
    return Record.begin(CAST, facts, {name: briefing(name).private for name in CAST})


def observed(record: Record, me: str, turn: int = 1, **more: Any) -> Observation:
    known: dict[str, Any] = {"available": KINDS, "context": record.context(me), **more}
    return Observation(turn=turn, turns_left=20 - turn, me=me, briefing=briefing(me), news=(), **known)


def acted(record: Record, name: str, act: Act) -> Record:
    happening = Happening(text=f"{name} {act.words}", observers=frozenset(CAST), actor=name)
    return record.after([happening] if act.words else [])


@dataclass
class Recording:
    """An `Ask` that keeps its calls."""

    ask: DirectAsk
    calls: list[tuple[Role, str, str]] = field(default_factory=list)

    @property
    def model_name(self) -> str:
        return self.ask.model_name

    @property
    def sampling(self) -> Sampling:
        return self.ask.sampling

    @property
    def reasons(self) -> bool:
        return self.ask.reasons

    async def __call__(
        self, text: str, parser: OutputParser[T], *, role: Role, place: str = "", temperature: float | None = None
    ) -> T:
        self.calls.append((role, place, text))
        return await self.ask(text, parser, role=role, place=place, temperature=temperature)

    @property
    def roles(self) -> dict[Role, int]:
        roles = [role for role, _, _ in self.calls]
        return {role: roles.count(role) for role in roles}

    def texts(self, *roles: Role) -> list[str]:
        return [text for role, _, text in self.calls if not roles or role in roles]


Work = Callable[[Recording], Coroutine[Any, Any, T]]


def asked(work: Work[T], answering: Answering = stub, name: str = "stub") -> tuple[T, Endpoint]:
    """Run a coroutine with a language model behind a socket, and return its result and the endpoint."""

    async def whole(url: str) -> T:
        model = model_by_name(f"custom/{name}@{url}")
        try:
            return await work(Recording(DirectAsk(model=model, calls=quick(), sampling=Sampling())))
        finally:
            await model.close()

    with Endpoint(answering) as endpoint:
        return asyncio.run(whole(endpoint.base_url)), endpoint


def seat(name: str, ask: Recording | None, world: Recording | None = None, **options: Any) -> Seat:
    state: State = {}
    return Seat(
        name=name,
        scenario=Tent(),  # type: ignore[arg-type]
        state=state,
        seed=7,
        ask=ask,
        world=world,
        options=AgentOptions(**options),
    )


def decided(
    agent: str, answering: Answering = stub, observation: Observation | None = None, model: str = "stub", **options: Any
) -> tuple[Decision, Recording, Endpoint]:
    """Let an agent decide in the first turn of the first person."""

    async def work(ask: Recording) -> tuple[Decision, Recording]:
        made = AGENTS.get(agent).make(seat(ANN, ask, **options))
        return await made.decide(observation or observed(beginning(), ANN)), ask

    (decision, ask), endpoint = asked(work, answering, model)
    return decision, ask, endpoint
