"""Connect a world model to its language model, once per event loop."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self
from weakref import WeakKeyDictionary

from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.asking import DirectAsk
from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.generate import kept
from social_world_model.generation_utils.model import LanguageModel, Sampling
from social_world_model.generation_utils.names import model_by_name
from social_world_model.symbolic.model import NAME


class Connected:
    """An object with a language model. A connection works in only one event loop.

    Parameters
    ----------
    model_name
        ``"symbolic"``, or the name of a language model. The name and the API key are checked immediately.
    base_url
        Address of another endpoint.
    sampling
        Sampling options.
    calls
        Makes the calls; None means one shared object for all calls of an event loop.

    Raises
    ------
    ConfigurationError
        If no model has this name, or if the API key of the model is missing.
    """

    def __init__(self, model_name: str, base_url: str | None, sampling: Sampling, calls: Calls | None) -> None:
        self.model_name, self.base_url, self.sampling, self.calls = model_name, base_url, sampling, calls
        self._models: WeakKeyDictionary[asyncio.AbstractEventLoop, LanguageModel] = WeakKeyDictionary()
        if not self.is_symbolic:
            model_by_name(model_name, base_url)

    @property
    def is_symbolic(self) -> bool:
        """Whether this is the symbolic model, which needs no language model."""
        return self.model_name == NAME

    async def __aenter__(self) -> Self:
        """Return the object. At the end, `async with` closes the connections of the model."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections that were opened in this event loop."""
        model = self._models.pop(asyncio.get_running_loop(), None)
        if model is not None:
            await model.close()

    def _ask(self, what: str, advice: str = "") -> DirectAsk:
        """Return the language model of the running event loop; the parameters are those of `only_language_models`.

        Raises
        ------
        ConfigurationError
            If this is the symbolic model. The message names the work that needs a language model.
        """
        if self.is_symbolic:
            raise only_language_models(what, advice)
        loop = asyncio.get_running_loop()
        if loop not in self._models:
            self._models[loop] = model_by_name(self.model_name, self.base_url)
        return DirectAsk(model=self._models[loop], calls=self.calls or kept().calls, sampling=self.sampling)


def only_language_models(what: str, advice: str = "") -> ConfigurationError:
    """Return the error for work that needs a language model.

    Parameters
    ----------
    what
        The work, such as ``"step"``.
    advice
        Another way to do the work, as a clause; empty if there is none.
    """
    return ConfigurationError(
        f"expected a language model for {what}, got the symbolic model, which can only parse and answer: "
        f'{advice}use for example SocialWorldModel("gpt-4o-2024-08-06")'
    )
