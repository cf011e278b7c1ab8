from __future__ import annotations

import dataclasses

import pytest

from social_world_model.errors import ContextError, SocialWorldModelError
from social_world_model.s3ap import Issue


def test_an_issue_is_an_error_unless_said_otherwise() -> None:
    assert Issue(path="p", expected="a", got="b").severity == "error"


def test_an_issue_reads_as_one_line_with_path_expected_and_got() -> None:
    issue = Issue(path="socialized_context[2].actions.Ann", expected="an act", got="none", severity="warning")

    assert str(issue) == "warning: socialized_context[2].actions.Ann: expected an act, got none"


def test_an_issue_cannot_be_changed() -> None:
    issue = Issue(path="p", expected="a", got="b")

    with pytest.raises(dataclasses.FrozenInstanceError):
        issue.path = "q"  # type: ignore[misc]


def test_a_context_error_carries_its_issues_and_names_them_in_its_message() -> None:
    issues = [Issue(path="p", expected="a", got="b"), Issue(path="q", expected="c", got="d")]

    error = ContextError("unusable:", issues)

    assert error.issues == tuple(issues)
    assert str(error) == "unusable:\n  error: p: expected a, got b\n  error: q: expected c, got d"
    assert isinstance(error, SocialWorldModelError)
