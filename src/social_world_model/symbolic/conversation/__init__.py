"""Conversations: who is present at each line, and therefore who knows what."""

from social_world_model.symbolic.conversation.exports import read_chat
from social_world_model.symbolic.conversation.presence import presence, present_throughout
from social_world_model.symbolic.conversation.transcript import (
    Transcript,
    TranscriptLine,
    is_transcript,
    read_transcript,
)

__all__ = [
    "Transcript",
    "TranscriptLine",
    "is_transcript",
    "presence",
    "present_throughout",
    "read_chat",
    "read_transcript",
]
