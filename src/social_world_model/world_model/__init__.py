"""World model: parse narratives into contexts, continue contexts, and answer questions about them."""

from social_world_model.world_model.model import SocialWorldModel
from social_world_model.world_model.parsing import ContextOutputParser, LanguageModelParser

__all__ = ["ContextOutputParser", "LanguageModelParser", "SocialWorldModel"]
