"""The world model: stories to contexts, contexts forward in time, questions to answers."""

from social_world_model.world_model.model import SocialWorldModel
from social_world_model.world_model.parsing import ContextOutputParser, LanguageModelParser

__all__ = ["ContextOutputParser", "LanguageModelParser", "SocialWorldModel"]
