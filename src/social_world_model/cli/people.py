"""The option ``--people``: a file with the names and aliases of the people in a chat."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from social_world_model.symbolic.conversation.exports import People

PeopleFile = Annotated[
    Path | None,
    typer.Option(
        "--people",
        help="YAML or JSON file with the people of a chat and their aliases: {Ann Lee: [ann.l, U123], Bo: []}. A "
        "listed person who sends nothing is present from the start. The alias You names the owner of the phone.",
        show_default=False,
    ),
]
LARGEST = 1_000_000
"""Maximum number of bytes of the file."""


def read_people(path: Path) -> People:
    """Read the file of ``--people``.

    Raises
    ------
    DatasetError
        If the file cannot be read, or has another form.
    """
    import yaml

    from social_world_model.data.yaml_files import load_yaml
    from social_world_model.errors import DatasetError
    from social_world_model.symbolic.conversation.exports import People

    try:
        if path.stat().st_size > LARGEST:
            raise DatasetError(f"expected a file of at most {LARGEST:,} bytes, got {path}")
        data, repeated = load_yaml(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DatasetError(f"expected a readable file, got {path}: {error.strerror or error}") from None
    except (ValueError, yaml.YAMLError) as error:  # also text that is not UTF-8
        raise DatasetError(f"expected YAML or JSON in {path}, got: {error}") from None
    if repeated is not None:
        raise DatasetError(f"expected each person once in {path}, got {repeated} twice")
    return People.of(data)
