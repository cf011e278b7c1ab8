"""Training a parser: samples from contexts, back ends that train on them, and a reward for going on after that."""

from social_world_model.training.data import DataReport, DataSettings, make_data
from social_world_model.training.jobs import Job
from social_world_model.training.reward import compute_score, reward_func
from social_world_model.training.samples import Sample, messages
from social_world_model.training.selection import Rules
from social_world_model.training.sft import Finetuned, finetune

__all__ = [
    "DataReport",
    "DataSettings",
    "Finetuned",
    "Job",
    "Rules",
    "Sample",
    "compute_score",
    "finetune",
    "make_data",
    "messages",
    "reward_func",
]
