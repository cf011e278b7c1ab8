"""Import the authors' code from a clone, with stand-ins for the packages that only call models."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock


def stand_in(name: str) -> None:
    """Replace a module, if it is not installed, by an object that accepts every call.

    Parameters
    ----------
    name
        Full name of the module.
    """
    if name in sys.modules:
        return
    try:
        importlib.import_module(name)
    except (ImportError, AttributeError):  # the parent may be a stand-in
        module = MagicMock(name=name)
        module.__path__ = []
        sys.modules[name] = module


def torch_without_models() -> None:
    """Replace torch, if it is not installed, by the few names that the authors' code uses without a model."""
    if "torch" in sys.modules or find_spec("torch") is not None:
        return
    torch, data = ModuleType("torch"), ModuleType("torch.utils.data")
    data.__dict__.update(Dataset=object, DataLoader=object)
    torch.__dict__.update(Tensor=_Tensor, device=str, cuda=SimpleNamespace(is_available=lambda: False))
    sys.modules |= {"torch": torch, "torch.utils": data, "torch.utils.data": data}


class _Tensor:
    """A class without objects. Other packages check whether an object is a tensor."""


@contextmanager
def imported(folder: Path, name: str) -> Iterator[Any]:
    """Import a module of a clone. Afterwards, the modules of the clone are forgotten.

    Parameters
    ----------
    folder
        Folder that contains the module.
    name
        Name of the module.
    """
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))
        for added in set(sys.modules) - before:
            if str(getattr(sys.modules[added], "__file__", "")).startswith(str(folder)):
                del sys.modules[added]
