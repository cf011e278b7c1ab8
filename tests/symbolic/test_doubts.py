from hypothesis import given
from hypothesis import strategies as st

from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.doubts import doubts_of, written
from social_world_model.symbolic.parser import NOT_READ


@given(
    st.dictionaries(
        st.sampled_from(["Ann", "Dr. Lee", "everyone", "in step", "~ Jean-Luc", "+49 171 5550123"]),
        st.sets(st.integers(min_value=1, max_value=200), min_size=1),
    ),
    st.sampled_from(["", f" {NOT_READ} line 3, nobody is named who says it"]),
)
def test_doubts_come_back_from_a_manual(doubts: dict[str, set[int]], after: str) -> None:
    manual = f"A manual. Of a parser. {written(doubts)}{after}"
    context = SocializedContext(agents_names=["Ann"], socialized_context=[], context_manual=manual)
    assert doubts_of(context) == {who: frozenset(steps) for who, steps in doubts.items()}


def test_a_context_without_a_manual_has_no_doubts() -> None:
    assert doubts_of(SocializedContext(agents_names=["Ann"], socialized_context=[])) == {}
