"""Parse, check and continue contexts, and ask questions, with a language model or the symbolic model."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self, get_args
from weakref import WeakKeyDictionary

from social_world_model.choices import Wire
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
from social_world_model.settings import SamplingOptions
from social_world_model.symbolic.model import NAME, SymbolicModel, domain_of
from social_world_model.world_model.imagining import Imagination, check
from social_world_model.world_model.parsing import PARSE_TEMPERATURE, LanguageModelParser


class SocialWorldModel:
    """A model of social situations.

    Every coroutine method has a blocking version for scripts and notebooks: `parse_sync`, `ask_sync` and so on.

    Parameters
    ----------
    model_name
        ``"symbolic"``, or the name of a language model. The name and the API key are checked immediately.
    base_url
        Address of another endpoint. The model name is then a bare name or ``vllm/NAME``.
    temperature
        Temperature for parses and imagined steps. None means the default of the model. Answers and critiques use 0.
    max_output_tokens, seed, sampling
        Maximum number of tokens of a reply, seed, and further options. A value is left out if the model refuses it.
    wire
        Format in which a language model writes contexts: ``"standard"``, or ``"compact"`` with fewer tokens.
    calls
        Makes the calls, with limits and budget. By default, one shared object makes all calls of an event loop.

    Raises
    ------
    ConfigurationError
        If no model has this name, or if the API key of the model is missing.

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
        sampling: SamplingOptions | None = None,
        wire: Wire = "standard",
        calls: Calls | None = None,
    ) -> None:
        self.model_name, self.base_url = model_name, base_url
        self.sampling = Sampling.of(sampling, temperature=temperature, max_output_tokens=max_output_tokens, seed=seed)
        self.wire, self.calls = wire, calls
        self._models: WeakKeyDictionary[asyncio.AbstractEventLoop, LanguageModel] = WeakKeyDictionary()
        _check_wire(wire)
        if not self.is_symbolic:
            model_by_name(model_name, base_url)

    @property
    def is_symbolic(self) -> bool:
        """Whether this is the symbolic model, which needs no language model."""
        return self.model_name == NAME

    async def parse(
        self, narrative: str, guidance: str = "", *, example: str | None = None, critique: bool = False
    ) -> SocializedContext:
        """Return the context of a narrative. The context has no errors.

        Parameters
        ----------
        narrative
            Story, dialogue or other text about people.
        guidance
            Rules of the domain, e.g. who perceives what. The context keeps them in `context_manual`.
        example, critique
            Worked example for the prompt. If `critique` is True, the model corrects the context up to twice.

        Raises
        ------
        NarrativeError, UnparsableOutputError
            If the symbolic model cannot read a sentence, or if no reply of the language model is a valid context.
        ConfigurationError
            If an example or a critique is requested from the symbolic model.
        """
        if self.is_symbolic:
            if example is not None or critique:
                raise _only_language_models("an example or a critique")
            return (await SymbolicModel().parse(narrative, guidance)).context
        return (await self._parser(example, critique=critique).parse(narrative, guidance)).context

    async def critique(self, narrative: str, context: SocializedContext, guidance: str = "") -> list[str]:
        """Return the problems that a language model finds in a context, one sentence per problem.

        Parameters
        ----------
        narrative, guidance
            Source text of the context, and rules of the domain, e.g. who perceives what.
        context
            Context to check. This context must not have errors.

        Raises
        ------
        ConfigurationError
            If this is the symbolic model, or if the context has errors.
        RefusalError, UnparsableOutputError
            If the model refused to answer, or if no reply could be read.
        """
        if self.is_symbolic:
            raise _only_language_models("critique")
        check(context)
        return (await self._parser(None).critique(narrative, context, guidance)).value.problems

    async def step(self, context: SocializedContext, actions: Mapping[str, str] | None = None) -> SocializedContext:
        """Return a context with actions in the last step, and a new step with a state and observations.

        Parameters
        ----------
        context
            Context without errors, with at least one step.
        actions
            Actions of some agents in the last step, by name. The model chooses all other actions.

        Raises
        ------
        ConfigurationError, UnparsableOutputError
            If this is the symbolic model or the context cannot be continued, or if no reply gave a valid context.
        """
        return await self._imagination("step").step(context, given=actions)

    async def rollout(self, context: SocializedContext, steps: int = 3, futures: int = 4) -> SocialSimulation:
        """Return several futures of a context with different events.

        Parameters
        ----------
        context
            Context without errors, with at least one step.
        steps, futures
            Number of steps in each future, and number of futures. Both numbers must be at least 1.

        Raises
        ------
        ConfigurationError, UnparsableOutputError
            If a number is below 1, or as in `step`; or if the futures do not differ.
        """
        return await self._imagination("rollout").rollout(context, steps, futures)

    async def ask(
        self, context: SocializedContext, question: str, *, agent: str | None = None, choices: Sequence[str] = ()
    ) -> str:
        """Return the answer to a question about a context.

        Parameters
        ----------
        context, question
            `context` has no errors and has at least one step. `question` is a question in plain language.
        agent
            Name of an agent. The answer then uses only the memory of this agent. None means the whole context.
        choices
            Options, if the answer must be one of them. The result is the reply of the model, e.g. ``"A. basket"``.

        Raises
        ------
        ConfigurationError
            If the context has errors, or if no agent has this name.
        RefusalError, UnparsableOutputError
            If the model refused to answer, or if no reply could be read.
        """
        query = _question(context, question, agent, choices)
        if self.is_symbolic:
            return (await SymbolicModel().answer(replace(query, domain=domain_of(context)))).response
        sampling = replace(self.sampling, temperature=0.0)
        reply = await LanguageModelAnswerer(*self._called(), sampling).answer(query)
        return _answer_of(reply, self.model_name)

    parse_sync = plain_twin(parse)
    critique_sync = plain_twin(critique)
    step_sync = plain_twin(step)
    rollout_sync = plain_twin(rollout)
    ask_sync = plain_twin(ask)

    async def __aenter__(self) -> Self:
        """Return the model. At the end, `async with` closes the connections of the model."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections that were opened in this event loop."""
        model = self._models.pop(asyncio.get_running_loop(), None)
        if model is not None:
            await model.close()

    def _called(self) -> tuple[LanguageModel, Calls]:
        return _model_of_loop(self._models, self.model_name, self.base_url), self.calls or kept().calls

    def _parser(self, example: str | None, *, critique: bool = False) -> LanguageModelParser:
        return LanguageModelParser(*self._called(), self.sampling, example, critique=critique, wire=self.wire)

    def _imagination(self, what: str) -> Imagination:
        if self.is_symbolic:
            raise _only_language_models(what)
        model, calls = self._called()
        return Imagination(model=model, calls=calls, sampling=self.sampling)


