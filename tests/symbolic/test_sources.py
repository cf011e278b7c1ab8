from __future__ import annotations

import copy
import pickle

import pytest

from social_world_model import SocializedContext, parse_narrative
from social_world_model.symbolic.sources import sentences_of, source_of

STORY = "Mia entered the cellar. The lamp is in the crate. Mia moved the lamp to the trunk."


def test_a_context_and_its_copies_know_their_sentences() -> None:
    context, trace = parse_narrative(STORY)
    kept = [context, context.model_copy(), copy.copy(context), copy.deepcopy(context)]
    for one in (*kept, pickle.loads(pickle.dumps(context))):
        source = source_of(one)
        assert source is not None and source.narrative == STORY
        assert [source.sentence(entry.number) for entry in trace] == [entry.text for entry in trace]
        assert source.sentence(9) == source.line(2) == "" and source.line(1) == STORY
        assert sentences_of(one, [event.id for event in one.events()]) == (1, 2, 3)
        assert sentences_of(one, []) == sentences_of(one, ["no such event"]) == ()


def test_a_stored_context_and_a_context_with_other_steps_know_no_sentences() -> None:
    context, _ = parse_narrative(STORY)
    stored = SocializedContext.from_json(context.to_json())
    shorter = context.model_copy(update={"socialized_context": context.socialized_context[:1]})
    for one in (stored, shorter, context.perspective("Mia")):
        assert source_of(one) is None and sentences_of(one, ["1.0"]) == ()


def test_the_source_is_neither_stored_nor_a_part_of_the_value() -> None:
    context, _ = parse_narrative(STORY)
    stored = SocializedContext.from_json(context.to_json())
    assert context == stored and stored == context and context != parse_narrative(STORY[:24])[0]
    assert "_source" not in context.to_json() and "trace" not in repr(context)
    with pytest.raises(TypeError, match="unhashable"):
        hash(context)
