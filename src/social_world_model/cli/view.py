"""``swm view``: show contexts, runs and items in a browser, or write them as one file."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from social_world_model.cli.people import PeopleFile, read_people

if TYPE_CHECKING:
    from social_world_model.viewer.catalogue import Catalogue

MOST_LEFT_OUT = 20
"""Maximum number of lines about single files that are left out."""


def view(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Stories, chats, exports of chats, contexts in JSON, results of items, episodes, runs, and folders "
            "with these. Use - for standard input.",
            show_default=False,
            metavar="PATH",
        ),
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Also show the bundled examples.")] = False,
    port: Annotated[int, typer.Option(help="Port of the server. 0 takes a free port.", min=0, max=65535)] = 0,
    host: Annotated[
        str, typer.Option(help="Loopback address of the server. Other machines cannot reach the server.")
    ] = "127.0.0.1",
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
    export: Annotated[
        Path | None, typer.Option(help="Write one HTML file that needs no server and makes no requests.")
    ] = None,
    items: Annotated[
        str | None,
        typer.Option(
            help="Items of runs whose replies and contexts --export includes: flipped (only some of the runs are "
            "correct), wrong, all, or a number of items from the start. Default: no replies."
        ),
    ] = None,
    max_mb: Annotated[float, typer.Option(help="Maximum size of the file of --export in megabytes.", min=0)] = 20,
    edit: Annotated[
        Path | None, typer.Option(help="Allow what-if branches of contexts, and keep the branches in this folder.")
    ] = None,
    model_name: Annotated[
        str | None,
        typer.Option(
            help="Language model that continues branches and answers questions about them. The names are the same as "
            "for swm run --model-name. Default: rules only."
        ),
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option(help="Stop calls of the language model at this cost in US$.", min=0)
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Do not use the cache folder for the results of runs.")
    ] = False,
    people: PeopleFile = None,
) -> None:
    """Show contexts, runs and items in a browser.

    The command prints the address of the pages, and serves the pages until you press Ctrl+C. With --export, it writes
    one file instead. With --edit, contexts can be changed: what if an agent acts in another way? What cannot be shown
    is listed with the reason.

    Exit status: 0; 2 if there is nothing to show, if the port is taken, or if the extra viewer is not installed.
    """
    _check(bool(paths) or demo, items=items, export=export, edit=edit, model_name=model_name, max_cost=max_cost)
    catalogue = _catalogue(paths or [], demo, edit, people)
    if export is not None:
        _write(catalogue, export, items, max_mb, cache=not no_cache)
    else:
        about = {"edit": edit, "model": model_name, "max_cost": max_cost, "cache": not no_cache}
        _serve(catalogue, opens=not no_open, host=host, port=port, **about)


def _check(has_paths: bool, **given: Any) -> None:
    """Refuse combinations of options that have no effect."""
    from social_world_model.errors import ConfigurationError

    if not has_paths:
        raise ConfigurationError("expected at least one PATH or --demo, got neither")
    for name, needed in (("items", "export"), ("model_name", "edit"), ("max_cost", "model_name")):
        if given[name] is not None and given[needed] is None:
            flags = [f"--{one.replace('_', '-')}" for one in (name, needed)]
            raise ConfigurationError(f"expected {flags[0]} only together with {flags[1]}")
    if given["edit"] is not None and given["export"] is not None:
        raise ConfigurationError("expected --edit or --export, got both: an exported file has no branches")


def _catalogue(paths: list[Path], demo: bool, edit: Path | None, people: Path | None) -> Catalogue:
    """Return the catalogue of the paths. What is left out goes to standard error."""
    from social_world_model.errors import DatasetError
    from social_world_model.viewer.catalogue import discover
    from social_world_model.viewer.demo import demo_paths

    named = None if people is None else read_people(people)
    catalogue = discover([*paths, *(demo_paths() if demo else ())], edit=edit, people=named)
    for one in catalogue.left_out[:MOST_LEFT_OUT]:
        print(f"left out: {one.name}: {one.why}", file=sys.stderr)
    if (more := len(catalogue.left_out) - MOST_LEFT_OUT) > 0:
        print(f"left out: {more:,} more files", file=sys.stderr)
    if not catalogue.contexts and not catalogue.runs:
        raise DatasetError("expected stories, contexts, results or runs, got nothing that can be shown")
    return catalogue


def _write(catalogue: Catalogue, path: Path, items: str | None, max_mb: float, *, cache: bool) -> None:
    from social_world_model.cli.signatures import in_flags
    from social_world_model.files import write_whole
    from social_world_model.viewer.choosing import item_choice
    from social_world_model.viewer.export import export_html

    choice = None if items is None else item_choice(items)
    made = export_html(catalogue, items=choice, max_mb=max_mb, title=_title(catalogue), cache=cache)
    write_whole(path, made.html)
    for note in made.notes:
        print(in_flags(note, ["max_mb", *(["items"] if items is None else [])]), file=sys.stderr)
    print(f"written: {path} ({len(made.html.encode('utf-8', 'replace')) / 1_000_000:.1f} MB)", file=sys.stderr)


def _title(catalogue: Catalogue) -> str:
    titles = [source.title for source in catalogue.contexts.values()]
    return titles[0] if len(titles) == 1 and not catalogue.runs else "Social World Model"


def _serve(catalogue: Catalogue, *, opens: bool, **about: Any) -> None:
    from social_world_model.viewer.server import server_of

    server, bound, address = server_of(catalogue, **about)
    with bound:
        print(address, flush=True)
        if opens and _has_display():
            import webbrowser

            webbrowser.open(address)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[bound])


def _has_display() -> bool:
    """Return whether a browser can be opened."""
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
