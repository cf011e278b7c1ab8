from __future__ import annotations

from social_world_model import s3ap


def test_the_public_names_are_sorted_and_all_there() -> None:
    assert s3ap.__all__ == sorted(s3ap.__all__)
    assert all(hasattr(s3ap, name) for name in s3ap.__all__)


def test_every_public_name_has_a_docstring_of_its_own() -> None:
    undocumented = [name for name in s3ap.__all__ if not name.isupper() and not getattr(s3ap, name).__doc__]

    assert undocumented == []
