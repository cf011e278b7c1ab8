"""Arguments of vLLM's engine, as users type them: ``max_model_len=4096``."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError, did_you_mean, shortened

PARAMETER = "vllm_args"
"""The setting that holds the arguments; the command line takes one at a time."""
_WORDS = {"true": True, "false": False, "none": None, "null": None}
_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "tokenizer_config.json", "vocab.json", "tekken.json")
_CONFIGS = ("config.json", "params.json")
_NAMED_ELSEWHERE = ("model",)


def vllm_args(given: Iterable[str]) -> dict[str, Any]:
    """Return engine arguments by name, each of the type that its value is written as.

    Raises
    ------
    ConfigurationError
        If one is not ``NAME=VALUE``, stands there twice, or looks like JSON and is not.

    Examples
    --------
    >>> vllm_args(["max_model_len=4096", "dtype=float16", "enforce-eager=true"])
    {'max_model_len': 4096, 'dtype': 'float16', 'enforce_eager': True}
    """
    found: dict[str, Any] = {}
    for one in given:
        name, equals, value = one.partition("=")
        name, value = name.strip().removeprefix("--").replace("-", "_"), value.strip()
        if not equals or not name.isidentifier() or not value:
            raise ConfigurationError(
                f"expected {PARAMETER} NAME=VALUE, such as max_model_len=4096, got {one!r}", parameters=(PARAMETER,)
            )
        if name in found:
            raise ConfigurationError(
                f"expected {PARAMETER} {name} once, got {found[name]!r} and {value!r}", parameters=(PARAMETER,)
            )
        found[name] = _typed(name, value)
    return found


def _typed(name: str, value: str) -> Any:
    """Return a value as the JSON that it is, or as the text that it is."""
    if value.casefold() in _WORDS:
        return _WORDS[value.casefold()]
    try:
        return json.loads(value, parse_constant=str)
    except json.JSONDecodeError:
        if value[0] in '{["':
            raise ConfigurationError(
                f"expected {PARAMETER} {name} to be JSON, got {shortened(value)}", parameters=(PARAMETER,)
            ) from None
        return value


def check_args(given: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse what the engine does not know.

    Raises
    ------
    ConfigurationError
        Naming it, and what it may have been meant as.
    """
    if meant := [name for name in _NAMED_ELSEWHERE if name in given]:
        raise ConfigurationError(
            f"expected the model as vllm/NAME, got {PARAMETER} {meant[0]}={given[meant[0]]}", parameters=(PARAMETER,)
        )
    for name in given:
        if name not in known:
            hint = did_you_mean(name, known) or "; see `vllm serve --help=all`"
            raise ConfigurationError(
                f"expected {PARAMETER} with an argument of vLLM's engine, got {name!r}{hint}",
                parameters=(PARAMETER,),
            )


def check_folder(name: str, given: Mapping[str, Any]) -> None:
    """Refuse a name that can only be a folder and is none that can be loaded.

    Parameters
    ----------
    name
        A hub id, or a folder.
    given
        Engine arguments, by name.

    Raises
    ------
    ConfigurationError
        If there is no such folder, or a part of the model is not in it.
    """
    path = Path(name).expanduser()
    if not path.is_dir():
        if path.exists() or name.startswith(("/", ".", "~")) or name.count("/") > 1:
            raise ConfigurationError(
                f"expected a model's folder, or an id of the hub such as org/name, got vllm/{name}"
            )
        return
    if (path / "adapter_config.json").exists() and not _has_any(path, _CONFIGS):
        raise ConfigurationError(
            f"expected a whole model in {name}, got a LoRA adapter alone: merge it into its base model first"
        )
    if not _has_any(path, _CONFIGS):
        raise ConfigurationError(
            f"expected a model in the Hugging Face form in {name}, got a folder without config.json"
        )
    if "tokenizer" not in given and not _has_any(path, _TOKENIZERS):
        raise ConfigurationError(
            f"expected a tokenizer in {name}, got none of {', '.join(_TOKENIZERS)}: save it there, or name another "
            f"one with {PARAMETER} tokenizer=org/name",
            parameters=(PARAMETER,),
        )


def _has_any(folder: Path, names: Iterable[str]) -> bool:
    return any((folder / name).exists() for name in names)
