"""Parse, check and continue contexts, and ask questions, with a language model or the symbolic model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from social_world_model.choices import Reader, Wire
from social_world_model.contracts import Query, Reply
from social_world_model.errors import ConfigurationError, GenerationError, RefusalError, UnparsableOutputError
from social_world_model.generation_utils.answerer import LanguageModelAnswerer
from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.model import Sampling
from social_world_model.generation_utils.sync import plain_twin
from social_world_model.s3ap import SocializedContext, perspective
from social_world_model.settings import SamplingOptions
from social_world_model.symbolic.model import NAME, SymbolicModel, domain_of
from social_world_model.world_model.answers import UNSAID, Answer, answer_by_rules
from social_world_model.world_model.connection import only_language_models
from social_world_model.world_model.imagining import check
from social_world_model.world_model.imagining_model import ImaginingModel
from social_world_model.world_model.parsing import PARSE_TEMPERATURE, LanguageModelParser


class SocialWorldModel(ImaginingModel):
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
    >>> print(swm.ask_sync(context, "Where will Al look for the ball?", agent="Al"))
    box
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
        options = Sampling.of(sampling, temperature=temperature, max_output_tokens=max_output_tokens, seed=seed)
        _check_wire(wire)
        self.wire: Wire = wire
        super().__init__(model_name, base_url, options, calls)

    async def parse(
        self,
        narrative: str,
        guidance: str = "",
        *,
        example: str | None = None,
        critique: bool = False,
        reader: Reader = "auto",
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
        reader
            How the symbolic model reads stories: ``"template"``, ``"english"`` (extra ``english``) or ``"auto"``.

        Raises
        ------
        NarrativeError, UnparsableOutputError
            If the symbolic model cannot read a sentence, or if no reply of the language model is a valid context.
        ConfigurationError
            If an example or a critique is requested from the symbolic model, or a reader from a language model.
        """
        if self.is_symbolic:
            if example is not None or critique:
                raise only_language_models("an example or a critique")
            return (await SymbolicModel(reader=reader).parse(narrative, guidance)).context
        if reader != "auto":
            raise ConfigurationError(
                f"expected reader auto for a language model, got {reader}: only the symbolic model has readers",
                parameters=("reader",),
            )
        return (await self._parser("parse", example, critique=critique).parse(narrative, guidance)).context

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
        parser = self._parser("critique")
        check(context)
        return (await parser.critique(narrative, context, guidance)).value.problems

    async def ask(
        self, context: SocializedContext, question: str, *, agent: str | None = None, choices: Sequence[str] = ()
    ) -> Answer:
        """Return the answer to a question about a context. The answer is a text, and says how certain it is.

        Parameters
        ----------
        context, question
            `context` has no errors and has at least one step. `question` is a question in plain language.
        agent
            Name of an agent. The answer then uses only the memory of this agent. None means the whole context.
        choices
            Options, if the answer must be one of them. The result is the reply of the model, e.g. ``"A. basket"``.

        Returns
        -------
        Answer
            Text of the answer, with the attributes `certain`, `evidence` and `why`. Answers of language models are
            never certain, because language models do not say how certain they are.

        Raises
        ------
        ConfigurationError
            If the context has errors, or if no agent has this name.
        RefusalError, UnparsableOutputError
            If the model refused to answer, or if no reply could be read.
        """
        query = _question(context, question, agent, choices)
        if self.is_symbolic:
            reply = await SymbolicModel().answer(replace(query, domain=domain_of(context)))
            return answer_by_rules(reply, query, context)
        ask = self._ask("ask")
        reply = await LanguageModelAnswerer(ask.model, ask.calls, replace(self.sampling, temperature=0.0)).answer(query)
        return Answer(_response_of(reply, self.model_name), why=UNSAID)

    parse_sync = plain_twin(parse)
    critique_sync = plain_twin(critique)
    ask_sync = plain_twin(ask)

    def _parser(self, what: str, example: str | None = None, *, critique: bool = False) -> LanguageModelParser:
        ask = self._ask(what)
        return LanguageModelParser(ask.model, ask.calls, ask.sampling, example, critique=critique, wire=self.wire)


def _check_wire(wire: str) -> None:
    if wire not in get_args(Wire):
        raise ConfigurationError(
            f"expected wire to be one of {', '.join(get_args(Wire))}; got {wire!r}", parameters=("wire",)
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


def _response_of(reply: Reply, model_name: str) -> str:
    """Return the text of a reply. Raise an error if there is no answer."""
    if reply.status == "answered":
        return reply.response
    error = {"refused": RefusalError, "unparsable": UnparsableOutputError}.get(reply.status, GenerationError)
    raise error(reply.error, model=model_name, raw=reply.raw, usage=reply.usage)
