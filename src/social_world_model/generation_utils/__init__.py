"""Language models: lookup by name, free-text and structured replies, limits, retries, budget and usage."""

from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.generate import agenerate, close_models, generate_sync
from social_world_model.generation_utils.generate import generate as generate  # deprecated; else the module
from social_world_model.generation_utils.limits import CallLimit, RateLimit
from social_world_model.generation_utils.model import LanguageModel
from social_world_model.generation_utils.names import model_by_name, register_model
from social_world_model.generation_utils.output_parsers import OutputParser, PydanticOutputParser, StrOutputParser
from social_world_model.generation_utils.reading import UnfitReply
from social_world_model.generation_utils.spending import Budget

__all__ = [
    "Budget",
    "CallLimit",
    "Calls",
    "LanguageModel",
    "OutputParser",
    "PydanticOutputParser",
    "RateLimit",
    "StrOutputParser",
    "UnfitReply",
    "agenerate",
    "close_models",
    "generate_sync",
    "model_by_name",
    "register_model",
]
