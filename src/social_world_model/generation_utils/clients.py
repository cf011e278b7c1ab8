"""Create the language models that a command uses. All models share one `Calls` object."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.limits import CallLimit, RateLimit
from social_world_model.generation_utils.model import LanguageModel
from social_world_model.generation_utils.names import (
    as_language_model,
    model_by_name,
    plugged_in,
    runs_here,
    takes_base_url,
)
from social_world_model.generation_utils.spending import Budget
from social_world_model.settings import CallSettings

CONCURRENCY, IN_PROCESS = 8, 256
"""Default number of concurrent calls to endpoints, and to models that vLLM runs in this process.

vLLM computes the replies to concurrent requests together.
"""

SYMBOLIC = "symbolic"
"""Name of the built-in symbolic model, which is not a language model."""


class Clients:
    """Creates language models from their names. Each model is created once.

    Parameters
    ----------
    settings
        Settings for calls: limits, timeout, base URL and vLLM arguments.
    on_problem
        Function that is called with a message, once for each model and kind of problem.
    within
        Clients of a whole command, if these clients belong to one of its runs. All runs of the command share the models
        and the limits on calls.
    """

    def __init__(
        self,
        settings: CallSettings,
        on_problem: Callable[[str], None] = lambda _: None,
        within: Clients | None = None,
    ) -> None:
        self.settings = settings
        self._within = within
        self.calls: Calls = Calls(
            limit=CallLimit(settings.batch_size or CONCURRENCY),
            timeout=settings.timeout,
            rate=RateLimit(settings.rpm, settings.tpm),
            budget=Budget(max_cost=settings.max_cost, max_tokens=settings.max_total_tokens),
            on_problem=on_problem,
            within=None if within is None else within.calls,
        )
        self._models: dict[str, LanguageModel] = {}
        self._plugged_in: dict[str, Any] = {}

    def model(self, name: str) -> LanguageModel:
        """Return the language model with this name.

        Raises
        ------
        ConfigurationError
            If no language model has this name, or if the API key for the model is missing.
        """
        if difflib.get_close_matches(name.casefold(), [SYMBOLIC], cutoff=0.8):
            raise ConfigurationError(f"expected a model name, got {name!r}; did you mean {SYMBOLIC}?")
        if name not in self._models:
            self._models[name] = self._made(name) if self._within is None else self._within.model(name)
        return self._models[name]

    def _made(self, name: str) -> LanguageModel:
        made = self.plugged_in(name)
        if made is not None:
            return as_language_model(name, made)
        base_url = self.settings.base_url if takes_base_url(name) else None
        return model_by_name(name, base_url, self.settings.vllm_args)

    def plugged_in(self, name: str) -> Any | None:
        """Return the object that a plug-in creates for a model name; None if no plug-in has registered the prefix.

        The plug-in is called once per name.

        Raises
        ------
        ConfigurationError
            If the plug-in does not return a model.
        """
        if name not in self._plugged_in:
            self._plugged_in[name] = plugged_in(name) if self._within is None else self._within.plugged_in(name)
        return self._plugged_in[name]

    def check(self) -> None:
        """Refuse settings that do not apply to the models in use.

        The checked settings are ``base_url``, ``vllm_args`` and ``max_cost``. If the price of a model is unknown,
        ``max_cost`` does not apply.

        Raises
        ------
        ConfigurationError
            If a setting does not apply. The message names the setting.
        """
        settings, names = self.settings, ", ".join(self._models) or SYMBOLIC
        unpriced = [name for name, model in self._models.items() if model.price(1000, 1000) is None]
        if settings.max_cost is not None and unpriced:
            raise ConfigurationError(
                f"expected a known price for every model if max_cost is set, got none for {', '.join(unpriced)}: "
                "use max_total_tokens instead",
                parameters=("max_cost", "max_total_tokens"),
            )
        takes_address = any(map(takes_base_url, self._models))
        if settings.base_url is not None and not takes_address:
            raise ConfigurationError(
                f"expected a bare model name or vllm/NAME if base_url is set, got {names}", parameters=("base_url",)
            )
        if settings.vllm_args and not any(runs_here(name, settings.base_url) for name in self._models):
            server = "; start the server with these arguments instead" if takes_address else ""
            raise ConfigurationError(
                f"expected vllm/NAME in this process if vllm_args is set, got {names}{server}",
                parameters=("vllm_args",),
            )

    def capabilities(self) -> dict[str, dict[str, Any]]:
        """Return for each model what was found out about its endpoint.

        ``schema`` is how reply schemas are requested, and ``forced`` is whether a setting decided this. ``refused``
        lists the settings that the endpoint refuses. ``reasons`` is whether the model reasons automatically.
        """
        forced = self.settings.structured not in (None, "auto")
        found = {name: model.understood(self.settings) for name, model in self._models.items()}
        return {
            name: {"schema": one.tier, "forced": forced, "refused": sorted(one.refused), "reasons": one.reasons}
            for name, one in found.items()
        }

    def set_concurrency(self) -> None:
        """Allow 256 concurrent calls if `batch_size` is not set, and if all models run in this process."""
        models = self._models.values()
        if self.settings.batch_size is None and models and all(model.runtime is not None for model in models):
            self.calls.limit.grow(IN_PROCESS)

    async def load(self) -> None:
        """Load the models that run in this process. Call this method before any paid call to another model.

        Raises
        ------
        ConfigurationError
            If a model cannot be loaded.
        """
        self.set_concurrency()
        for model in self._models.values():
            await model.load(self.calls.on_problem)

    async def close(self) -> None:
        """Close all connections."""
        if self._within is None:  # otherwise the other runs still use the models
            for model in self._models.values():
                await model.close()
