"""Branches of contexts on disk: ordinary contexts in a folder, each with a small file about its origin.

The file ``b3.json`` is the context of the branch ``b3``. The file ``.b3.branch.json`` contains its title, its parent,
and its edge: who made the branch, and what that cost. Both files are written as a whole.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from social_world_model.errors import ConfigurationError, ContextError, DatasetError
from social_world_model.files import write_whole
from social_world_model.runs.manifest import FILE_NAME as MANIFEST
from social_world_model.runs.usages import read_usage
from social_world_model.s3ap import SocializedContext
from social_world_model.usage import Usage
from social_world_model.viewer.payload import Payload, context_entry, context_payload

BY_HAND = "you"
"""Who made a branch that no model made."""
FREE = Usage(cost=0.0)
"""Usage of a branch that no model made."""
OF_ITEM = "Item "
_NAME = re.compile(r"b[1-9]\d{0,8}")


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A context that was made from another context.

    Parameters
    ----------
    id, title
        Id of the branch, and title for the reader.
    parent, parent_title
        Id and title of the context that the branch was made from. The id is empty if this context is not shown.
    who
        Who made the branch: `BY_HAND`, or the name of a model.
    usage
        Usage of the model calls.
    """

    id: str
    title: str
    parent: str
    parent_title: str
    who: str = BY_HAND
    usage: Usage = FREE

    @property
    def edge(self) -> Payload:
        """The type `Edge` of the pages."""
        tokens = self.usage.input_tokens + self.usage.output_tokens
        return {"who": self.who, "calls": self.usage.requests, "tokens": tokens, "cost": self.usage.cost}


def title_of_item(index: str, run: Path) -> str:
    """Return the title of the context of an item, which names its run.

    Parameters
    ----------
    index
        Index of the item.
    run
        Folder of the run.
    """
    return f"{OF_ITEM}{index} of {run.name}"


