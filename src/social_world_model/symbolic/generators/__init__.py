"""Generate synthetic stories with gold answers in the style of ToMi and Hi-ToM. The stories are MIT-licensed."""

from collections.abc import Callable, Iterator
from functools import partial
from types import MappingProxyType

from social_world_model.symbolic.generators.hitom import generate_hitom
from social_world_model.symbolic.generators.story import GeneratedStory
from social_world_model.symbolic.generators.tomi import generate_tomi

GENERATORS: MappingProxyType[str, Callable[[int, int], Iterator[GeneratedStory]]] = MappingProxyType(
    {"tomi": generate_tomi, "ori_tomi": partial(generate_tomi, canonical=True), "hitom": generate_hitom}
)
"""The generators. Each key is the name of the benchmark that can read the rows. Each generator takes the arguments
``n`` and ``seed``."""

__all__ = ["GENERATORS", "GeneratedStory", "generate_hitom", "generate_tomi"]
