"""Models by the names that users type."""

from __future__ import annotations

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
from social_world_model.errors import ConfigurationError, did_you_mean
from social_world_model.generation_utils.model import LanguageModel
from social_world_model.plugins import failures
from social_world_model.registry import Registry

if TYPE_CHECKING:
    from openai import AsyncOpenAI

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
"""From the name behind the prefix to a `LanguageModel`, a model of pydantic-ai, an `Answerer` or a `Parser`."""

MODELS: Registry[ModelFactory] = Registry("model prefix", parameter="model_name")
BUILT_IN_PREFIXES = ("together_ai", "vllm", "custom", "scripted")


def register_model(prefix: str, factory: ModelFactory) -> ModelFactory:
    """Make models known under ``prefix/NAME``.

    Parameters
    ----------
    prefix
        Without the slash.
    factory
        Called with NAME. It returns a `LanguageModel` or a model of pydantic-ai, which then answers, parses and judges
        as every language model does; or any object with the methods of `Answerer`, of `Parser`, or of both, which a run
        uses as it is.

    Raises
    ------
    ConfigurationError
        If the prefix is taken, or cannot be one.
    """
    if not isinstance(prefix, str) or not prefix or any(char in "/:@" or char.isspace() for char in prefix):
        raise ConfigurationError(f"expected a model prefix without blanks, '/', ':' or '@', got {prefix!r}")
    if prefix in BUILT_IN_PREFIXES:
        raise ConfigurationError(f"expected a new name for a model prefix, got {prefix!r}, which is built in")
    if not callable(factory):
        raise ConfigurationError(
            f"expected a factory for the model prefix {prefix!r}, a function that takes a name; "
            f"got {type(factory).__name__}"
        )
    MODELS.register(prefix, factory)
    return factory


