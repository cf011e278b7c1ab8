"""Records and contexts that the tests of judging share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic import parse_narrative

STORY = (
    "Sally entered the playroom. Anne entered the playroom. The ball is in the basket. The basket is in the playroom. "
    "Sally exited the playroom. Anne moved the ball to the box. The box is in the playroom."
)
LAST_ACT, STATE, NONE = "<same_as_last_action />", "<same_as_state />", "none"

Step = tuple[str, Sequence[str], Sequence[str]]


def context_of(*steps: Step, cast: Sequence[str] = ("Sally", "Anne")) -> SocializedContext:
    """Write a context as states, observations and acts, in the order of the cast."""
    return SocializedContext.from_data(
        {
            "agents_names": list(cast),
            "socialized_context": [
                {
                    "timestep": str(number),
                    "state": state,
                    "observations": dict(zip(cast, observations, strict=True)),
                    "actions": dict(zip(cast, acts, strict=True)),
                }
                for number, (state, observations, acts) in enumerate(steps, start=1)
            ],
        }
    )


TOGETHER: Step = (
    "Sally and Anne are in the playroom. The ball is in the basket.",
    (STATE, STATE),
    ("left the playroom", NONE),
)
ALONE: Step = (NONE, (NONE, LAST_ACT), (NONE, "moved the ball to the box"))
AFTER: Step = ("The ball is in the box.", (NONE, STATE), (NONE, NONE))
SALLY_ANNE = context_of(TOGETHER, ALONE, AFTER)


def symbolic(story: str = STORY) -> SocializedContext:
    """Return what the symbolic model makes of a story."""
    return parse_narrative(story)[0]


def write_result(folder: Path, index: str, context: SocializedContext | None = None, story: str = STORY) -> Path:
    """Write a result with a context as a run does."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{index}.json"
    data = {"index": index, "status": "parsed", "story": story}
    if context is not None:
        data["socialized_context"] = context.to_data()  # type: ignore[assignment]
    path.write_text(json.dumps(data), encoding="utf-8")
    return path
