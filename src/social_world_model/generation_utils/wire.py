"""Translate requests and replies to and from the types of pydantic-ai."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from social_world_model.generation_utils.capabilities import Tier
from social_world_model.generation_utils.output_parsers import schema_of
from social_world_model.generation_utils.thoughts import split_thoughts

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelResponse
    from pydantic_ai.models import ModelRequestParameters


@lru_cache(maxsize=256)
def request_parameters(shape: type[BaseModel] | None, tier: Tier) -> ModelRequestParameters:
    """Return the request parameters for a reply schema. They are cached, because creating them is slow.

    Parameters
    ----------
    shape
        Pydantic model of the reply; None means free text.
    tier
        How the schema is requested.
    """
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.output import OutputObjectDefinition

    if shape is None or tier == "prompt":
        return ModelRequestParameters()
    schema = schema_of(shape)
    form = OutputObjectDefinition(
        json_schema=schema,
        name=shape.__name__,
        strict=True if tier == "native" and _can_be_closed(schema) else None,
    )
    return ModelRequestParameters(
        output_mode="native" if tier == "native" else "prompted",
        output_object=form,
        prompted_output_template=False,  # the prompt already describes the schema
    )


def said_in(response: ModelResponse) -> tuple[str, str, str | None]:
    """Return the text, the thoughts and the refusal of a response. The refusal is None if the model did not refuse.

    The arguments of a single tool call are the text of a response without a text.

    Parameters
    ----------
    response
        Response of the model.
    """
    from pydantic_ai.messages import TextPart, ThinkingPart, ToolCallPart

    said = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    beside = "\n".join(part.content for part in response.parts if isinstance(part, ThinkingPart))
    calls = [part for part in response.parts if isinstance(part, ToolCallPart)]
    if not said and len(calls) == 1:
        said = calls[0].args_as_json_str()
    inside, reply = split_thoughts(said)
    text = reply or ""
    refusal = (response.provider_details or {}).get("refusal")
    if refusal is None and response.finish_reason == "content_filter":
        refusal = text or "the provider's content filter stopped the reply"
    return text, "\n".join(filter(None, (beside, inside))), None if refusal is None else str(refusal)


def whole(text: str) -> str:
    """Return a text without lone surrogates, which can be neither stored nor sent."""
    return text.encode("utf-8", "replace").decode()


def _can_be_closed(schema: Any) -> bool:
    """Return whether every object of a schema has fixed keys. Strict mode would silently forbid other keys."""
    if isinstance(schema, dict):
        is_open = bool(schema.get("additionalProperties")) or bool(schema.keys() & {"patternProperties", "prefixItems"})
        return not is_open and all(map(_can_be_closed, schema.values()))
    return all(map(_can_be_closed, schema)) if isinstance(schema, list) else True