def _check_wire(wire: str) -> None:
    if wire not in get_args(Wire):
        raise ConfigurationError(
            f"expected wire to be one of {', '.join(get_args(Wire))}; got {wire!r}", parameters=("wire",)
        )


def _model_of_loop(
    models: WeakKeyDictionary[asyncio.AbstractEventLoop, LanguageModel], name: str, base_url: str | None
) -> LanguageModel:
    """Return the model of the running event loop. A connection works in only one event loop."""
    loop = asyncio.get_running_loop()
    if loop not in models:
        models[loop] = model_by_name(name, base_url)
    return models[loop]


def _only_language_models(what: str) -> ConfigurationError:
    return ConfigurationError(
        f"expected a language model for {what}, got the symbolic model, which can only parse and answer: "
        'use for example SocialWorldModel("gpt-4o-2024-08-06")'
    )


def _question(context: SocializedContext, question: str, agent: str | None, choices: Sequence[str]) -> Query:
    """Return the query for a question. The query contains the whole context or the memory of one agent."""
    check(context)
    if agent is None:
        return Query(question=question, question_kind="reality", choices=tuple(choices), context=context)
    if agent not in context.agents_names:
        raise ConfigurationError(
            f"expected one of the agents {', '.join(context.agents_names)}, got {agent!r}", parameters=("agent",)
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
    """Return the answer of a reply. Raise an error if there is no answer."""
    if reply.status == "answered":
        return reply.response
    error = {"refused": RefusalError, "unparsable": UnparsableOutputError}.get(reply.status, GenerationError)
    raise error(reply.error, model=model_name, raw=reply.raw, usage=reply.usage)
