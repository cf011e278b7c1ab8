"""Answer queries with a language model. Only this module turns a `Query` into a prompt."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cached_property

from social_world_model.contracts import ModelConfig, Query, Reply
from social_world_model.errors import ConfigurationError, RefusalError, UnparsableOutputError
from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.configs import config_of
from social_world_model.generation_utils.model import LanguageModel, Prompt, Sampling
from social_world_model.generation_utils.output_parsers import PydanticOutputParser
from social_world_model.generation_utils.prompts import PROMPTS, own_prompt, text_of
from social_world_model.generation_utils.structured import generate_until_fit
from social_world_model.usage import NO_USAGE


class LanguageModelAnswerer:
    """Answers queries with a language model.

    Parameters
    ----------
    model
        Language model that answers the queries.
    calls
        Object that makes the model calls. The object also applies limits, retries and the budget.
    sampling
        Sampling options. The default temperature is 0.
    prompt_template
        Text of the user's prompt file for questions; see `own_prompt`. None means the built-in prompt.
    tasks
        Names of the prompts that the queries may use. The configuration and the keys of results include these prompts.
        None means all registered prompts.

    Raises
    ------
    ConfigurationError
        If `tasks` contains the name of a prompt that is not registered.
    """

    usable_modes: frozenset[str] | None = None

    def __init__(
        self,
        model: LanguageModel,
        calls: Calls,
        sampling: Sampling | None = None,
        prompt_template: str | None = None,
        tasks: Collection[str] | None = None,
    ) -> None:
        self.model = model
        self.calls = calls
        self.sampling = sampling or Sampling()
        self.prompt_template = prompt_template
        self.prompts = {task: PROMPTS.get(task) for task in (PROMPTS.names() if tasks is None else tasks)}

    @property
    def name(self) -> str:
        """Name of the model, as users type it."""
        return self.model.name

    @cached_property
    def config(self) -> ModelConfig:
        """All prompts and reply schemas that may be sent, and the sampling options."""
        own = {} if self.prompt_template is None else {"prompt file": self.prompt_template}
        return config_of(self.prompts, self.sampling, own)

    def prompt(self, query: Query) -> Prompt:
        """Return the prompt for a query.

        Raises
        ------
        ConfigurationError
            If the task of the query is not in `tasks`, or if the prompt file does not fit the query.
        """
        if query.task not in self.prompts:
            raise ConfigurationError(
                f"expected a query with one of the tasks {', '.join(self.prompts)}, got {query.task!r}: "
                "add the task to the attribute tasks of the mode"
            )
        if query.reasoning and self.model.understood(self.sampling).reasons:
            query = replace(query, reasoning=False)  # the model reasons without being told to
        spec = self.prompts[query.task]
        own = self.prompt_template if spec.own_wording else None
        text = text_of(spec.sections, query) if own is None else own_prompt(own, query)
        seed = None if self.sampling.seed is None else self.sampling.seed + query.sample
        temperature = self.sampling.temperature if query.temperature is None else query.temperature
        return replace(self.sampling, seed=seed, temperature=temperature).prompt(
            text, spec.reply_for(reasoning=query.reasoning)
        )

    async def answer(self, query: Query) -> Reply:
        """Answer a query.

        If the model refuses to answer, no error is raised, and the reply has the status ``refused``. If the text of the
        model cannot be read, the reply has the status ``unparsable``.

        Raises
        ------
        GenerationError
            If no call returned a reply.
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
        return Reply(
            response=str(getattr(made.value, self.prompts[query.task].field)),
            reasoning=getattr(made.value, "reasoning", "") or made.completion.thinking,
            raw=made.completion.text,
            finish_reason=made.completion.finish_reason,
            usage=made.usage,
        )
