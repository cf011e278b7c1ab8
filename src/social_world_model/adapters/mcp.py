"""MCP server on standard input and output: agents of any client can ask what people know and believe."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable, Coroutine, Mapping
from functools import cache, wraps
from importlib.metadata import version
from inspect import getdoc
from typing import TYPE_CHECKING, Any

from social_world_model.errors import ConfigurationError, SocialWorldModelError

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer
    from mcp.server.mcpserver.tools import Tool

    from social_world_model.adapters.mcp_answering import Answering
    from social_world_model.adapters.mcp_outputs import Output

NAME = "symbolic"
LARGEST = 200_000
"""Maximum size of the arguments of one call, in bytes of JSON as UTF-8."""
MISSING = "expected the package mcp, got none: install the extra mcp (uv sync --extra mcp)"
INSTRUCTIONS = (
    "Ask who perceived, knows and believes what in a story or a chat. Pass the text itself to every tool. People who "
    "leave a chat or join it later do not hear everything. certain=false marks a guess."
)


def server_of(answering: Callable[[], Answering]) -> MCPServer[Any]:
    """Return an MCP server with the tools.

    Parameters
    ----------
    answering
        Returns the object that answers calls of the tools.

    Raises
    ------
    ConfigurationError
        If the package mcp is not installed.
    """
    try:
        from mcp.server.mcpserver import MCPServer
    except ImportError:
        raise ConfigurationError(MISSING) from None
    from social_world_model.adapters.mcp_tools import tool_functions

    return MCPServer(
        "social-world-model",
        version=version("social-world-model"),
        instructions=INSTRUCTIONS,
        tools=[_tool(function) for function in tool_functions(answering)],
        subscriptions=False,
        log_level="WARNING",
    )


def serve(*, model_name: str = NAME, world_model: str | None = None, max_cost: float | None = None) -> None:
    """Serve the tools on standard input and output until the client closes the input.

    The server stores nothing, so Ctrl-C ends it immediately.

    Parameters
    ----------
    model_name, world_model, max_cost
        The same as in `mcp_models.Models`.

    Raises
    ------
    ConfigurationError
        If the package mcp is not installed, or if a model cannot be used.
    """

    @cache
    def answering() -> Answering:
        from social_world_model.adapters.mcp_answering import Answering
        from social_world_model.adapters.mcp_models import Models

        return Answering(Models(model_name, world_model, max_cost))

    server = server_of(answering)
    if (model_name, world_model) != (NAME, None):
        answering()  # a wrong name or a missing key is an error now
    import anyio

    async def run() -> None:
        try:
            await server.run_stdio_async()
        finally:
            if answering.cache_info().currsize:
                await answering().models.close()

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a thread that waits for input cannot be cancelled
    try:
        anyio.run(run)
    except* (BrokenPipeError, ConnectionResetError):
        pass  # the client ended before it read an answer


def _tool(function: Callable[..., Coroutine[Any, Any, Output]]) -> Tool:
    from mcp.server.mcpserver.tools import Tool
    from mcp_types import ToolAnnotations

    made = Tool.from_function(
        _with_tool_errors(function),
        description=getdoc(function),
        annotations=ToolAnnotations(read_only_hint=True),
        structured_output=True,
    )
    made.parameters = _brief(made.parameters)
    made.fn_metadata.output_schema = _brief(made.fn_metadata.output_schema)
    return made


def _with_tool_errors(function: Callable[..., Coroutine[Any, Any, Output]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Return a function with the errors and results of an MCP tool."""
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp_types import CallToolResult, TextContent

    @wraps(function)
    async def tool(**arguments: Any) -> CallToolResult:
        try:
            check_size(arguments)
            # a failed asyncio.TaskGroup disturbs the cancel scopes of anyio in its task, so the work has its own task
            data = (await asyncio.create_task(function(**arguments))).data()
        except SocialWorldModelError as error:
            raise ToolError(str(error)) from None
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return CallToolResult(content=[TextContent(text=text)], structured_content=data)

    return tool


def check_size(arguments: Mapping[str, Any]) -> None:
    """Check the size of the arguments of a call.

    Parameters
    ----------
    arguments
        Arguments by name, as parsed JSON.

    Raises
    ------
    ConfigurationError
        If the arguments are too large, nested too deeply, or not valid Unicode.
    """
    try:
        size = len(json.dumps(arguments, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        raise ConfigurationError("expected text of valid Unicode characters, got half a surrogate pair") from None
    except RecursionError:
        raise ConfigurationError("expected a text or a context, got JSON that is nested too deeply") from None
    if size > LARGEST:
        raise ConfigurationError(
            f"expected arguments of at most {LARGEST:,} bytes, got {size:,}: pass a part of the text, or pass the text "
            "instead of its context"
        )


def _brief(schema: Any, classes: Mapping[str, Any] | None = None) -> Any:
    """Return a shorter JSON schema with the same meaning. Every session of a client pays for its tokens.

    Titles and docstrings of classes are left out, classes are written in their place, and an optional field is one that
    is not required.

    Parameters
    ----------
    schema
        A JSON schema, or a part of one.
    classes
        Schemas of classes by name; None means the classes in the schema.
    """
    if isinstance(schema, list):
        return [_brief(one, classes) for one in schema]
    if not isinstance(schema, dict):
        return schema
    classes = schema.get("$defs", {}) if classes is None else classes
    if "$ref" in schema:
        return _brief(classes[schema["$ref"].rpartition("/")[2]], classes)
    match schema:
        case {"anyOf": [kind, {"type": "null"}], "default": None}:
            schema = {**kind, **{name: part for name, part in schema.items() if name not in ("anyOf", "default")}}
    left_out = {"title", "$defs"} | ({"description", "additionalProperties"} if "properties" in schema else set())
    made = {name: _brief(part, classes) for name, part in schema.items() if name not in left_out | {"properties"}}
    if "properties" in schema:
        made["properties"] = {name: _brief(part, classes) for name, part in schema["properties"].items()}
    return made
