"""The worked example in prompts that ask for a context: a narrative, and its context.

The example has simultaneous actions, a whisper, an agent who hears the whisper, an agent who only sees it, and an
agent who is absent.
"""

from __future__ import annotations

from social_world_model.s3ap import SocializedContext

NARRATIVE = 'Al, Bo and Cy are home, Di is out. Al whispers to Bo: "Run", while Cy sings.'

CONTEXT = SocializedContext.from_data(
    {
        "agents_names": ["Al", "Bo", "Cy", "Di"],
        "socialized_context": [
            {
                "timestep": "1",
                "state": "Al, Bo and Cy are home.",
                "observations": {
                    "Al": "<same_as_state />",
                    "Bo": "<same_as_state />",
                    "Cy": "<same_as_state />",
                    "Di": "none",
                },
                "actions": {"Al": "whispers to Bo: Run", "Bo": "none", "Cy": "sings", "Di": "none"},
            },
            {
                "timestep": "2",
                "state": "none",
                "observations": {
                    "Al": "<same_as_last_action_2 />",
                    "Bo": "<same_as_last_action />",
                    "Cy": "Al whispers to Bo",
                    "Di": "none",
                },
                "actions": {"Al": "none", "Bo": "none", "Cy": "none", "Di": "none"},
            },
        ],
    }
)
