"""The errors that this package raises on purpose.

- `SocialWorldModelError`: base class of all errors.
    - `DatasetError`: a file or row of a data set cannot be used.
    - `ConfigurationError`: a mode, model, folder or option cannot be used.
        - `MeaninglessError`: mode, model and questions are valid, but not in this combination.
    - `ContextError`: an S3AP context cannot be decoded. The error lists the issues of the context.
    - `NarrativeError`: a sentence is outside the grammar. The error contains the sentence and the number of the
    sentence.
    - `GenerationError`: a model call failed. The error contains the model name, the prompt hash and the raw reply.
        - `UnparsableOutputError`: the reply does not have the requested form.
        - `RefusalError`: the model refused to answer.
        - `EndpointError`: there is no connection, or the endpoint rejects every request.
        - `BudgetExceededError`: the budget is spent.

Each error message says what was expected, what was given, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from social_world_model.usage import Usage

ISSUES_SHOWN = 10
"""Maximum number of issues in an error message. `ContextError.issues` contains all issues."""


def in_one_line(error: BaseException) -> str:
    """Return the type and the message of an error of other code, on one line.

    Parameters
    ----------
    error
        Any error.

    Examples
    --------
    >>> in_one_line(ValueError("no such  file")), in_one_line(KeyError())
    ('ValueError: no such file', 'KeyError')
    """
    return " ".join(f"{type(error).__name__}: {error}".split()).rstrip(":")


def shortened(text: str, limit: int = 120) -> str:
    """Shorten a text for a message.

    Parameters
    ----------
    text
        Any text.
    limit
        Maximum number of characters before the ellipsis.

    Examples
    --------
    >>> shortened("abcdef", limit=3)
    'abc…'
    """
    return text if len(text) <= limit else f"{text[:limit]}…"


def did_you_mean(given: object, known: Iterable[object], most: int = 3) -> str:
    """Return the end of an error message about an unknown name: a suggestion of similar names.

    Parameters
    ----------
    given
        Name that the user gave.
    known
        All known names. Upper and lower case are treated as equal.
    most
        Maximum number of suggestions.

    Returns
    -------
    str
        Suggestions; empty if no known name is similar.

    Examples
    --------
    >>> did_you_mean("perspectiv", ["vanilla", "Perspective"])
    '; did you mean Perspective?'
    >>> did_you_mean("zzz", ["vanilla"])
    ''
    """
    import difflib

    folded = {str(name).casefold(): str(name) for name in known}
    near = difflib.get_close_matches(str(given)[:_LONGEST_NAME].casefold(), folded, n=most)
    return f"; did you mean {' or '.join(folded[match] for match in near)}?" if near else ""


_LONGEST_NAME = 200
"""Maximum number of characters of a name that are compared with known names."""


@dataclass(frozen=True, kw_only=True)
class Issue:
    """A problem at one path of a context.

    Parameters
    ----------
    path
        Path in the context, such as ``socialized_context[2].observations.Anne``.
    expected, got
        The expected value and the actual value.
    severity
        ``"error"``: the context cannot be decoded without guessing; ``"warning"``: the context can be decoded, but is
        unusual.
    position
        0-based position of the step with the problem; None if the problem concerns no single step.
    agent
        Name of the agent whose name or entry has the problem; None if the problem concerns no single agent. The name
        can be missing in the cast: this is a problem, too.
    """

    path: str
    expected: str
    got: str
    severity: Literal["error", "warning"] = "error"
    position: int | None = None
    agent: str | None = None

    def __str__(self) -> str:
        """Return the issue on one line."""
        return f"{self.severity}: {shortened(self.path)}: expected {self.expected}, got {shortened(self.got)}"


class SocialWorldModelError(Exception):
    """Base class of all errors that this package raises on purpose.

    Parameters
    ----------
    message
        Message that says what was expected and what was given. Parameters have their Python names in the message.
    parameters
        Names of the parameters in the message. The command line replaces these names with its options.
    """

    def __init__(self, message: str = "", *, parameters: Sequence[str] = ()) -> None:
        self.parameters = tuple(parameters)
        super().__init__(message)


class DatasetError(SocialWorldModelError):
    """A data file, or one of its rows, cannot be used."""


class ConfigurationError(SocialWorldModelError):
    """A setting, or a combination of settings, cannot be used. The error message says which values are valid."""


class MeaninglessError(ConfigurationError):
    """A mode, a model and a set of questions are valid, but cannot be combined."""


class ContextError(SocialWorldModelError):
    """An S3AP context cannot be decoded without guessing.

    Parameters
    ----------
    message
        Message that says what was expected.
    issues
        The problems, each with its path, expected value and actual value.
    parameters
        Names of the parameters in the message.
    """

    def __init__(self, message: str, issues: Sequence[Issue] = (), *, parameters: Sequence[str] = ()) -> None:
        self.issues = tuple(issues)
        shown = [f"  {issue}" for issue in self.issues[:ISSUES_SHOWN]]
        more = len(self.issues) - len(shown)
        super().__init__(
            "\n".join([message, *shown, *([f"  … and {more} more"] if more else [])]), parameters=parameters
        )


class NarrativeError(SocialWorldModelError):
    """A sentence of a narrative, or a question, is outside the grammar of the symbolic model.

    Parameters
    ----------
    message
        Message that says what was expected.
    sentence
        The sentence or question, unchanged.
    number
        Number of the sentence in the narrative, from 1; None for a question.
    """

    def __init__(self, message: str, *, sentence: str, number: int | None = None) -> None:
        self.reason = message
        self.sentence = sentence
        self.number = number
        where = "question" if number is None else f"sentence {number}"
        super().__init__(f"{where} {shortened(sentence)!r}: {message}")

    def with_hint(self, hint: str) -> NarrativeError:
        """Return the same error with a further sentence part at the end of its message.

        Parameters
        ----------
        hint
            Words that say what else was tried, or what to do.
        """
        return NarrativeError(f"{self.reason}; {hint}", sentence=self.sentence, number=self.number)


class GenerationError(SocialWorldModelError):
    """A model call did not give a usable reply.

    Parameters
    ----------
    message
        What happened.
    model
        Name of the model.
    prompt_hash
        Hash of the prompt, as in the manifest of the run.
    raw
        The unchanged reply; None if there is no reply.
    usage
        Requests, tokens and cost of the calls; None if the usage is unknown.
    transient
        Whether the last attempt ended in a transient error, such as a timeout. A later call may succeed.
    parameters
        Names of the parameters in the message.
    """

    def __init__(
        self,
        message: str,
        *,
        model: str = "",
        prompt_hash: str = "",
        raw: str | None = None,
        usage: Usage | None = None,
        transient: bool = False,
        parameters: Sequence[str] = (),
    ) -> None:
        self.model = model
        self.prompt_hash = prompt_hash
        self.raw = raw
        self.usage = usage
        self.transient = transient
        super().__init__(message, parameters=parameters)


class UnparsableOutputError(GenerationError):
    """The reply does not have the requested form, even after all repeated requests."""


class RefusalError(GenerationError):
    """The model declined to answer."""


class EndpointError(GenerationError):
    """The endpoint cannot be reached, or it rejects every request. Further calls would fail in the same way."""


class BudgetExceededError(GenerationError):
    """The budget of the run, in US$ or in tokens, is spent."""
