"""Import vLLM. No other module imports vLLM. This module also defines the log file and the error messages.

vLLM is optional, so its types cannot be checked. All objects of vLLM have the type ``Any`` here.
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
    """Return whether vLLM is installed, without importing it."""
    if "vllm" in sys.modules:
        return sys.modules["vllm"] is not None
    return find_spec("vllm") is not None


@dataclass(frozen=True)
class Api:
    """The classes, constants and errors of vLLM that this package uses.

    Parameters
    ----------
    arguments, engine, sampling, structured
        Classes ``AsyncEngineArgs``, ``AsyncLLM``, ``SamplingParams`` and ``StructuredOutputsParams``.
    final_only
        Constant that requests a single output when the reply is complete.
    dead
        Error that vLLM raises after the engine has died.
    rejected
        Errors that vLLM raises if it rejects a request.
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

        Parameters
        ----------
        model
            Hub id or local folder of the model.
        given
            Arguments that differ from the defaults, by name.

        Raises
        ------
        ConfigurationError
            If the engine has no argument with a given name.
        """
        check_args(given, [one.name for one in fields(self.arguments)])
        return self.arguments(**{"model": model, "disable_log_stats": True, **given})


@cache
def api() -> Api:
    """Import vLLM. By default, the log goes to standard error, and vLLM sends no usage statistics."""
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
    """Return a value of vLLM. In some versions of vLLM, the value must be awaited first."""
    return await value if inspect.isawaitable(value) else value


@dataclass
class Log:
    """Log file of vLLM and its processes. The log has too many lines for a terminal.

    Attributes
    ----------
    path
        Path of the file.
    keep
        Whether to keep the file when this process ends. The file is kept after an error.
    """

    path: Path = field(init=False)
    keep: bool = field(default=False, init=False)
    _file: IO[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        number, name = tempfile.mkstemp(prefix="swm-vllm-", suffix=".log")
        os.close(number)
        self.path = Path(name)
        self._file = self.path.open("a", encoding="utf-8", errors="replace")  # other processes append to it too
        atexit.register(self.close)

    @property
    def size(self) -> int:
        """Size of the file in bytes."""
        return self.path.stat().st_size

    def since(self, start: int) -> str:
        """Return the text of the file after a byte position."""
        self._file.flush()
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read().decode(errors="replace")

    @contextmanager
    def taking_stderr(self) -> Iterator[None]:
        """Redirect standard error to this file inside the ``with`` block.

        Processes that start in the block use the file too.
        """
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
        """Redirect vLLM's logger in this process to this file, unless the user has configured logging."""
        if os.environ.get("VLLM_LOGGING_CONFIG_PATH"):
            return
        for handler in logging.getLogger("vllm").handlers:
            if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
                handler.setStream(self._file)

    def close(self) -> None:
        """Close the file, and delete it unless there was an error."""
        self._file.close()
        if not self.keep:
            self.path.unlink(missing_ok=True)


@cache
def log() -> Log:
    """Return the log of this process."""
    return Log()


def why_not_loaded(name: str, error: Exception, said: str) -> ConfigurationError:
    """Return a one-line error that explains why a model could not be loaded.

    Parameters
    ----------
    name
        Name of the model.
    error
        Error in this process. Such an error often says only that another process failed.
    said
        Log that vLLM wrote while it loaded the model. The log often contains the cause of the error.
    """
    if isinstance(error, ConfigurationError):
        return error
    if isinstance(error, ImportError):
        return ConfigurationError(
            f"vLLM is installed, but a package that vLLM needs for {name} is missing ({_short(_line(error))}): "
            f"run {HOW_TO_INSTALL}; the full log is in {log().path}"
        )
    own = _line(error)
    causes = [own, *_causes(said)]
    memory = next((one for one in causes if _MEMORY.search(one)), None)
    if memory is not None:
        return ConfigurationError(
            f"expected enough memory for {name}, got too little ({_short(memory)}). Use a smaller model, or change "
            f"{PARAMETER} gpu_memory_utilization=0.8 (fraction of the memory for vLLM) or "
            f"{PARAMETER} max_model_len=4096 (maximum tokens of prompt and reply together)",
            parameters=(PARAMETER,),
        )
    length = next((one for one in causes if _LENGTH.search(one)), None)
    if length is not None:
        why = _short(length).partition(". To allow")[0]  # the rest says how to force it
        return ConfigurationError(
            f"expected {PARAMETER} max_model_len within the limit of {name}: {why}", parameters=(PARAMETER,)
        )
    cause = next((one for one in causes if not _GENERIC.search(one)), own)
    return ConfigurationError(f"vLLM cannot load {name}: {_short(cause)}; the full log is in {log().path}")


def why_died(said: str) -> str:
    """Return a one-line message that explains why an engine died. The cause is read from the log."""
    cause = next((one for one in _causes(said) if not _GENERIC.search(one)), None)
    why = "" if cause is None else f" ({_short(cause)})"
    return f"the vLLM engine has died{why}; the full log is in {log().path}"


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
    """Return an error message on one line, without the type of the error and without text that pydantic adds."""
    text = " ".join(text.split())
    text = re.sub(r"^(?:[\w.]+(?:Error|Exception): )+", "", text)
    text = re.sub(r"^\d+ validation errors? for \w+ (?:Value error, )?", "", text).partition(" [type=")[0]
    return shortened(text, LONGEST_CAUSE).rstrip(" .")
