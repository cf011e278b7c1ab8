"""All formats of exports, in the order in which they are tried.

A format with certain signs comes before a format with weaker signs.
"""

from __future__ import annotations

from social_world_model.symbolic.conversation.exports.chat_models import MODELS, SILLY_TAVERN, UTTERANCES
from social_world_model.symbolic.conversation.exports.corpora import CHILDES, SWITCHBOARD, TABLE
from social_world_model.symbolic.conversation.exports.discord import DISCORD
from social_world_model.symbolic.conversation.exports.meetings import MEET, NAME_ABOVE, ZOOM_CHAT
from social_world_model.symbolic.conversation.exports.meta import META
from social_world_model.symbolic.conversation.exports.plays import PLAY
from social_world_model.symbolic.conversation.exports.simulations import CONCORDIA, GENERATIVE_AGENTS, SOTOPIA
from social_world_model.symbolic.conversation.exports.slack import SLACK
from social_world_model.symbolic.conversation.exports.source import Format, Source
from social_world_model.symbolic.conversation.exports.subtitles import SUBTITLES
from social_world_model.symbolic.conversation.exports.telegram import TELEGRAM
from social_world_model.symbolic.conversation.exports.whatsapp import WHATSAPP

_JSON_FORMATS: tuple[Format, ...] = (
    DISCORD,
    META,
    TELEGRAM,
    SOTOPIA,
    CONCORDIA,
    GENERATIVE_AGENTS,
    SILLY_TAVERN,
    MODELS,
    SLACK,
    UTTERANCES,
)
_TEXT_FORMATS: tuple[Format, ...] = (
    SUBTITLES,
    WHATSAPP,
    ZOOM_CHAT,
    CHILDES,
    SWITCHBOARD,
    SOTOPIA,
    CONCORDIA,
    TABLE,
    MEET,
    NAME_ABOVE,
    PLAY,
)
FORMATS: tuple[Format, ...] = tuple(dict.fromkeys((*_JSON_FORMATS, *_TEXT_FORMATS)))


def format_of(source: Source) -> Format | None:
    """Return the format of an export; None if no format is recognised.

    Parameters
    ----------
    source
        The export.
    """
    formats = _JSON_FORMATS if source.is_json else _TEXT_FORMATS
    return next((one for one in formats if one.recognises(source)), None)


def names_of_formats(is_json: bool) -> str:
    """Return the names of the formats for an error message.

    Parameters
    ----------
    is_json
        Whether to name the formats in JSON; otherwise the formats in text.
    """
    return "; ".join(one.name for one in (_JSON_FORMATS if is_json else _TEXT_FORMATS))
