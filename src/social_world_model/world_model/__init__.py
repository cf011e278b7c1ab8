"""World model: parse narratives into contexts, continue contexts, and answer questions about them."""

from typing import TYPE_CHECKING

from social_world_model.lazy_names import lazy_names

if TYPE_CHECKING:
    from social_world_model.world_model.answers import Answer
    from social_world_model.world_model.model import SocialWorldModel
    from social_world_model.world_model.parsing import ContextOutputParser, LanguageModelParser

_HOME = {
    "Answer": "social_world_model.world_model.answers",
    "ContextOutputParser": "social_world_model.world_model.parsing",
    "LanguageModelParser": "social_world_model.world_model.parsing",
    "SocialWorldModel": "social_world_model.world_model.model",
}

__all__ = ["Answer", "ContextOutputParser", "LanguageModelParser", "SocialWorldModel"]

__getattr__ = lazy_names(__name__, _HOME)
