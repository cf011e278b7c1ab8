"""A language model as an answerer: the only place where a `Query` becomes a prompt."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import cached_property

from pydantic import BaseModel

from social_world_model.contracts import ModelConfig, Query, Reply
from social_world_model.errors import RefusalError, UnparsableOutputError
from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.model import LanguageModel, Prompt, Sampling
from social_world_model.generation_utils.output_parsers import PydanticOutputParser
from social_world_model.generation_utils.prompts import (
    WORDINGS,
    Foretelling,
    PlainAnswer,
    ReasonedAnswer,
    Retelling,
    answer_prompt,
    foresee_prompt,
    own_prompt,
    recount_prompt,
)
from social_world_model.generation_utils.structured import generate_until_fit
from social_world_model.usage import NO_USAGE


class LanguageModelAnswerer:
    """Answers queries with a language model.

    Parameters
    ----------
    model
        Who answers.
    calls
        Who makes the calls.
    sampling
        How replies are drawn.
    prompt_template
        A wording of the user's own for questions; see `own_prompt`.
    """

    usable_modes: frozenset[str] | None = None

    def __init__(
        self,
        model: LanguageModel,
        calls: Calls,
        sampling: Sampling | None = None,
        prompt_template: str | None = None,
    ) -> None:
        self.model = model
        self.calls = calls
        self.sampling = sampling or Sampling()
        self.prompt_template = prompt_template

    @property
    def name(self) -> str:
        """The name users call it by."""
        return self.model.name

    @cached_property
    def config(self) -> ModelConfig:
        """Prompts and sampling."""
        own = {} if self.prompt_template is None else {"prompt file": self.prompt_template}
        return ModelConfig(
            prompts={**WORDINGS, **own},
            settings=asdict(self.sampling),
        )

    def prompt(self, query: Query) -> Prompt:
        """Return what the model is asked for a query.

        Raises
        ------
        ConfigurationError
            If the user's own wording does not go with the query.
        """
        shape: type[BaseModel]
        if query.task == "recount":
            text, shape = recount_prompt(query), Retelling
        elif query.task == "foresee":
            text, shape = foresee_prompt(query), Foretelling
        else:
            own = self.prompt_template
            text = answer_prompt(query) if own is None else own_prompt(own, query)
            shape = ReasonedAnswer if query.reasoning else PlainAnswer
        seed = None if self.sampling.seed is None else self.sampling.seed + query.sample
        return replace(self.sampling, seed=seed).prompt(text, shape)

    async def answer(self, query: Query) -> Reply:
        """Answer a query; a refusal and a reply that cannot be read are replies with a status of their own.

        Raises
        ------
        GenerationError
            If no call gave a reply.
        """
        prompt = self.prompt(query)
        assert prompt.shape is not None
        parser = PydanticOutputParser(pydantic_object=prompt.shape)
        try:
            made = await generate_until_fit(self.model, prompt, parser, self.calls, "answer")
        except (RefusalError, UnparsableOutputError) as error:
            refused = isinstance(error, RefusalError)
            return Reply(
                response=(error.raw or "") if refused else "",
                status="refused" if refused else "unparsable",
                raw=error.raw,
                usage=error.usage or NO_USAGE,
                error=str(error),
            )
        value = made.value.model_dump()
        return Reply(
            response=value.get("answer") or value.get("retold") or value.get("next") or "",
            reasoning=value.get("reasoning") or made.completion.thinking,
            raw=made.completion.text,
            finish_reason=made.completion.finish_reason,
            usage=made.usage,
        )
