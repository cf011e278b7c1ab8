"""The door to vLLM: the one place that imports it, what of it is used, and where its own words go.

vLLM has no types that could be checked without installing it, so that everything of it is ``Any`` from here on.
"""

from __future__ import annotations

import atexit
import inspect
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from social_world_model.errors import ConfigurationError, shortened
from social_world_model.generation_utils.vllm_args import PARAMETER, check_args

HOW_TO_INSTALL = "`uv sync --extra training`"
LONGEST_CAUSE = 400


def installed() -> bool:
    """Tell whether vLLM is there, without importing it."""
    if "vllm" in sys.modules:
        return sys.modules["vllm"] is not None
    return find_spec("vllm") is not None


@dataclass(frozen=True)
class Api:
    """What of vLLM is used: AsyncLLM, its arguments, how a reply is drawn, and what can go wrong.

    Parameters
    ----------
    arguments, engine, sampling, structured
        ``AsyncEngineArgs``, ``AsyncLLM``, ``SamplingParams``, ``StructuredOutputsParams``.
    final_only
        The kind of output that comes once, when a reply is whole.
    dead
        What says that the engine is gone.
    rejected
        What says that a request is not taken.
    """

    arguments: Any
    engine: Any
    sampling: Any
    structured: Any
    final_only: Any
    dead: type[Exception]
    rejected: tuple[type[Exception], ...]

    def engine_args(self, model: str, given: Mapping[str, Any]) -> Any:
        """Return the arguments of an engine.

        Raises
        ------
        ConfigurationError
            If there is no such argument.
        """
        check_args(given, [one.name for one in fields(self.arguments)])
        return self.arguments(**{"model": model, "disable_log_stats": True, **given})


@cache
def api() -> Api:
    """Import vLLM; its log goes to standard error unless told otherwise, and it sends no statistics of use."""
    os.environ.setdefault("VLLM_LOGGING_STREAM", "ext://sys.stderr")
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    sampling = import_module("vllm.sampling_params")
    errors = import_module("vllm.v1.engine.exceptions")
    client_error = getattr(import_module("vllm.exceptions"), "VLLMClientError", None) if _has_errors() else None
    return Api(
        arguments=import_module("vllm.engine.arg_utils").AsyncEngineArgs,
        engine=import_module("vllm.v1.engine.async_llm").AsyncLLM,
        sampling=sampling.SamplingParams,
        structured=sampling.StructuredOutputsParams,
        final_only=sampling.RequestOutputKind.FINAL_ONLY,
        dead=errors.EngineDeadError,
        rejected=(ValueError, *([] if client_error is None else [client_error])),
    )


def _has_errors() -> bool:
    return "vllm.exceptions" in sys.modules or find_spec("vllm.exceptions") is not None


async def settled(value: Any) -> Any:
    """Return a value that some versions of vLLM give at once, and others promise."""
    return await value if inspect.isawaitable(value) else value


@dataclass
class Log:
    """Where vLLM and its processes write, since hundreds of lines are of no use in a terminal.

    Attributes
    ----------
    path
        The file; it is deleted at the end, unless something went wrong.
    """

    path: Path = field(init=False)
    keep: bool = field(default=False, init=False)
    _file: IO[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        number, name = tempfile.mkstemp(prefix="swm-vllm-", suffix=".log")
        os.close(number)
        self.path = Path(name)
        self._file = self.path.open("a", encoding="utf-8", errors="replace")  # others write to its end, too
        atexit.register(self.close)

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self.path.stat().st_size

    def since(self, start: int) -> str:
        """Return what was written from a byte on."""
        self._file.flush()
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read().decode(errors="replace")

    @contextmanager
    def taking_stderr(self) -> Iterator[None]:
        """Let this file be what stands for standard error; processes begun meanwhile keep it for good."""
        sys.stderr.flush()
        saved = os.dup(2)
        os.dup2(self._file.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(saved, 2)
            os.close(saved)

    def take_logger(self) -> None:
        """Let vLLM's logger in this process write here, too, unless the user has arranged that."""
        if os.environ.get("VLLM_LOGGING_CONFIG_PATH"):
            return
        for handler in logging.getLogger("vllm").handlers:
            if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
                handler.setStream(self._file)

    def close(self) -> None:
        """Write no more; delete the file, unless something went wrong."""
        self._file.close()
        if not self.keep:
            self.path.unlink(missing_ok=True)


@cache
def log() -> Log:
    """Return the log of this process."""
    return Log()


def why_not_loaded(name: str, error: Exception, said: str) -> ConfigurationError:
    """Return what it means that a model could not be loaded, in one line.

    Parameters
    ----------
    name
        Of the model.
    error
        What was raised in this process: often no more than that another one failed.
    said
        What vLLM wrote meanwhile, where that one says why.
    """
    if isinstance(error, ConfigurationError):
        return error
    if isinstance(error, ImportError):
        return ConfigurationError(
            f"vLLM is there, but something that it needs for {name} is not ({_short(_line(error))}): {HOW_TO_INSTALL}; "
            f"all that it said is in {log().path}"
        )
    own = _line(error)
    causes = [own, *_causes(said)]
    memory = next((one for one in causes if _MEMORY.search(one)), None)
    if memory is not None:
        return ConfigurationError(
            f"expected enough memory for {name}, and there is not ({_short(memory)}): try other values of "
            f"{PARAMETER} gpu_memory_utilization=0.8 (share of the memory that vLLM may take) and "
            f"{PARAMETER} max_model_len=4096 (longest prompt with its reply), or a smaller model",
            parameters=(PARAMETER,),
        )
    length = next((one for one in causes if _LENGTH.search(one)), None)
    if length is not None:
        why = _short(length).partition(". To allow")[0]  # and at length how to force it
        return ConfigurationError(
            f"expected {PARAMETER} max_model_len that {name} can take, and it cannot: {why}", parameters=(PARAMETER,)
        )
    cause = next((one for one in causes if not _GENERIC.search(one)), own)
    return ConfigurationError(f"vLLM cannot load {name}: {_short(cause)}; all that it said is in {log().path}")


def why_died(said: str) -> str:
    """Return what it means that an engine is gone, in one line, from what its processes wrote."""
    cause = next((one for one in _causes(said) if not _GENERIC.search(one)), None)
    why = "" if cause is None else f" ({_short(cause)})"
    return f"its engine has died{why}; all that vLLM said is in {log().path}"


def _causes(said: str) -> list[str]:
    return _CAUSE.findall(said.partition(_TRACEBACK)[2])


_TRACEBACK = "Traceback (most recent call last)"
_CAUSE = re.compile(r"^(?:\([^)]*\) ERROR [^\]]*\] )?((?:\w+\.)*[A-Z]\w*(?:Error|Exception): \S.*)$", re.MULTILINE)
_MEMORY = re.compile(
    r"out of memory|Free memory on device|Available memory on node|No available memory|KV cache is needed|"
    r"larger than the available KV cache|insufficient memory|OutOfMemory|Cannot allocate memory",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"User-specified max_model_len")
_GENERIC = re.compile(
    r"Engine core initialization failed|WorkerProc initialization failed|EngineDeadError|EOFError|BrokenPipe"
)


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _short(text: str) -> str:
    """Return the words of an error on one line, without its type and the validation around it."""
    text = " ".join(text.split())
    text = re.sub(r"^(?:[\w.]+(?:Error|Exception): )+", "", text)
    text = re.sub(r"^\d+ validation errors? for \w+ (?:Value error, )?", "", text).partition(" [type=")[0]
    return shortened(text, LONGEST_CAUSE).rstrip(" .")
