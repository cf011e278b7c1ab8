"""Convert exports of chats, logs of simulations and transcripts of corpora to one form of transcript.

Each module reads one family of formats. `formats` lists all formats in the order in which they are tried.
"""

from social_world_model.symbolic.conversation.exports.files import is_chat_folder
from social_world_model.symbolic.conversation.exports.people import People
from social_world_model.symbolic.conversation.exports.reading import own_json, read_chat, read_chat_at

__all__ = ["People", "is_chat_folder", "own_json", "read_chat", "read_chat_at"]
