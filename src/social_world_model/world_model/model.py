"""`SocialWorldModel`: parse, criticise, go forward, ask; with a language model or the symbolic one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self
from weakref import WeakKeyDictionary

from social_world_model.contracts import Query, Reply
from social_world_model.errors import ConfigurationError, GenerationError, RefusalError, UnparsableOutputError
from social_world_model.generation_utils.answerer import LanguageModelAnswerer
from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.generate import kept
from social_world_model.generation_utils.model import LanguageModel, Sampling
from social_world_model.generation_utils.names import model_by_name
from social_world_model.generation_utils.sync import plain_twin
from social_world_model.s3ap import SocializedContext, perspective
from social_world_model.s3ap.context import SocialSimulation
from social_world_model.symbolic.model import NAME, SymbolicModel, domain_of
from social_world_model.world_model.imagining import Imagination, check
from social_world_model.world_model.parsing import PARSE_TEMPERATURE, LanguageModelParser


class SocialWorldModel:
    """A model of what goes on between people.

    Every coroutine method has a plain twin for scripts and notebooks: `parse_sync`, `ask_sync` and so on.

    Parameters
    ----------
    model_name
        ``"symbolic"``, or a language model's name; checked at once, key included.
    base_url
        Another endpoint for a bare name.
    temperature
        Of parses and of what is imagined; answers are drawn at 0.
    max_output_tokens, seed
        Passed on where the model takes them.
    calls
        Who makes the calls, with limits and budget; by default, one for all calls of an event loop.

    Raises
    ------
    ConfigurationError
        If there is no such model, or its key is missing.

    Examples
    --------
    >>> swm = SocialWorldModel("symbolic")
    >>> context = swm.parse_sync("Al entered the hall. The ball is in the box. Al exited the hall.")
    >>> swm.ask_sync(context, "Where will Al look for the ball?", agent="Al")
    'box'
    """

    def __init__(
        self,
        model_name: str = NAME,
        *,
        base_url: str | None = None,
        temperature: float | None = PARSE_TEMPERATURE,
        max_output_tokens: int | None = None,
        seed: int | None = None,
        calls: Calls | None = None,
    ) -> None:
        self.model_name = model_name
        self.base_url = base_url
        self.sampling = Sampling(temperature=temperature, max_output_tokens=max_output_tokens, seed=seed)
        self.calls = calls
        self._models: WeakKeyDictionary[asyncio.AbstractEventLoop, LanguageModel] = WeakKeyDictionary()
        if not self.is_symbolic:
            model_by_name(model_name, base_url)

    @property
    def is_symbolic(self) -> bool:
        """Whether it needs no language model."""
        return self.model_name == NAME

    async def parse(
        self, narrative: str, guidance: str = "", *, example: str | None = None, critique: bool = False
    ) -> SocializedContext:
        """Return the context of a narrative, without errors.

        Parameters
        ----------
        narrative
            A story, a dialogue, any account of people.
        guidance
            What holds in its domain, e.g. who perceives what; kept in the context.
        example
            A worked example.
        critique
            Whether the model criticises and corrects its context, at most twice.

        Raises
        ------
        NarrativeError
            From the symbolic model, if a sentence is outside its grammar.
        ConfigurationError
            If the symbolic model is to use an example or a critique.
        UnparsableOutputError
            If no reply was a valid context.
        """
        if self.is_symbolic:
            if example is not None or critique:
                raise self._only_language_models("an example or a critique")
            return (await SymbolicModel().parse(narrative, guidance)).context
        return (await self._parser(example, critique=critique).parse(narrative, guidance)).context

    async def critique(self, narrative: str, context: SocializedContext, guidance: str = "") -> list[str]:
        """Return what a language model finds wrong with a context, a sentence a problem.

        Raises
        ------
        ConfigurationError
            If this is the symbolic model, or the context has errors: these need no critic.
        RefusalError, UnparsableOutputError
            If the critic said nothing that can be used.
        """
        if self.is_symbolic:
            raise self._only_language_models("critique")
        check(context)
        return (await self._parser(None).critique(narrative, context, guidance)).value.problems

    async def step(self, context: SocializedContext, actions: Mapping[str, str] | None = None) -> SocializedContext:
        """Return a context that is one step longer: what is done now, and how things stand after that.

        Parameters
        ----------
        context
            Without errors.
        actions
            What some agents do now, if that is given.

        Raises
        ------
        ConfigurationError
            If this is the symbolic model, or the context cannot be continued.
        UnparsableOutputError
            If no reply made a valid context.
        """
        return await self._imagination("step").step(context, given=actions)

    async def rollout(self, context: SocializedContext, steps: int = 3, futures: int = 4) -> SocialSimulation:
        """Return futures of a context that differ in what happens.

        Raises
        ------
        ConfigurationError, UnparsableOutputError
            As `step`; the latter also if the model's futures do not differ.
        """
        return await self._imagination("rollout").rollout(context, steps, futures)

    async def ask(
        self, context: SocializedContext, question: str, *, agent: str | None = None, choices: Sequence[str] = ()
    ) -> str:
        """Return the answer to a question about a context.

        Parameters
        ----------
        context
            Without errors.
        question
            In plain words.
        agent
            Who answers, from its own memory and nothing else; None for somebody who knows the whole context.
        choices
            The options, if the answer is to be one of them; it comes as the model words it, e.g. ``"A. basket"``.

        Raises
        ------
        ConfigurationError
            If the context has errors, or the agent is not in the cast.
        RefusalError, UnparsableOutputError
            If there is no answer.
        """
        query = _question(context, question, agent, choices)
        if self.is_symbolic:
            return (await SymbolicModel().answer(replace(query, domain=domain_of(context)))).response
        sampling = replace(self.sampling, temperature=0.0)
        reply = await LanguageModelAnswerer(self._model(), self._calls(), sampling).answer(query)
        return _answer_of(reply, self.model_name)

    parse_sync = plain_twin(parse)
    critique_sync = plain_twin(critique)
    step_sync = plain_twin(step)
    rollout_sync = plain_twin(rollout)
    ask_sync = plain_twin(ask)

    async def __aenter__(self) -> Self:
        """Begin; `async with` closes the connections at the end."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections that were opened in this event loop."""
        model = self._models.pop(asyncio.get_running_loop(), None)
        if model is not None:
            await model.close()

    def _model(self) -> LanguageModel:
        """Return the model for the event loop that runs now: connections belong to one."""
        loop = asyncio.get_running_loop()
        if loop not in self._models:
            self._models[loop] = model_by_name(self.model_name, self.base_url)
        return self._models[loop]

    def _calls(self) -> Calls:
        return self.calls or kept().calls

    def _parser(self, example: str | None, *, critique: bool = False) -> LanguageModelParser:
        return LanguageModelParser(self._model(), self._calls(), self.sampling, example, critique=critique)

    def _imagination(self, what: str) -> Imagination:
        if self.is_symbolic:
            raise self._only_language_models(what)
        return Imagination(model=self._model(), calls=self._calls(), sampling=self.sampling)

    def _only_language_models(self, what: str) -> ConfigurationError:
        return ConfigurationError(
            f"expected a language model for {what}: the symbolic model parses and answers, "
            'e.g. SocialWorldModel("gpt-4o-2024-08-06")'
        )


def _question(context: SocializedContext, question: str, agent: str | None, choices: Sequence[str]) -> Query:
    """Return the query of a question about a context: with the whole of it, or with one agent's memory."""
    check(context)
    if agent is None:
        return Query(question=question, question_kind="reality", choices=tuple(choices), context=context)
    if agent not in context.agents_names:
        raise ConfigurationError(
            f"expected an agent out of {', '.join(context.agents_names)}; got {agent!r}", parameters=("agent",)
        )
    return Query(
        question=question,
        question_kind="belief",
        choices=tuple(choices),
        belief_chain=(agent,),
        agent=agent,
        memory=perspective(context, [agent]),
    )


def _answer_of(reply: Reply, model_name: str) -> str:
    """Return the answer of a reply; raise what stands for one that is none."""
    if reply.status == "answered":
        return reply.response
    error = {"refused": RefusalError, "unparsable": UnparsableOutputError}.get(reply.status, GenerationError)
    raise error(reply.error, model=model_name, raw=reply.raw, usage=reply.usage)
