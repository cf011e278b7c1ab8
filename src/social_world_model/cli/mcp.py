"""``swm mcp``: serve tools to chat and coding agents with the Model Context Protocol."""

from __future__ import annotations

from typing import Annotated

import typer

from social_world_model.cli.stories import SYMBOLIC, ModelName


def mcp(
    model_name: ModelName = SYMBOLIC,
    world_model: Annotated[
        str | None,
        typer.Option(help="Language model that imagines replies, for the tool foresee. Default: --model-name."),
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option(help="Stop calls of the language models at this cost in US$.", min=0)
    ] = None,
) -> None:
    """Serve tools to chat and coding agents (MCP).

    The command speaks the Model Context Protocol on standard input and output. A client such as a chat agent starts it.
    The tools are parse, who_knows, memory, perspective, ask, foresee and validate. They read no files and write no
    files. The tool foresee needs a language model. The command ends when the client closes standard input.

    Exit status: 0; 2 if the extra mcp is not installed, or if a model cannot be used.
    """
    from social_world_model.adapters.mcp import serve

    serve(model_name=model_name, world_model=world_model, max_cost=max_cost)
