"""Helpful usage errors, for an invalid choice and for a wrong position of ``--plugin``."""

from __future__ import annotations

import re
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from social_world_model.errors import did_you_mean

_WRONG_CHOICE = re.compile(r"'(?P<given>.*)' is not one of (?P<known>'.*')\.", re.DOTALL)


class HelpfulCommand(TyperCommand):
    """A command that suggests the nearest valid choices when an option has an invalid value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments of the command."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            if found := _WRONG_CHOICE.search(error.message):
                near = did_you_mean(found["given"], re.findall(r"'([^']*)'", found["known"]))
                error.message = found[0].removesuffix(".") + (near or ".")
            raise


class HelpfulGroup(TyperGroup):
    """A group of commands that rejects ``--plugin`` before the name of a command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments before the name of a command."""
        if args and args[0].partition("=")[0] == "--plugin":
            ctx.fail(f"expected --plugin after the command: {ctx.command_path} COMMAND … --plugin FILE.py")
        return super().parse_args(ctx, args)
