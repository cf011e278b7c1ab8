"""Matrices of episodes: agents x models x world models x partners x scenarios, as cells.

Each cell is an ordinary run of episodes in a folder of its own. `swm agents run` with the same settings reuses it.

A/A pairs: the agent ``plain`` is played twice, with the same models and partners, under two seeds. The difference of
the two runs shows how much a table moves by chance. The first run has the seed of the matrix. The second run has the
seed after the last repeat of the first run (seed + repeats), so that no episode of the two runs has the same seed.

How a report recognizes a pair:

- Both manifests have ``settings.aa`` = true, and the same ``scenario``, ``dataset``, ``agent``, ``partner`` and
  ``settings.max_turns``. Only the field ``seed`` differs (null or a number).
- The folder of the second run ends with ``__seed-N``. A run without a chosen seed has no such ending.
- `swm agents run` on the same folder writes ``settings.aa`` = false. Two runs of the agent ``plain`` that agree in
  everything but the seed are an A/A pair in this case too.

Shards have the same folders below ``OUTPUT_DIR/shard-I-of-N/``. ``settings.shard`` is ``"I/N"``.
"""

from __future__ import annotations

from dataclasses import replace

from social_world_model.settings import EpisodeSettings

AA_AGENT = "plain"
"""Agent of the A/A pairs."""


def aa_pair(settings: EpisodeSettings) -> tuple[EpisodeSettings, EpisodeSettings]:
    """Return the settings of two runs that differ only in the seed.

    Parameters
    ----------
    settings
        Settings of the first run.

    Examples
    --------
    >>> pair = aa_pair(EpisodeSettings(scenario="stash", agent="plain", repeats=3))
    >>> [one.seed for one in pair]
    [None, 3]
    """
    first = replace(settings, aa=True)
    return first, replace(first, seed=(settings.seed or 0) + settings.repeats)
