"""Every error this package raises on purpose.

::

    SocialWorldModelError
    ├── DatasetError             a file or row of a data set cannot be used
    ├── ConfigurationError       what was asked for cannot be run (mode, model, folder, option)
    │   └── MeaninglessError     each part of it can be, but not together (this mode for these questions)
    ├── ContextError             an S3AP context cannot be read without guessing; carries its issues
    ├── NarrativeError           a sentence is outside the grammar; carries sentence and number
    └── GenerationError          a model call failed; carries prompt hash, model, raw reply
        ├── UnparsableOutputError
        ├── RefusalError
        ├── EndpointError        nobody answers, or nothing is accepted: the same for every call
        └── BudgetExceededError

A message says what was expected, what came and what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from social_world_model.usage import Usage

ISSUES_SHOWN = 10
"""In the message of an error; all are on the error itself."""


def shortened(text: str, limit: int = 120) -> str:
    """Return a text that fits into a message.

    >>> shortened("abcdef", limit=3)
    'abc…'
    """
    return text if len(text) <= limit else f"{text[:limit]}…"


def did_you_mean(given: object, known: Iterable[object], most: int = 3) -> str:
    """Return the end of a message about an unknown name: the known names that are near it; empty if none is.

    Parameters
    ----------
    given
        What a user typed.
    known
        All names; case does not matter.
    most
        Most names that are suggested.

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
"""Characters of a name that are compared with known ones."""


@dataclass(frozen=True, kw_only=True)
class Issue:
    """What was expected at a place in a context, and what stood there.

    Parameters
    ----------
    path
        Where, e.g. ``socialized_context[2].observations.Anne``.
    expected, got
        What should stand there, and what does.
    severity
        ``"error"``: the context cannot be decoded without guessing;
        ``"warning"``: it can, but is unusual.
    """

    path: str
    expected: str
    got: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """Return the issue on one line."""
        return f"{self.severity}: {shortened(self.path)}: expected {self.expected}, got {shortened(self.got)}"


class SocialWorldModelError(Exception):
    """Base of every error raised on purpose; catch it to catch them all.

    Parameters
    ----------
    message
        What was expected, and what came; it names parameters as Python does.
    parameters
        Names of the parameters in the message. The command line prints its own flags in their place.
    """

    def __init__(self, message: str = "", *, parameters: Sequence[str] = ()) -> None:
        self.parameters = tuple(parameters)
        super().__init__(message)


class DatasetError(SocialWorldModelError):
    """A data file or one of its rows cannot be used as it is."""


class ConfigurationError(SocialWorldModelError):
    """A setting, or a combination of settings, cannot be used; the message says what can."""


class MeaninglessError(ConfigurationError):
    """A mode, a model and questions are all known, and mean nothing together."""


class ContextError(SocialWorldModelError):
    """An S3AP context cannot be read without guessing.

    Parameters
    ----------
    message
        What could not be done.
    issues
        The single problems, each with path, expected and got.
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
    """A sentence of a narrative, or a question, is outside the symbolic grammar.

    Parameters
    ----------
    message
        What was expected.
    sentence
        The sentence as it stands in the narrative.
    number
        Its 1-based position in the narrative; None for a question.
    """

    def __init__(self, message: str, *, sentence: str, number: int | None = None) -> None:
        self.sentence = sentence
        self.number = number
        where = "question" if number is None else f"sentence {number}"
        super().__init__(f"{where} {shortened(sentence)!r}: {message}")


class GenerationError(SocialWorldModelError):
    """A model call gave nothing usable.

    Parameters
    ----------
    message
        What happened.
    model
        Name of the model that was asked.
    prompt_hash
        Hash of the prompt, as in the run's manifest.
    raw
        The reply as it came, if any.
    usage
        What the calls took, where that is known.
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
        parameters: Sequence[str] = (),
    ) -> None:
        self.model = model
        self.prompt_hash = prompt_hash
        self.raw = raw
        self.usage = usage
        super().__init__(message, parameters=parameters)


class UnparsableOutputError(GenerationError):
    """The reply does not have the asked-for form, after all re-asks."""


class RefusalError(GenerationError):
    """The model declined to answer."""


class EndpointError(GenerationError):
    """The endpoint does not answer, or takes no request of ours; it would be the same for every call."""


class BudgetExceededError(GenerationError):
    """The cost or token budget of the run is spent."""
