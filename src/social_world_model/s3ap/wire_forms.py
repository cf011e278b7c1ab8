"""The wire forms by name: reply schema, writer and reader of each form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from social_world_model.choices import Wire
from social_world_model.s3ap.compact_wire import CompactContext, from_compact, to_compact
from social_world_model.s3ap.context import SocializedContext
from social_world_model.s3ap.wire import SocializedContextForModel, from_wire, to_wire


@dataclass(frozen=True, kw_only=True)
class WireForm:
    """A format in which a language model writes a context.

    Parameters
    ----------
    shape
        Reply schema.
    write
        Function that returns a context as an object of the schema.
    read
        Function that returns the context of such an object.
    short_tags
        Whether tags have their short spelling.
    fields
        Names of fields that differ from the stored form: name in the stored form, name in this form.
    """

    shape: type[BaseModel]
    write: Callable[[SocializedContext], BaseModel]
    read: Callable[[Any], SocializedContext]
    short_tags: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)

    def path(self, path: str) -> str:
        """Return the path of an issue with the field names of this form.

        >>> WIRE_FORMS["compact"].path("socialized_context[2].observations.Ann")
        'steps[2].sees.Ann'
        """
        list_of_steps, bracket, rest = path.partition("[")
        position, dot, names = rest.partition(".")
        field, *agent = names.split(".", 1)
        named = [self.fields.get(name, name) for name in (list_of_steps, field)]
        return ".".join([f"{named[0]}{bracket}{position}{dot}{named[1]}", *agent])


WIRE_FORMS: Mapping[Wire, WireForm] = {
    "standard": WireForm(shape=SocializedContextForModel, write=to_wire, read=from_wire),
    "compact": WireForm(
        shape=CompactContext,
        write=to_compact,
        read=from_compact,
        short_tags=True,
        fields={
            "agents_names": "agents",
            "socialized_context": "steps",
            "observations": "sees",
            "actions": "does",
        },
    ),
}
