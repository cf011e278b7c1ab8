"""What a parser is trained on is what `parse` sends and what it should get back."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from social_world_model.benchmarks import get_benchmark
from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.names import model_by_name
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.compact_wire import CompactContext
from social_world_model.s3ap.wire import SocializedContextForModel, from_wire
from social_world_model.training.samples import folded, is_held_out, messages, sample_of
from social_world_model.training.sources import Candidate, generated
from social_world_model.world_model import ContextOutputParser, LanguageModelParser


def first(kind: str = "tomi", seed: int = 0) -> Candidate:
    return next(generated(kind, 1, seed))


def test_the_request_is_exactly_the_prompt_that_parse_sends() -> None:
    parser = LanguageModelParser(model_by_name("custom/any@http://localhost:1"), Calls())
    for kind in ("tomi", "ori_tomi", "hitom"):
        story = first(kind)
        sample = sample_of(story.narrative, story.guidance, story.context, kind)
        assert story.guidance == get_benchmark(kind).guidance != ""
        assert sample.prompt == parser.prompt(story.narrative, story.guidance).whole_text


def test_a_compact_sample_asks_for_the_compact_form_and_contains_it() -> None:
    story = first()
    sample = sample_of(story.narrative, story.guidance, story.context, wire="compact")
    assert sample.prompt.startswith(format_instructions(CompactContext))
    bare = story.context.model_copy(update={"context_manual": None})
    assert ContextOutputParser(story.narrative, "compact").parse(sample.reply) == bare


def test_the_reply_is_the_wire_form_and_parses_as_the_context() -> None:
    story = first("hitom")
    request, reply = messages(sample_of(story.narrative, story.guidance, story.context))
    assert (request["role"], reply["role"]) == ("user", "assistant")
    wire = SocializedContextForModel.model_validate(json.loads(reply["content"]))
    context = from_wire(wire)
    assert context.socialized_context == story.context.socialized_context
    assert ContextOutputParser(story.narrative).parse(reply["content"]) == context


def test_the_narrative_of_a_made_up_story_is_the_one_that_its_benchmark_reads() -> None:
    story = first("hitom")
    assert isinstance(story.context, SocializedContext)
    assert story.is_reference
    assert story.narrative in sample_of(story.narrative, "", story.context).prompt


@given(st.text(), st.floats(0, 0.99), st.integers())
def test_whether_a_narrative_is_held_out_depends_on_its_words_and_the_seed_alone(
    narrative: str, share: float, seed: int
) -> None:
    assert is_held_out(narrative, share, seed) == is_held_out(f"  {folded(narrative)}\n", share, seed)


@given(st.text(), st.floats(0, 1), st.floats(0, 1), st.integers())
def test_a_larger_share_holds_out_all_that_a_smaller_one_does(
    narrative: str, one: float, other: float, seed: int
) -> None:
    smaller, larger = sorted([one, other])
    assert is_held_out(narrative, larger, seed) or not is_held_out(narrative, smaller, seed)


def test_about_the_share_that_is_asked_for_is_held_out() -> None:
    held = sum(is_held_out(f"Story {number}.", 0.1, seed=3) for number in range(5000))
    assert 400 < held < 600
    assert not any(is_held_out(f"Story {number}.", 0.0, seed=3) for number in range(1000))
