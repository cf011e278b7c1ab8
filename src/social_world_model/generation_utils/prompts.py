"""Turn a query into a prompt. The prompt is built in, registered by a plug-in, or read from a prompt file."""

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
"""Prompts for queries. The name of a prompt is the value of `Query.task`."""

SHARED_TASKS = ("answer", "recount", "foresee")
"""Prompts that every mode may use. The keys of all results include these prompts.

A mode that uses another prompt lists that prompt in its attribute `tasks`. A new prompt therefore does not change the
keys of other modes.
"""

OPTIONAL_PLACES = ("guidance", "others", "audience")
"""Placeholders that are optional in a prompt file."""
OLD_PLACES: Mapping[str, str] = {"witnessed": "others_observations", "accounts": "statements"}
"""Deprecated placeholder names with their new names. Prompt files may still use the deprecated names."""


def register_prompt(name: str, prompt: PromptSpec[Query]) -> PromptSpec[Query]:
    r"""Register a prompt. Queries can then have the name of the prompt as their `task`.

    Parameters
    ----------
    name
        Name of the prompt. No other prompt may have the same name.
    prompt
        Prompt with a reply schema and the name of the answer field. Its sections may use all placeholders of the
        built-in prompts.

    Raises
    ------
    ConfigurationError
        If the name is taken, if a section has an unknown placeholder, or if the reply schema or the answer field is
        missing.

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
        raise ConfigurationError(f"expected a reply schema and an answer field for the prompt {name!r}, got none")
    wanted = [place for section in prompt.sections for place in places(section.text)]
    if unknown := [place for place in dict.fromkeys(wanted) if place not in VALUES]:
        raise ConfigurationError(
            f"expected placeholders from {_in_braces(VALUES)} in the sections of the prompt {name!r}, "
            f"got {_in_braces(unknown)}"
        )
    PROMPTS.register(name, prompt)
    return prompt


def prompt_text(query: Query) -> str:
    """Return the prompt for a query: first the rules, then the material, then the question.

    The parts that all queries of a benchmark share come first, so that providers can cache these parts.

    Raises
    ------
    ConfigurationError
        If no prompt is registered for the task of the query.
    """
    return text_of(PROMPTS.get(query.task).sections, query)


def text_of(sections: Collection[Section[Query]], query: Query) -> str:
    """Return the text of the given sections for a query.

    Parameters
    ----------
    sections
        Sections, in the order of the text. Sections with a false condition are left out.
    query
        Query that supplies the values of the placeholders.
    """
    return compose(sections, query, lambda name: VALUES[name](query))


def materials(query: Query) -> dict[str, str]:
    """Return the text for each placeholder of a prompt file.

    A text is empty if the query lacks the material for the placeholder.
    """
    sections = PROMPTS.get("answer").sections
    return {
        name: text_of([one for one in sections if one.place == name], query)
        if any(one.place == name for one in sections)
        else VALUES[name](query)
        for name in PROMPTS.get("answer").places
    }


def own_prompt(template: str, query: Query) -> str:
    """Fill the template of a prompt file with the values of a query.

    Parameters
    ----------
    template
        Text of the prompt file.
    query
        Query that supplies the values of the placeholders.

    Raises
    ------
    ConfigurationError
        If the template has an unknown placeholder, or if the template has no placeholder for material that the mode
        shows. Without this material, the results would not measure the mode.
    """
    told = materials(query)
    wanted = {OLD_PLACES.get(name, name): name for name in places(template)}
    if unknown := [typed for name, typed in wanted.items() if name not in told]:
        raise ConfigurationError(
            f"expected placeholders from {_in_braces(told)} in the prompt file, got {_in_braces(unknown)}"
        )
    for name, text in told.items():
        if text and name not in wanted and name not in OPTIONAL_PLACES:
            raise ConfigurationError(
                f"expected {{{name}}} in the prompt file, because this mode needs this placeholder, got no {{{name}}}"
            )
    return fill(template, {**told, **{old: told[name] for old, name in OLD_PLACES.items()}})


def check_places(template: str, shown: Collection[str]) -> None:
    """Refuse placeholders that no query of a mode fills.

    Parameters
    ----------
    template
        Text of a prompt file.
    shown
        Names of the placeholders that at least one query fills.

    Raises
    ------
    ConfigurationError
        If the template has another placeholder. The message names the placeholder.
    """
    for typed in places(template):
        name = OLD_PLACES.get(typed, typed)
        if name not in (*shown, "guidance"):
            raise ConfigurationError(
                f"expected a prompt file without {{{typed}}}, because this mode never fills it, got {{{typed}}}"
            )


def _in_braces(names: Collection[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
