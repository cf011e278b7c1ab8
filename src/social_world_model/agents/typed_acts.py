"""Acts as one line of text, as people type them and as scripts contain them.

- ``say TEXT``: speak.
- ``say @NAME: TEXT``: speak to one person only. ``say @NAME @NAME: TEXT`` is for several people.
- ``show TEXT``: non-verbal, such as ``show nods``.
- ``do TEXT``: action, such as ``do opens the window``.
- ``leave``: leave. ``none``: do nothing.
- ``2``: the second act, if all possible acts are listed.

The names of kinds (``speak``, ``non-verbal``, ``action``) also work. If all possible acts are listed, the words of an
act also work. A name is compared with the names of the people and never split. The longest name wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from social_world_model.agents.rendering import act_text
from social_world_model.interaction import KINDS_WITH_TEXT, Act, ActKind, Observation, act_problem

VERBS: Mapping[ActKind, str] = {
    "speak": "say",
    "non-verbal": "show",
    "action": "do",
    "leave": "leave",
    "none": "none",
}
_KINDS: Mapping[str, ActKind] = {**{kind: kind for kind in VERBS}, **{verb: kind for kind, verb in VERBS.items()}}


def syntax(observation: Observation) -> str:
    """Return in one line how to write the acts that are available.

    Parameters
    ----------
    observation
        Observation of the person.
    """
    kinds = [one for one in observation.available if not isinstance(one, Act)]
    if not kinds:
        return f"a number from 1 to {len(observation.available)}"
    return " | ".join(f"{VERBS[kind]} TEXT" if kind in KINDS_WITH_TEXT else VERBS[kind] for kind in kinds)


def read_act(line: str, observation: Observation) -> Act:
    """Return the act in a line.

    Parameters
    ----------
    line
        The line.
    observation
        Observation of the person who acts: who takes part, and which acts are available.

    Raises
    ------
    ValueError
        If the line contains no possible act. The message says what was expected.
    """
    line = " ".join(line.split())
    listed = [one for one in observation.available if isinstance(one, Act)]
    act = _listed(line, listed, observation) if listed else _written(line, observation)
    cast = observation.briefing.cast
    if problem := act_problem(act, me=observation.me, cast=cast, available=observation.available):
        raise ValueError(problem)
    return act


def _listed(line: str, acts: Sequence[Act], observation: Observation) -> Act:
    if line.isascii() and line.isdigit() and 1 <= int(line[:9]) <= len(acts):
        return acts[int(line[:9]) - 1]
    named = [act for act in acts if line.casefold() in (act_text(act).casefold(), act.words.casefold() or act.kind)]
    if not named:
        raise ValueError(f"expected {syntax(observation)}, got {line or 'an empty line'}")
    return named[0]


def _written(line: str, observation: Observation) -> Act:
    verb, _, text = line.partition(" ")
    kind = _KINDS.get(verb.casefold())
    if kind is None or (text and kind not in KINDS_WITH_TEXT):
        raise ValueError(f"expected {syntax(observation)}; got {line or 'an empty line'}")
    others = [name for name in observation.briefing.cast if name != observation.me]
    to: list[str] = []
    while text.startswith("@"):
        name = _named(text[1:], others)
        if name is None:
            raise ValueError(f"expected one of the other people after @ ({', '.join(others)}), got {text[1:]}")
        to.append(name)
        text = text[1 + len(name) :].lstrip()
    return Act(kind=kind, text=text.removeprefix(":").lstrip() if to else text, to=tuple(dict.fromkeys(to)))


def _named(text: str, names: Sequence[str]) -> str | None:
    """Return the longest name that a text begins with; None if there is none. The name must end there."""
    fitting = [name for name in names if text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()]
    return max(fitting, key=len, default=None)
