"""Select the contexts that become samples, and report why other contexts are skipped."""

from __future__ import annotations

from dataclasses import dataclass

from social_world_model.errors import ContextError, NarrativeError
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.validation import errors_of
from social_world_model.symbolic import parse_narrative
from social_world_model.training.lengths import Lengths
from social_world_model.training.samples import Sample, folded, sample_of, text_hash
from social_world_model.training.settings import Rules
from social_world_model.training.sources import Candidate


@dataclass(frozen=True)
class LeftOut:
    """The reason why a context is skipped.

    Parameters
    ----------
    reason
        General reason. Skipped contexts are counted by this reason.
    detail
        Details about this context; can be empty.
    """

    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Chosen:
    """A selected sample.

    Parameters
    ----------
    sample
        Sample for the training.
    tokens
        Length in tokens; None if tokens are not counted.
    is_over_long
        Whether the sample is too long, but was kept because the rules say so.
    """

    sample: Sample
    tokens: int | None = None
    is_over_long: bool = False


class Selection:
    """Selection of contexts by rules. Hashes of the selected narratives are stored to detect repetitions.

    Parameters
    ----------
    rules
        Rules that decide which contexts are selected.
    lengths
        Counter of tokens; None means that tokens are not counted.
    """

    def __init__(self, rules: Rules, lengths: Lengths | None = None) -> None:
        self.rules = rules
        self.lengths = lengths
        self._seen: set[bytes] = set()

    def choose(self, candidate: Candidate) -> Chosen | LeftOut:
        """Return the sample of a candidate, or the reason why the candidate is skipped."""
        rules = self.rules
        if rules.only_right and candidate.is_right is not True:
            return LeftOut("answer not right" if candidate.is_right is False else "no answer that was scored")
        if rules.only_valid and not candidate.is_reference and (errors := errors_of(candidate.context)):
            return LeftOut("context with errors", str(errors[0]))
        if rules.min_f1 is not None and not candidate.is_reference and (far := self._far(candidate, rules.min_f1)):
            return far
        try:
            sample = sample_of(
                candidate.narrative,
                candidate.guidance,
                candidate.context,
                candidate.source,
                wire=rules.wire,
            )
        except ContextError as error:
            return LeftOut("context without a wire form", str(error.issues[0] if error.issues else error))
        if self._is_repeated(sample):
            return LeftOut("same narrative" if not rules.keep_draws else "same narrative and context")
        return self._measured(sample)

    def _far(self, candidate: Candidate, least: float) -> LeftOut | None:
        """Return the reason to skip a context whose F1 is below `least` or unknown; None if the F1 is high enough."""
        try:
            f1 = perceived_f1(parse_narrative(candidate.narrative)[0], candidate.context)
        except NarrativeError as error:
            return LeftOut("no symbolic reference for its F1", str(error))
        except ContextError as error:
            return LeftOut("context with errors", str(error.issues[0] if error.issues else error))
        return None if f1 >= least else LeftOut(f"perceived-event F1 below {least:g}", f"{f1:.3f}")

    def _is_repeated(self, sample: Sample) -> bool:
        key = text_hash(folded(sample.narrative), sample.reply if self.rules.keep_draws else "")
        if key in self._seen:
            return True
        self._seen.add(key)
        return False

    def _measured(self, sample: Sample) -> Chosen | LeftOut:
        if self.lengths is None:
            return Chosen(sample)
        tokens = self.lengths.of(sample)
        if self.rules.max_tokens is None or tokens <= self.rules.max_tokens:
            return Chosen(sample, tokens)
        if self.rules.over_long == "keep":
            return Chosen(sample, tokens, is_over_long=True)
        return LeftOut(f"longer than {self.rules.max_tokens} tokens", f"{tokens} tokens")


def perceived_f1(reference: SocializedContext, candidate: SocializedContext) -> float:
    """Return the F1 of perceived events, from 0 to 1; see `social_world_model.evaluation.compare_perceived`.

    Parameters
    ----------
    reference
        Reference context.
    candidate
        Context to compare with the reference.
    """
    from social_world_model.evaluation import compare_perceived

    return float(compare_perceived(reference, candidate).f1)
