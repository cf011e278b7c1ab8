"""S3AP, the structured context of a social situation: representation, tags, events, perspectives and rendering."""

from social_world_model.choices import CONTEXT_FIELDS
from social_world_model.errors import Issue
from social_world_model.s3ap.context import SocializedContext, SocializedStructure, SocialSimulation
from social_world_model.s3ap.decoding import decode, encode
from social_world_model.s3ap.event import Event, Percept
from social_world_model.s3ap.events import events
from social_world_model.s3ap.rendering import render, without_mental_states
from social_world_model.s3ap.timeline import Timeline
from social_world_model.s3ap.validation import validate
from social_world_model.s3ap.views import memory, perspective, presence, timeline, view
from social_world_model.s3ap.wire import (
    SocializedContextForModel,
    SocializedStructureForModel,
    from_wire,
    to_wire,
)

__all__ = [
    "CONTEXT_FIELDS",
    "Event",
    "Issue",
    "Percept",
    "SocialSimulation",
    "SocializedContext",
    "SocializedContextForModel",
    "SocializedStructure",
    "SocializedStructureForModel",
    "Timeline",
    "decode",
    "encode",
    "events",
    "from_wire",
    "memory",
    "perspective",
    "presence",
    "render",
    "timeline",
    "to_wire",
    "validate",
    "view",
    "without_mental_states",
]
