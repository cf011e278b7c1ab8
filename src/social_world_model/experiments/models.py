"""Who answers and who parses in a run, by the names users type, behind one owner of calls."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable
from typing import Any

from social_world_model.contracts import Answerer, Parser
from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.answerer import LanguageModelAnswerer
from social_world_model.generation_utils.calls import Budget, Calls
from social_world_model.generation_utils.limits import CallLimit, RateLimit
from social_world_model.generation_utils.model import LanguageModel, Sampling
from social_world_model.generation_utils.names import model_by_name, runs_here, takes_base_url
from social_world_model.settings import RunSettings
from social_world_model.symbolic.model import NAME, SymbolicModel
from social_world_model.world_model import LanguageModelParser
from social_world_model.world_model.parsing import PARSE_TEMPERATURE

SAMPLING_TEMPERATURE = 0.7
"""Of answers, where a question is asked several times: at 0 they would all be the same."""


class Models:
    """The models of a run.

    Parameters
    ----------
    settings
        What the user asked for.
    on_problem
        Told once for each kind of problem with a call.

    Raises
    ------
    ConfigurationError
        If an option is out of range.
    """

    def __init__(self, settings: RunSettings, on_problem: Callable[[str], None]) -> None:
        check_numbers(settings)
        self.settings = settings
        self.calls = Calls(
            limit=CallLimit(settings.batch_size),
            timeout=settings.timeout,
            rate=RateLimit(settings.rpm, settings.tpm),
            budget=Budget(max_cost=settings.max_cost, max_tokens=settings.max_total_tokens),
            on_problem=on_problem,
        )
        self._models: dict[str, LanguageModel] = {}

    def answerer(self, default_temperature: float) -> Answerer:
        """Return who answers.

        Parameters
        ----------
        default_temperature
            Where the user names none, and each question is answered once.

        Raises
        ------
        ConfigurationError
            If there is no model of that name, or an option means nothing to it.
        """
        settings, name = self.settings, self.settings.model_name
        if name == NAME:
            if settings.prompt_template is not None:
                raise ConfigurationError("expected --prompt-file with a language model, got --model-name symbolic")
            if settings.samples > 1 and settings.context_samples == 1:
                raise ConfigurationError("expected --samples with a language model: symbolic always says the same")
            return SymbolicModel()
        temperature = settings.temperature
        if temperature is None:
            temperature = SAMPLING_TEMPERATURE if settings.samples > 1 else default_temperature
        sampling = Sampling(temperature=temperature, max_output_tokens=settings.max_output_tokens, seed=settings.seed)
        return LanguageModelAnswerer(self._model(name), self.calls, sampling, settings.prompt_template)

    def parser(self, sample: int = 0) -> Parser:
        """Return who parses.

        Parameters
        ----------
        sample
            Number of this draw, from 0, where each story is parsed several times.

        Raises
        ------
        ConfigurationError
            If there is no model of that name, or it takes no example.
        """
        settings, name = self.settings, self.settings.context_model
        if name == NAME:
            if settings.example is not None:
                raise ConfigurationError(
                    f"expected --example-analysis-file with a language model, got --context-model {name}"
                )
            if settings.context_samples > 1:
                raise ConfigurationError(
                    "expected --context-samples with a language model, got --context-model symbolic"
                )
            return SymbolicModel()
        sampling = Sampling(
            temperature=PARSE_TEMPERATURE,
            max_output_tokens=settings.max_output_tokens,
            seed=None if settings.seed is None else settings.seed + sample,
        )
        return LanguageModelParser(self._model(name), self.calls, sampling, settings.example)

    def check(self) -> None:
        """Refuse what means nothing to the models in use: an address, arguments, a bound on an unknown cost.

        Raises
        ------
        ConfigurationError
            Naming the option.
        """
        unpriced = [name for name, model in self._models.items() if model.price(1000, 1000) is None]
        if self.settings.max_cost is not None and unpriced:
            raise ConfigurationError(
                f"expected a price for every model with --max-cost, and none is known for {', '.join(unpriced)}: "
                "use --max-total-tokens instead"
            )
        if self.settings.base_url is not None and not any(map(takes_base_url, self._models)):
            raise ConfigurationError(
                f"expected --base-url with a bare model name or vllm/NAME, got {', '.join(self._models) or NAME}"
            )
        if self.settings.vllm_args and not any(runs_here(name, self.settings.base_url) for name in self._models):
            raise ConfigurationError(
                f"expected --vllm-arg with vllm/NAME in this process, got {', '.join(self._models) or NAME}"
                f"{' and a server, which takes its own arguments' if any(map(takes_base_url, self._models)) else ''}"
            )

    def understood(self) -> dict[str, dict[str, Any]]:
        """Return how each language model is spoken to: its form of schemas, and the settings that it refuses."""
        return {
            name: {"schema": model.capabilities.tier, "refused": sorted(model.capabilities.refused)}
            for name, model in self._models.items()
        }

    async def load(self) -> None:
        """Load the models that run in this process, before a call to any other is paid for.

        Raises
        ------
        ConfigurationError
            If one cannot be loaded.
        """
        for model in self._models.values():
            await model.load(self.calls.on_problem)

    async def close(self) -> None:
        """Close all connections."""
        for model in self._models.values():
            await model.close()

    def _model(self, name: str) -> LanguageModel:
        if difflib.get_close_matches(name.casefold(), [NAME], cutoff=0.8):
            raise ConfigurationError(f"expected a model's name, got {name!r}; did you mean {NAME}?")
        if name not in self._models:
            base_url = self.settings.base_url if takes_base_url(name) else None
            self._models[name] = model_by_name(name, base_url, self.settings.vllm_args)
        return self._models[name]


def check_numbers(settings: RunSettings) -> None:
    """Refuse numbers that mean nothing.

    Raises
    ------
    ConfigurationError
        Naming the option.
    """
    for option, value, least in (
        ("--batch-size", settings.batch_size, 1),
        ("--limit", settings.limit, 1),
        ("--samples", settings.samples, 1),
        ("--context-samples", settings.context_samples, 1),
        ("--rpm", settings.rpm, 1),
        ("--tpm", settings.tpm, 1),
        ("--max-output-tokens", settings.max_output_tokens, 1),
        ("--max-total-tokens", settings.max_total_tokens, 1),
        ("--temperature", settings.temperature, 0),
    ):
        if value is not None and not least <= value < math.inf:
            raise ConfigurationError(f"expected {option} of at least {least}, got {value}")
    for option, number in (("--timeout", settings.timeout), ("--max-cost", settings.max_cost)):
        if number is not None and not 0 < number < math.inf:
            raise ConfigurationError(f"expected {option} above 0, got {number:g}")