class Branches:
    """The branches in a folder. Threads may use this object at the same time.

    Parameters
    ----------
    folder
        Folder of the branches. It is made if it does not exist.
    contexts
        Titles of contexts that are no branches, by id. A branch of an earlier server belongs to the context with the
        same title.
    runs
        Folders of runs by id. A branch of the context of an item belongs to the run in the folder with the same name.

    Raises
    ------
    ConfigurationError
        If the folder cannot be made, or if it is in the folder of a run.
    """

    def __init__(self, folder: Path, contexts: Mapping[str, str], runs: Mapping[str, Path] | None = None) -> None:
        self.folder = folder
        for above in (folder.resolve(), *folder.resolve().parents):
            if (above / MANIFEST).is_file() or above in {run.resolve() for run in (runs or {}).values()}:
                raise ConfigurationError(
                    f"expected a folder for branches outside the folders of runs, got {folder}: {above} is the folder "
                    "of a run",
                    parameters=("edit",),
                )
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"expected a folder for branches, got {folder}: {error.strerror or error}", parameters=("edit",)
            ) from None
        self._ids = {title: id for id, title in reversed(list(contexts.items()))}
        self._runs = {run.name: id for id, run in reversed(list((runs or {}).items()))}
        self._branches = {branch.id: branch for branch in map(self._read, sorted(_ids_in(folder))) if branch}

    def __contains__(self, id: str) -> bool:
        """Return whether there is a branch with this id."""
        return id in self._branches

    def entries(self) -> list[Payload]:
        """Return the entries of all branches that can be read, in the order in which they were made."""
        entries = []
        for branch in sorted(self._branches.values(), key=lambda one: int(one.id[1:])):
            try:
                context = self.context(branch.id)
                entries.append(context_entry(context, id=branch.id, title=branch.title, parent=branch.parent or None))
            except (ContextError, DatasetError):  # somebody changed or removed the file
                continue
        return entries

    def payload(self, id: str) -> Payload:
        """Return a branch as the pages read it.

        Raises
        ------
        DatasetError, ContextError
            If the file of the branch cannot be read, or if it contains no valid context.
        """
        branch = self._branches[id]
        return context_payload(
            self.context(id), id=id, title=branch.title, parent=branch.parent or None, edge=branch.edge
        )

    def context(self, id: str) -> SocializedContext:
        """Return the context of a branch.

        Raises
        ------
        DatasetError, ContextError
            If the file of the branch cannot be read, or if it contains no valid context.
        """
        path = self.folder / f"{self._branches[id].id}.json"
        try:
            text = path.read_bytes()
        except OSError as error:
            raise DatasetError(f"expected the file of a branch, got {path.name}: {error.strerror or error}") from None
        return SocializedContext.from_json(text)

    def title(self, id: str) -> str:
        """Return the title of a branch."""
        return self._branches[id].title

    def add(
        self,
        context: SocializedContext,
        *,
        title: str,
        parent: str,
        parent_title: str,
        who: str = BY_HAND,
        usage: Usage = FREE,
    ) -> str:
        """Write a new branch, and return its id.

        Parameters
        ----------
        context
            Context of the branch.
        title, parent, parent_title, who, usage
            The same as in `Branch`.

        Raises
        ------
        ConfigurationError
            If the files cannot be written.
        """
        with self._lock:
            id = self._reserved()
            branch = Branch(id=id, title=title, parent=parent, parent_title=parent_title, who=who, usage=usage)
            self._write(branch, context)
        return id

    def replace(self, id: str, context: SocializedContext, usage: Usage) -> None:
        """Write a longer context of a branch that a model is making.

        Parameters
        ----------
        id
            Id of the branch.
        context
            New context of the branch.
        usage
            Usage of all model calls for the branch.

        Raises
        ------
        ConfigurationError
            If the files cannot be written.
        """
        with self._lock:
            self._write(replace(self._branches[id], usage=usage), context)

    def _reserved(self) -> str:
        """Return the first free id. Its file is made, so that no other server takes the same id."""
        number = 1 + max((int(id[1:]) for id in _ids_in(self.folder)), default=0)
        while True:
            try:
                (self.folder / f"b{number}.json").touch(exist_ok=False)
            except FileExistsError:
                number += 1
            except OSError as error:
                raise ConfigurationError(
                    f"expected to write into {self.folder}: {error.strerror or error}", parameters=("edit",)
                ) from None
            else:
                return f"b{number}"

    def _write(self, branch: Branch, context: SocializedContext) -> None:
        about = {name: value for name, value in asdict(branch).items() if name != "id"}
        write_whole(self._about(branch.id), json.dumps(about, ensure_ascii=False, indent=1))
        write_whole(self.folder / f"{branch.id}.json", context.to_json())
        self._branches[branch.id] = branch

    def _read(self, id: str) -> Branch | None:
        """Return a branch of an earlier server; None if the file about its origin is missing or damaged."""
        try:
            data = json.loads(self._about(id).read_bytes())
            title, parent, above = (str(data[name]) for name in ("title", "parent", "parent_title"))
            who, usage = str(data["who"]), read_usage(data["usage"])
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return None
        if not _NAME.fullmatch(parent):  # ids of other contexts are new in each server
            parent = self._origin(above)
        elif int(parent[1:]) >= int(id[1:]):  # somebody changed the file: a branch is younger than its parent
            parent = ""
        return Branch(id=id, title=title, parent=parent, parent_title=above, who=who, usage=usage)

    def _origin(self, title: str) -> str:
        """Return the id of the context with a title; empty if there is none."""
        if title in self._ids:
            return self._ids[title]
        index, _, run = title.removeprefix(OF_ITEM).rpartition(" of ")
        return f"{self._runs[run]}.{index}" if index and run in self._runs else ""

    def _about(self, id: str) -> Path:
        return self.folder / f".{id}.branch.json"


def _ids_in(folder: Path) -> list[str]:
    return [path.stem for path in folder.glob("b*.json") if _NAME.fullmatch(path.stem)]
