"""Create models from the names that users type."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from social_world_model.contracts import Answerer, Parser
from social_world_model.errors import ConfigurationError, did_you_mean, in_one_line
from social_world_model.generation_utils.model import LanguageModel
from social_world_model.generation_utils.reasoning import name_reasons
from social_world_model.generation_utils.suggestions import other_form
from social_world_model.plugins import failures
from social_world_model.registry import Registry

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from social_world_model.generation_utils.normalising import NormalisingClient

OPENAI_URL = "https://api.openai.com/v1"
TOGETHER_URL = "https://api.together.xyz/v1"
NO_KEY = "not-needed"
NO_ARGS: Mapping[str, Any] = MappingProxyType({})

FORMS_OF_NAMES = (
    "symbolic",
    "NAME (OpenAI)",
    "together_ai/NAME",
    "vllm/NAME",
    "PROVIDER:NAME (any provider of pydantic-ai)",
    "custom/NAME@URL (any OpenAI-compatible endpoint)",
    "scripted/FILE",
)
NAMES = ", ".join(FORMS_OF_NAMES)


ModelFactory = Callable[[str], Any]
"""Function that takes NAME. It returns a `LanguageModel`, a model of pydantic-ai, an `Answerer` or a `Parser`."""

MODELS: Registry[ModelFactory] = Registry("model prefix", parameter="model_name")
BUILT_IN_PREFIXES = ("together_ai", "vllm", "custom", "scripted")


def register_model(prefix: str, factory: ModelFactory) -> ModelFactory:
    """Register a factory for models with the names ``prefix/NAME``.

    Parameters
    ----------
    prefix
        Prefix, without the slash.
    factory
        Function that takes NAME and returns a model. A `LanguageModel` or a model of pydantic-ai can answer, parse and
        judge. An object with the methods of `Answerer` or `Parser` can also be used in a run.

    Raises
    ------
    ConfigurationError
        If the prefix is taken, if the prefix contains a forbidden character, or if the factory is not a function.
    """
    if not isinstance(prefix, str) or not prefix or any(char in "/:@" or char.isspace() for char in prefix):
        raise ConfigurationError(f"expected a model prefix without spaces, '/', ':' or '@', got {prefix!r}")
    if prefix in BUILT_IN_PREFIXES:
        raise ConfigurationError(f"expected a new name for a model prefix, got {prefix!r}, which is built in")
    if not callable(factory):
        raise ConfigurationError(
            f"expected the factory of the model prefix {prefix!r} to be a function that takes a name, "
            f"got {type(factory).__name__}"
        )
    MODELS.register(prefix, factory)
    return factory


def plugged_in(name: str) -> Any | None:
    """Return the model that a registered factory creates; None if the name has no registered prefix.

    Raises
    ------
    ConfigurationError
        If the factory raises an error, or if the factory does not return a model.
    """
    prefix, slash, rest = name.partition("/")
    if not slash or prefix in BUILT_IN_PREFIXES or ":" in prefix:
        return None
    factory = MODELS.find(prefix)
    if factory is None:
        return None
    if not rest:
        raise ConfigurationError(f"expected a name after {prefix}/, got {name!r}")
    try:
        made = factory(rest)
    except ConfigurationError:
        raise
    except Exception as error:
        why = in_one_line(error)
        raise ConfigurationError(f"expected a model from the factory of {prefix}/ for {name!r}, got {why}") from error
    _check_model(name, made)
    return made


def _check_model(name: str, made: Any) -> None:
    from pydantic_ai.models import Model

    if isinstance(made, type) or not isinstance(made, LanguageModel | Model | Answerer | Parser):
        got = f"the class {made.__name__}" if isinstance(made, type) else type(made).__name__
        raise ConfigurationError(
            f"expected a LanguageModel, a model of pydantic-ai, an Answerer or a Parser from the factory of "
            f"{name.partition('/')[0]}/ for {name!r}, got {got}"
        )


def model_by_name(name: str, base_url: str | None = None, vllm_args: Mapping[str, Any] = NO_ARGS) -> LanguageModel:
    """Return the language model with this name. All checks that need no call are done first.

    Parameters
    ----------
    name
        Name of the model, in one of these forms:

        - ``gpt-4o-2024-08-06``: a bare name uses OpenAI's chat completions
        - ``together_ai/NAME``
        - ``vllm/NAME``: vLLM in this process, or on a running server
        - ``provider:model``: a provider and a model of pydantic-ai
        - ``custom/NAME@URL``: any OpenAI-compatible endpoint
        - ``scripted/FILE``: replies from a file
        - ``prefix/NAME``: a prefix that a plug-in registers
    base_url
        Address of another endpoint for a bare name or ``vllm/NAME``. The default is the environment variable
        ``OPENAI_BASE_URL`` or ``VLLM_BASE_URL``. Without an address, vLLM runs in this process.
    vllm_args
        Arguments of the vLLM engine in this process, such as ``max_model_len``.

    Raises
    ------
    ConfigurationError
        If no model has this name, if the API key is missing, or if the address is invalid.
    """
    kind, slash, rest = name.partition("/")
    makers: Mapping[str, Callable[[str, str | None], LanguageModel]] = dict(
        zip(BUILT_IN_PREFIXES, (_together, partial(_vllm, vllm_args=vllm_args), _custom, _scripted), strict=True)
    )
    if slash and kind in makers:
        if not rest:
            raise ConfigurationError(f"expected a name after {kind}/, got {name!r}; valid forms are {NAMES}")
        return makers[kind](rest, base_url)
    if slash and (made := plugged_in(name)) is not None:
        return as_language_model(name, made)
    if ":" in kind and not kind.startswith("ft:"):  # OpenAI's fine-tuned models begin with ft:
        return _of_provider(name)
    if (slash or not (base_url or _url("OPENAI_BASE_URL"))) and (meant := other_form(name)):
        raise ConfigurationError(
            f"expected a model name in one of the valid forms, got {name!r}; did you mean {' or '.join(meant)}?"
        )
    if slash or not name.strip() or any(char.isspace() for char in name):
        near = did_you_mean(kind, (*BUILT_IN_PREFIXES, *MODELS.names()), most=1) if slash else ""
        broken = "".join(f"; not loaded: {failure}" for failure in failures()) if slash else ""
        raise ConfigurationError(
            f"expected a model name, got {name!r}; valid forms are {_forms()}{near and f'{near[:-1]}/{rest}?'}{broken}"
        )
    return _openai(name, base_url)


def _forms() -> str:
    """Return the forms of model names, including the forms that plug-ins add."""
    return ", ".join([*FORMS_OF_NAMES, *(f"{prefix}/NAME" for prefix in MODELS.names())])


def as_language_model(name: str, made: Any) -> LanguageModel:
    """Return the model of a plug-in as a language model with the name that the user typed.

    Parameters
    ----------
    name
        Name that the user typed.
    made
        Object that the factory of the plug-in returned.

    Raises
    ------
    ConfigurationError
        If the object is not a language model.
    """
    from pydantic_ai.models import Model

    if isinstance(made, Model):
        return LanguageModel(name, made)
    if not isinstance(made, LanguageModel):
        able = [words for kind, words in ((Answerer, "answer"), (Parser, "parse")) if isinstance(made, kind)]
        raise ConfigurationError(
            f"expected a language model for {name!r}, got {type(made).__name__} from the plug-in, which can only "
            f"{' and '.join(able)} in a run"
        )
    # The name is part of the keys of stored results, so two models must not share a name.
    return made if made.name == name else replace(made, name=name)


def takes_base_url(name: str) -> bool:
    """Return whether `base_url` applies to a model with this name."""
    kind, slash, _ = name.partition("/")
    return (not slash and ":" not in name) or kind == "vllm" or name.startswith("ft:")


def _openai(name: str, base_url: str | None) -> LanguageModel:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    client = _openai_client(name, base_url)
    model = OpenAIChatModel(name, provider=OpenAIProvider(openai_client=client))
    at_openai = str(client.base_url).rstrip("/") == OPENAI_URL
    return LanguageModel(name, model, keys=_keys_of(client), switch="provider" if at_openai else "template")


def _together(name: str, base_url: str | None) -> LanguageModel:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.together import TogetherProvider

    client = _client(TOGETHER_URL, _key("TOGETHER_API_KEY", needed_for=f"together_ai/{name}"))
    model = OpenAIChatModel(name, provider=TogetherProvider(openai_client=client))
    return LanguageModel(f"together_ai/{name}", model, keys=_keys_of(client), switch="template")


def runs_here(name: str, base_url: str | None = None) -> bool:
    """Return whether vLLM runs the model with this name in this process.

    Parameters
    ----------
    name
        Name of the model, as users type it.
    base_url
        Address of a server. The default is the environment variable ``VLLM_BASE_URL``.
    """
    return name.startswith("vllm/") and not (base_url or _url("VLLM_BASE_URL"))


def _vllm(name: str, base_url: str | None, vllm_args: Mapping[str, Any] = NO_ARGS) -> LanguageModel:
    url = base_url or _url("VLLM_BASE_URL")
    if not url:
        from social_world_model.generation_utils.vllm import vllm_model

        return vllm_model(name, vllm_args, checked=not _KEYLESS.get())

    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.vllm import VLLMProvider

    client = _client(url, _key("VLLM_API_KEY"))
    model = OpenAIChatModel(name, provider=VLLMProvider(openai_client=client), profile=_profile(name))
    return LanguageModel(f"vllm/{name}", model, keys=_keys_of(client), switch="template")


def _custom(name: str, base_url: str | None) -> LanguageModel:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    found = _NAME_AT_URL.fullmatch(name)
    if found is None:
        raise ConfigurationError(
            f"expected custom/NAME@URL with an address such as http://localhost:8000/v1, got 'custom/{_shown(name)}'"
        )
    client = _client(found["url"], _key("CUSTOM_API_KEY"))
    provider = OpenAICompatibleProvider("custom", openai_client=client)
    model = OpenAIChatModel(found["model"], provider=provider, profile=_profile(found["model"]))
    return LanguageModel(f"custom/{name}", model, keys=_keys_of(client), switch="template")


def _scripted(file: str, base_url: str | None) -> LanguageModel:
    from social_world_model.generation_utils.scripted import scripted_model

    return scripted_model(file)


def _of_provider(name: str) -> LanguageModel:
    from openai import OpenAIError
    from pydantic_ai.exceptions import UserError
    from pydantic_ai.models import infer_model
    from pydantic_ai.providers.openai import OpenAIProvider

    provider = name.partition(":")[0]
    variable = f"{provider.upper().replace('-', '_')}_API_KEY"
    if os.environ.get(variable):
        _key(variable, needed_for=name)
    try:
        if provider in _OPENAI_PROVIDERS:
            client = _openai_client(name, None)
            model = infer_model(name, provider_factory=lambda _: OpenAIProvider(openai_client=client))
        else:
            model = infer_model(name, provider_factory=_provider)
    except (UserError, ImportError, ValueError, OpenAIError) as error:
        reason = " ".join(str(error).split()).split(". ")[0]
        raise ConfigurationError(f"cannot use the model {name!r}: {reason}; valid forms are {NAMES}") from None
    used: Any = getattr(model, "client", None)
    if hasattr(used, "max_retries"):
        used.max_retries = 0  # only `Calls` retries
    return LanguageModel(name, model, keys=_all_keys())


def _profile(name: str) -> Any:
    """Return the profile of an open model. Native schemas are tried first on any endpoint.

    If the endpoint refuses native schemas, the schema goes into the prompt.
    """
    with_schema = {"supports_json_schema_output": True, "supports_json_object_output": True}
    return {**with_schema, "thinking_always_enabled": True} if name_reasons(name) else with_schema


_OPENAI_PROVIDERS = ("openai", "openai-chat", "openai-responses")
_NAME_AT_URL = re.compile(r"(?P<model>.+)@(?P<url>https?://.*)")
_CONNECT_SECONDS = 10.0


_KEYLESS: ContextVar[bool] = ContextVar("keyless", default=False)


@contextmanager
def keyless() -> Iterator[None]:
    """Allow models without API keys inside the ``with`` block. A dry run, for example, makes no call."""
    token = _KEYLESS.set(True)
    try:
        yield
    finally:
        _KEYLESS.reset(token)


def _key(variable: str, needed_for: str | None = None) -> str:
    """Return an API key from the environment. An empty key, as in a new ``.env`` file, is treated as missing.

    Raises
    ------
    ConfigurationError
        If a required key is missing, or if the key contains invalid characters.
    """
    key = os.environ.get(variable, "").strip()
    if needed_for is not None and not key and not _KEYLESS.get():
        raise ConfigurationError(
            f"expected a key for {needed_for} in the environment variable {variable}, got none: "
            "put it into .env and run with `uv run --env-file .env`"
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ConfigurationError(
            f"expected a key in the environment variable {variable}, got a value with spaces, line breaks or "
            "other characters that a key cannot contain"
        )
    return key or NO_KEY


def _all_keys() -> tuple[str, ...]:
    """Return all values in the environment that may be keys, with and without surrounding spaces."""
    found = [value for variable, value in os.environ.items() if variable.upper().endswith(_KEY_ENDINGS)]
    return tuple({form for value in found for form in (value, value.strip()) if len(form) >= _SHORTEST_KEY})


_KEY_ENDINGS = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")
_SHORTEST_KEY = 8
"""Minimum length of an API key. Shorter values may be switches or counts, and may occur in messages by chance."""


def _keys_of(client: AsyncOpenAI) -> tuple[str, ...]:
    return (client.api_key,) if client.api_key != NO_KEY and len(client.api_key) >= _SHORTEST_KEY else ()


def _url(variable: str) -> str | None:
    """Return an address from an environment variable; None if the variable is empty."""
    return os.environ.get(variable, "").strip() or None


def _openai_client(name: str, base_url: str | None) -> AsyncOpenAI:
    """Return a client for OpenAI or for a compatible server. A compatible server may need no key."""
    url = base_url or _url("OPENAI_BASE_URL")
    return _client(url or OPENAI_URL, _key("OPENAI_API_KEY", needed_for=None if url else name))


def _client(url: str, key: str) -> AsyncOpenAI:
    from social_world_model.generation_utils.openai_client import Client

    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        secret = bool(parts.username or parts.password or parts.query)
    except ValueError:
        usable, secret = False, False
    if not usable or any(char.isspace() for char in url):
        raise ConfigurationError(f"expected an address such as http://localhost:8000/v1, got {_shown(url)!r}")
    if secret:
        raise ConfigurationError(
            f"expected an address without a user name, password or query, got such a part for {parts.hostname}: the "
            "address is shown in folder names and results; put keys into environment variables such as CUSTOM_API_KEY"
        )
    http = _http_client(base_url=url)
    return Client(base_url=url, api_key=key, max_retries=0, timeout=http.timeout, http_client=http)


def _http_client(**more: Any) -> NormalisingClient:
    """Return an HTTP client that reads the replies of OpenAI-compatible endpoints leniently."""
    from openai import Timeout

    from social_world_model.generation_utils.normalising import NormalisingClient
    from social_world_model.generation_utils.transport import AiohttpTransport

    # `Calls` sets the timeout of a call. Without redirects, requests go only to the address that the user gave.
    timeout = Timeout(None, connect=_CONNECT_SECONDS)
    return NormalisingClient(timeout=timeout, follow_redirects=False, transport=AiohttpTransport(), **more)


def _provider(name: str) -> Any:
    """Return a provider of pydantic-ai. Providers that use the openai SDK get the client that reads leniently."""
    from pydantic_ai.providers import infer_provider, infer_provider_class

    kind: Any = infer_provider_class(name)
    is_compatible = {"openai_client", "http_client"} <= inspect.signature(kind.__init__).parameters.keys()
    return kind(http_client=_http_client()) if is_compatible else infer_provider(name)


def _shown(address: str) -> str:
    """Return an address without its secret parts. The address may be invalid."""
    return re.sub(r":.*@", ":…@", address).partition("?")[0]
