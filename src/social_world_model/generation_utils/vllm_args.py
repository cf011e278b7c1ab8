"""Parse and check arguments of the vLLM engine, such as ``max_model_len=4096``."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError, did_you_mean, shortened

PARAMETER = "vllm_args"
"""Name of the setting for engine arguments. On the command line, each option passes one argument."""
_WORDS = {"true": True, "false": False, "none": None, "null": None}
_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "tokenizer_config.json", "vocab.json", "tekken.json")
_CONFIGS = ("config.json", "params.json")
_NAMED_ELSEWHERE = ("model",)


def vllm_args(given: Iterable[str]) -> dict[str, Any]:
    """Return engine arguments by name. Numbers, booleans and JSON values are converted.

    Raises
    ------
    ConfigurationError
        If an argument does not have the form ``NAME=VALUE``, if an argument is given twice, or if a value looks like
        JSON but is invalid.

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
    """Parse a value as JSON. If the value is not JSON, return the text."""
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
    """Refuse arguments that the engine does not know.

    Parameters
    ----------
    given
        Engine arguments, by name.
    known
        Names of all arguments of the engine.

    Raises
    ------
    ConfigurationError
        If an argument is unknown. The message suggests a similar name.
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
    """Refuse a folder that does not exist or does not contain a complete model. Hub ids are accepted.

    Parameters
    ----------
    name
        Hub id or local folder of the model.
    given
        Engine arguments, by name.

    Raises
    ------
    ConfigurationError
        If the folder does not exist, or if a file of the model is missing.
    """
    path = Path(name).expanduser()
    if not path.is_dir():
        if path.exists() or name.startswith(("/", ".", "~")) or name.count("/") > 1:
            raise ConfigurationError(f"expected a model folder or a hub id such as org/name, got vllm/{name}")
        return
    if (path / "adapter_config.json").exists() and not _has_any(path, _CONFIGS):
        raise ConfigurationError(
            f"expected a complete model in {name}, got only a LoRA adapter: merge it into its base model first"
        )
    if not _has_any(path, _CONFIGS):
        raise ConfigurationError(f"expected a model in Hugging Face format in {name}, got a folder without config.json")
    if "tokenizer" not in given and not _has_any(path, _TOKENIZERS):
        raise ConfigurationError(
            f"expected a tokenizer in {name}, got none of {', '.join(_TOKENIZERS)}: save a tokenizer there, or "
            f"choose one with {PARAMETER} tokenizer=org/name",
            parameters=(PARAMETER,),
        )


def _has_any(folder: Path, names: Iterable[str]) -> bool:
    return any((folder / name).exists() for name in names)