def plugged_in(name: str) -> Any | None:
    """Return what a registered factory makes of a name; None where the name has no registered prefix.

    Raises
    ------
    ConfigurationError
        If the factory raises something, or returns no model.
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
        why = " ".join(f"{type(error).__name__}: {error}".split())
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
    """Return a model, checked as far as that is possible without a call.

    Parameters
    ----------
    name
        ``gpt-4o-2024-08-06`` (bare: OpenAI's chat completions), ``together_ai/X``, ``vllm/X`` (vLLM, in this
        process or a server that runs), ``provider:model`` (as pydantic-ai names it), ``custom/NAME@URL``,
        ``scripted/FILE``.
    base_url
        Another endpoint for a bare name or a vLLM one; by default ``OPENAI_BASE_URL`` and ``VLLM_BASE_URL``. Without
        one, vLLM runs in this process.
    vllm_args
        What its engine is made with there, such as ``max_model_len``.

    Raises
    ------
    ConfigurationError
        If there is no such model, its key is missing, or the address cannot be one.
    """
    kind, slash, rest = name.partition("/")
    makers: Mapping[str, Callable[[str, str | None], LanguageModel]] = dict(
        zip(BUILT_IN_PREFIXES, (_together, partial(_vllm, vllm_args=vllm_args), _custom, _scripted), strict=True)
    )
    if slash and kind in makers:
        if not rest:
            raise ConfigurationError(f"expected a name after {kind}/, got {name!r}; models are {NAMES}")
        return makers[kind](rest, base_url)
    if slash and (made := plugged_in(name)) is not None:
        return as_language_model(name, made)
    if ":" in kind and not kind.startswith("ft:"):  # ft: is how OpenAI names models that were fine-tuned
        return _of_provider(name)
    if slash or not name.strip() or any(char.isspace() for char in name):
        near = did_you_mean(kind, (*BUILT_IN_PREFIXES, *MODELS.names()), most=1) if slash else ""
        broken = "".join(f"; not loaded: {failure}" for failure in failures()) if slash else ""
        raise ConfigurationError(
            f"expected a model's name, got {name!r}; models are {_forms()}{near and f'{near[:-1]}/{rest}?'}{broken}"
        )
    return _openai(name, base_url)


def _forms() -> str:
    """Return the forms of names, those of plug-ins included."""
    return ", ".join([*FORMS_OF_NAMES, *(f"{prefix}/NAME" for prefix in MODELS.names())])


def as_language_model(name: str, made: Any) -> LanguageModel:
    """Return what a plug-in made as a language model, by the name that the user typed.

    Raises
    ------
    ConfigurationError
        If it is none.
    """
    from pydantic_ai.models import Model

    if isinstance(made, Model):
        return LanguageModel(name, made)
    if not isinstance(made, LanguageModel):
        able = [words for kind, words in ((Answerer, "answer"), (Parser, "parse")) if isinstance(made, kind)]
        raise ConfigurationError(
            f"expected a language model for {name!r} here, got {type(made).__name__} from its plug-in, which can only "
            f"{' and '.join(able)} in a run"
        )
    # Keys of stored answers have this name: two models must not have the same one.
    return made if made.name == name else replace(made, name=name)


def takes_base_url(name: str) -> bool:
    """Tell whether `base_url` means anything for a model of this name."""
    kind, slash, _ = name.partition("/")
    return (not slash and ":" not in name) or kind == "vllm" or name.startswith("ft:")


def _openai(name: str, base_url: str | None) -> LanguageModel:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    client = _openai_client(name, base_url)
    model = OpenAIChatModel(name, provider=OpenAIProvider(openai_client=client))
    return LanguageModel(name, model, keys=_keys_of(client))


def _together(name: str, base_url: str | None) -> LanguageModel:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.together import TogetherProvider

    client = _client(TOGETHER_URL, _key("TOGETHER_API_KEY", needed_for=f"together_ai/{name}"))
    model = OpenAIChatModel(name, provider=TogetherProvider(openai_client=client))
    return LanguageModel(f"together_ai/{name}", model, keys=_keys_of(client))


def runs_here(name: str, base_url: str | None = None) -> bool:
    """Tell whether a model of this name runs in this process, under vLLM."""
    return name.startswith("vllm/") and not (base_url or _url("VLLM_BASE_URL"))


def _vllm(name: str, base_url: str | None, vllm_args: Mapping[str, Any] = NO_ARGS) -> LanguageModel:
    url = base_url or _url("VLLM_BASE_URL")
    if not url:
        from social_world_model.generation_utils.vllm import vllm_model

        return vllm_model(name, vllm_args, checked=not _KEYLESS.get())

    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.vllm import VLLMProvider

    client = _client(url, _key("VLLM_API_KEY"))
    model = OpenAIChatModel(name, provider=VLLMProvider(openai_client=client), profile=_WITH_SCHEMA)
    return LanguageModel(f"vllm/{name}", model, keys=_keys_of(client))


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
    model = OpenAIChatModel(found["model"], provider=provider, profile=_WITH_SCHEMA)
    return LanguageModel(f"custom/{name}", model, keys=_keys_of(client))


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
            model = infer_model(name)
    except (UserError, ImportError, ValueError, OpenAIError) as error:
        reason = " ".join(str(error).split()).split(". ")[0]
        raise ConfigurationError(f"cannot use the model {name!r}: {reason}; models are {NAMES}") from None
    used: Any = getattr(model, "client", None)
    if hasattr(used, "max_retries"):
        used.max_retries = 0  # one place retries, and it is ours
    return LanguageModel(name, model, keys=_all_keys())


_WITH_SCHEMA: Any = {"supports_json_schema_output": True, "supports_json_object_output": True}
"""Tried first on any endpoint; one that refuses is asked otherwise from then on."""


_OPENAI_PROVIDERS = ("openai", "openai-chat", "openai-responses")
_NAME_AT_URL = re.compile(r"(?P<model>.+)@(?P<url>https?://.*)")
_CONNECT_SECONDS = 10.0


_KEYLESS: ContextVar[bool] = ContextVar("keyless", default=False)


@contextmanager
def keyless() -> Iterator[None]:
    """Let models be made without their keys: for what makes no call, such as a dry run."""
    token = _KEYLESS.set(True)
    try:
        yield
    finally:
        _KEYLESS.reset(token)


def _key(variable: str, needed_for: str | None = None) -> str:
    """Return a key from the environment; an empty one, as in a fresh ``.env``, is none.

    Raises
    ------
    ConfigurationError
        If it is needed and not there, or cannot be one.
    """
    key = os.environ.get(variable, "").strip()
    if needed_for is not None and not key and not _KEYLESS.get():
        raise ConfigurationError(
            f"expected a key for {needed_for} in the environment variable {variable}, got none: "
            "put it into .env and run with `uv run --env-file .env`"
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ConfigurationError(
            f"expected a key in the environment variable {variable}, got something with blanks, line ends or letters "
            "that no key has"
        )
    return key or NO_KEY


def _all_keys() -> tuple[str, ...]:
    """Return what may be a key in the environment, as it stands there and as it is sent."""
    found = [value for variable, value in os.environ.items() if variable.upper().endswith(_KEY_ENDINGS)]
    return tuple({form for value in found for form in (value, value.strip()) if len(form) >= _SHORTEST_KEY})


_KEY_ENDINGS = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")
_SHORTEST_KEY = 8
"""Shorter values of such variables are switches and counts, and stand in messages by chance."""


def _keys_of(client: AsyncOpenAI) -> tuple[str, ...]:
    return (client.api_key,) if client.api_key != NO_KEY and len(client.api_key) >= _SHORTEST_KEY else ()


def _url(variable: str) -> str | None:
    """Return an address from the environment; an empty one is none."""
    return os.environ.get(variable, "").strip() or None


def _openai_client(name: str, base_url: str | None) -> AsyncOpenAI:
    """Return a client for OpenAI, or for what stands in its place and may need no key."""
    url = base_url or _url("OPENAI_BASE_URL")
    return _client(url or OPENAI_URL, _key("OPENAI_API_KEY", needed_for=None if url else name))


def _client(url: str, key: str) -> AsyncOpenAI:
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout

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
            f"expected an address without a name, password or query, got one for {parts.hostname}: it would stand in "
            "folder names and results; keys go into environment variables such as CUSTOM_API_KEY"
        )
    # How long a call may take is for its owner to say; and nothing is sent to an address that nobody named.
    timeout = Timeout(None, connect=_CONNECT_SECONDS)
    http = DefaultAsyncHttpxClient(base_url=url, timeout=timeout, follow_redirects=False)
    return AsyncOpenAI(base_url=url, api_key=key, max_retries=0, timeout=timeout, http_client=http)


def _shown(address: str) -> str:
    """Return an address, or what was meant as one, without what may be secret in it."""
    return re.sub(r":.*@", ":…@", address).partition("?")[0]
