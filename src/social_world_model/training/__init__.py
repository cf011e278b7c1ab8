"""Train a parser: samples from contexts, trainers, and a reward for reinforcement learning.

Public names are imported on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from social_world_model.training.data import DataReport, make_data
    from social_world_model.training.reward import compute_score, reward_func
    from social_world_model.training.samples import Sample, messages
    from social_world_model.training.settings import DataSettings, Rules
    from social_world_model.training.sft import Finetuned, finetune
    from social_world_model.training.trainer import (
        Capabilities,
        Job,
        Needs,
        Plan,
        Trainer,
        get_trainer,
        register_trainer,
        trainer_names,
    )

_HOME = {
    "data": ["DataReport", "make_data"],
    "reward": ["compute_score", "reward_func"],
    "samples": ["Sample", "messages"],
    "settings": ["DataSettings", "Rules"],
    "sft": ["Finetuned", "finetune"],
    "trainer": [
        *("Capabilities", "Job", "Needs", "Plan", "Trainer", "get_trainer", "register_trainer", "trainer_names"),
    ],
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "Capabilities",
    "DataReport",
    "DataSettings",
    "Finetuned",
    "Job",
    "Needs",
    "Plan",
    "Rules",
    "Sample",
    "Trainer",
    "compute_score",
    "finetune",
    "get_trainer",
    "make_data",
    "messages",
    "register_trainer",
    "reward_func",
    "trainer_names",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
