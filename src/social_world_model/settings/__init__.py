"""Settings of runs, evaluation and model calls. Each option is declared once, with type, bounds, default and help.

The command line, sweeps and manifests read these declarations. Importing this package imports no heavy library.
Pydantic checks the values of settings. Pydantic is imported when settings are constructed.
"""

from social_world_model.settings.calls import CallSettings, SamplingOptions
from social_world_model.settings.checked import Checked
from social_world_model.settings.declaring import Option, Setting, declared, manifest_settings
from social_world_model.settings.episodes import EpisodeSettings
from social_world_model.settings.evaluation import EvaluationSettings
from social_world_model.settings.judging import JudgingSettings
from social_world_model.settings.runs import RunSettings

__all__ = [
    "CallSettings",
    "Checked",
    "EpisodeSettings",
    "EvaluationSettings",
    "JudgingSettings",
    "Option",
    "RunSettings",
    "SamplingOptions",
    "Setting",
    "declared",
    "manifest_settings",
]
