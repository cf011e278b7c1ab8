"""From a query to a prompt: the built-in wording, one that a plug-in registers, or a file of the user's."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from social_world_model.contracts import Query
from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.query_sections import VALUES
from social_world_model.generation_utils.sections import PromptSpec, Section, compose
from social_world_model.generation_utils.templates import fill, places
from social_world_model.registry import Registry

_SECTIONS = "social_world_model.generation_utils.query_sections"
PROMPTS: Registry[PromptSpec[Query]] = Registry(
    "prompt",
    builtins={"answer": f"{_SECTIONS}:ANSWER", "recount": f"{_SECTIONS}:RECOUNT", "foresee": f"{_SECTIONS}:FORESEE"},
    parameter="task",
)
"""The prompts for queries, by `Query.task`."""

SHARED_TASKS = ("answer", "recount", "foresee")
"""The prompts that every mode may ask for, and that are in the keys of all results.

A mode that asks for another one names it in an attribute `tasks`. So a new prompt does not change the keys of other
modes.
"""

OPTIONAL_PLACES = ("guidance", "others", "audience")
"""Places that a prompt file may leave out."""
OLD_PLACES: Mapping[str, str] = {"witnessed": "others_observations", "accounts": "statements"}
"""Deprecated names of places, which prompt files may still use."""


def register_prompt(name: str, prompt: PromptSpec[Query]) -> PromptSpec[Query]:
    r"""Make a prompt known, so that queries can ask for it as their `task`.

    Parameters
    ----------
    name
        A new name.
    prompt
        With a reply schema, and the field of it that holds the answer. A section may use every place that one
        of the built-in prompts uses.

    Raises
    ------
    ConfigurationError
        If another prompt has that name, a section has an unknown place, or there is no reply or no field.

    Examples
    --------
    >>> from pydantic import BaseModel
    >>> from social_world_model.generation_utils.query_sections import has
    >>> class Summary(BaseModel):
    ...     summary: str
    >>> task = Section(name="task", text="Summarise the narrative.")
    >>> story = Section(name="narrative", text="Narrative:\n{narrative}", condition=has("narrative"))
    >>> prompt = register_prompt("summarise", PromptSpec(sections=(task, story), reply=Summary, field="summary"))
    >>> prompt_text(Query(question="", question_kind="reality", narrative="Al sits.", task="summarise"))
    'Summarise the narrative.\n\nNarrative:\nAl sits.'
    """
    if not prompt.field or prompt.reply is None:
        raise ConfigurationError(f"expected a reply and a field of it for the prompt {name!r}, got none")
    wanted = [place for section in prompt.sections for place in places(section.text)]
    if unknown := [place for place in dict.fromkeys(wanted) if place not in VALUES]:
        raise ConfigurationError(
            f"expected places out of {_in_braces(VALUES)} in the sections of the prompt {name!r}, "
            f"got {_in_braces(unknown)}"
        )
    PROMPTS.register(name, prompt)
    return prompt


def prompt_text(query: Query) -> str:
    """Return the prompt for a query: the rules, then what may be known, then what is asked.

    What all queries of a benchmark share comes first, so that providers need not read it each time.

    Raises
    ------
    ConfigurationError
        If there is no prompt for its task.
    """
    return text_of(PROMPTS.get(query.task).sections, query)


def text_of(sections: Collection[Section[Query]], query: Query) -> str:
    """Return the text of some sections for a query."""
    return compose(sections, query, lambda name: VALUES[name](query))


def materials(query: Query) -> dict[str, str]:
    """Return what a query shows, by the places of prompt files; empty where there is nothing."""
    sections = PROMPTS.get("answer").sections
    return {
        name: text_of([one for one in sections if one.place == name], query)
        if any(one.place == name for one in sections)
        else VALUES[name](query)
        for name in PROMPTS.get("answer").places
    }


def own_prompt(template: str, query: Query) -> str:
    """Return the prompt for a question in a user's own words.

    Raises
    ------
    ConfigurationError
        If the template has a place that is unknown, or none for what the mode shows: that would be another
        experiment than the mode's name says.
    """
    told = materials(query)
    wanted = {OLD_PLACES.get(name, name): name for name in places(template)}
    if unknown := [typed for name, typed in wanted.items() if name not in told]:
        raise ConfigurationError(
            f"expected places out of {_in_braces(told)} in the prompt file, got {_in_braces(unknown)}"
        )
    for name, text in told.items():
        if text and name not in wanted and name not in OPTIONAL_PLACES:
            raise ConfigurationError(f"expected {{{name}}} in the prompt file, since this mode shows it, got none")
    return fill(template, {**told, **{old: told[name] for old, name in OLD_PLACES.items()}})


def check_places(template: str, shown: Collection[str]) -> None:
    """Refuse places into which nothing is ever put.

    Parameters
    ----------
    template
        A user's own wording.
    shown
        Names of all that some query shows.

    Raises
    ------
    ConfigurationError
        Naming the place.
    """
    for typed in places(template):
        name = OLD_PLACES.get(typed, typed)
        if name not in (*shown, "guidance"):
            raise ConfigurationError(f"expected no {{{typed}}} in the prompt file, since this mode shows none, got one")


def _in_braces(names: Collection[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
