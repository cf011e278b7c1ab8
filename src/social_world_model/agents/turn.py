"""One turn of an agent that asks a language model."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from social_world_model.agents.making import Seat
from social_world_model.agents.prompts import (
    CRITICISE,
    MIND,
    PROPOSE,
    VALUE,
    ActPrompt,
    counted,
    sentence_of,
    text_of,
    values_of,
)
from social_world_model.agents.reading import ActParser, ActsParser, ChosenWithReason, ScoresParser
from social_world_model.agents.rendering import act_text
from social_world_model.agents.replies import Critique, GoalScores, Mind, RubricScores
from social_world_model.generation_utils.asking import Ask
from social_world_model.generation_utils.output_parsers import PydanticOutputParser
from social_world_model.interaction import Act, Considered, Observation


@dataclass(frozen=True)
class Turn:
    """One turn of an agent: what the agent knows, and the calls that it can make.

    Parameters
    ----------
    observation
        Observation of the agent.
    ask
        Asks the language model of the agent.
    seat
        Seat of the agent.
    """

    observation: Observation
    ask: Ask
    seat: Seat

    @cached_property
    def values(self) -> Mapping[str, str]:
        """Texts that all prompts of the turn use."""
        return values_of(self.observation)

    async def act(self, prompt: ActPrompt, place: int = 0, **more: str) -> ChosenWithReason:
        """Return the act that the model chooses.

        Parameters
        ----------
        prompt
            Prompt for an act.
        place
            Number of the call among the calls of the turn with the role ``"act"``, from 0.
        more
            Further values of the prompt.
        """
        spec = prompt.of(self.observation)
        shape = spec.reply_for(reasoning=self.ask.reasons)
        assert shape is not None
        parser = ActParser(self.observation, shape)
        return await self.ask(text_of(spec, self.values, **more), parser, role="act", place=f"act/{place}")

    async def critique(self, draft: Act) -> str:
        """Return what the model thinks is wrong with an act."""
        text = text_of(CRITICISE, self.values, draft=act_text(draft))
        reply = await self.ask(text, PydanticOutputParser(pydantic_object=Critique), role="act", place="act/1")
        return reply.critique.strip()

    async def mind(self) -> str:
        """Return what the model thinks that the other people believe, want and feel."""
        parser = PydanticOutputParser(pydantic_object=Mind)
        return (await self.ask(text_of(MIND, self.values), parser, role="act", place="act/0")).mind.strip()

    async def propose(self) -> list[Act]:
        """Return different acts, as many as the options say, or as many as there are."""
        spec, listed = PROPOSE.of(self.observation), self.observation.available
        number = self.seat.options.candidates
        if isinstance(listed[0], Act):
            number = min(number, len(listed))
        assert spec.reply is not None
        parser = ActsParser(self.observation, spec.reply, number)
        text = text_of(spec, self.values, number=counted(number))
        return await self.ask(text, parser, role="propose", place="propose/0")

    async def value(self, candidates: Sequence[Considered], imagined: Sequence[str] = ()) -> list[Considered]:
        """Return the candidates with a value and a reason.

        The prompt shows all candidates in an order that the seed and the number of the turn determine.

        Parameters
        ----------
        candidates
            Acts that the agent considers.
        imagined
            What the person would perceive after each act, as text; empty if nothing was imagined.
        """
        me, by = self.observation.me, self.seat.options.value
        order = list(range(len(candidates)))
        random.Random(f"{self.seat.seed}:{self.observation.turn}").shuffle(order)
        lines = imagined or [sentence_of(me, one.act) for one in candidates]
        blocks = [f"Candidate {number}:\n{lines[one]}" for number, one in enumerate(order, start=1)]
        text = text_of(VALUE[by], self.values, candidates="\n\n".join(blocks), imagines="yes" if imagined else "")
        parser = ScoresParser(RubricScores if by == "rubric" else GoalScores, len(candidates))
        scores = await self.ask(text, parser, role="value", place="value/0")
        valued = list(candidates)
        for one, (value, why) in zip(order, scores, strict=True):
            valued[one] = replace(candidates[one], value=value, why=why)
        return valued


def best_of(considered: Sequence[Considered]) -> Considered:
    """Return the candidate with the highest value. If several values are equal, the first one wins."""
    return max(considered, key=lambda one: -1.0 if one.value is None else one.value)
