from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from social_world_model.choices import Wire
from social_world_model.contracts import Parsed
from social_world_model.errors import ContextError, GenerationError, NarrativeError, RefusalError, UnparsableOutputError
from social_world_model.generation_utils import model_by_name
from social_world_model.generation_utils.model import Sampling
from social_world_model.generation_utils.output_parsers import format_instructions, schema_of
from social_world_model.generation_utils.query_sections import HOW_TO_READ_COMPACT
from social_world_model.generation_utils.reading import UnfitReply
from social_world_model.generation_utils.structured import ASKS
from social_world_model.s3ap import SocializedContext, SocializedContextForModel
from social_world_model.s3ap.validation import errors_of
from social_world_model.s3ap.wire_forms import WIRE_FORMS
from social_world_model.world_model import ContextOutputParser, LanguageModelParser
from social_world_model.world_model.checking import refusals
from social_world_model.world_model.parsing import (
    CRITIQUE,
    CRITIQUE_ROUNDS,
    PARSE,
    critique_prompt,
    parse_prompt,
    wire_text,
)
from tests.s3ap.builders import context, step
from tests.server import FaultServer
from tests.server.test_server import GOLD, ROWS
from tests.server.test_server import STORY as TOMI
from tests.strategies import contexts, law, shaped_contexts
from tests.world_model.helpers import CONTEXT, STORY, Asked, model_of, run, wire

CRITIC = "Check a context against"


def parsed(folder: Path, *entries: Any, calls: Asked | None = None, **settings: Any) -> Parsed:
    guidance = settings.pop("guidance", "")
    parser = LanguageModelParser(model_of(folder, *entries), calls or Asked(), **settings)
    return run(parser.parse(STORY, guidance))


def with_step(**changes: Any) -> dict[str, Any]:
    """Return the context as a reply whose second step is changed."""
    first, second, third = wire()["socialized_context"]
    return wire(socialized_context=[first, {**second, **changes}, third])


BROKEN: list[tuple[str, Any, str]] = [
    ("a missing entry", with_step(observations=["Anne: none"]), "an entry for Sally"),
    ("no entries", with_step(actions=[]), "an entry for Anne"),
    ("two entries of one agent", with_step(actions=["Anne: none", "Anne: hums"]), "one entry for Anne"),
    ("an unknown agent", with_step(actions=["Anne: none", "Sally: none", "Bob: hums"]), "a name of the cast"),
    ("a name that is none", with_step(actions=["Anne: none", "Sall: hums"]), "'Sall: hums'"),
    ("a tag for nobody", with_step(observations=["Anne: <same_as_last_action_7 />", "Sally: none"]), "observations"),
    ("a tag for no act", wire(socialized_context=[{**wire()["socialized_context"][2],
                                                    "state": "<same_as_last_action />"}]), "state"),
    ("an open thought", with_step(observations=["Anne: <mental_state>Hm", "Sally: none"]), "mental_state"),
    ("a repeated timestep", with_step(timestep="1"), "a timestep that no other step has"),
    ("an empty cast", wire(agents_names=[], socialized_context=[]), "at least one"),
    ("an empty cast with steps", wire(agents_names=[]), "a name of the cast"),
    ("a repeated name", wire(agents_names=["Anne", "Sally", "Sally"]), "Sally"),
    ("no steps", wire(socialized_context=[]), "at least one step"),
    ("an actor who is missing", wire(context(["Anne", "Sal"], step("Anne is here."))), "Sally acts in the narrative"),
    ("another key", wire(mood="sad"), "mood"),
    ("a missing key", {"agents_names": ["Anne", "Sally"]}, "socialized_context"),
    ("half an emoji", with_step(state="\ud83d"), "state"),
]  # fmt: skip


class TestParsing:
    def test_a_reply_becomes_a_valid_context_with_its_guidance_as_manual(self, tmp_path: Path) -> None:
        made = parsed(tmp_path, wire(), guidance="Who is out sees nothing.")
        assert made.context == CONTEXT.model_copy(update={"context_manual": "Who is out sees nothing."})
        assert not errors_of(made.context)
        assert json.loads(made.raw or "") == wire()
        assert (made.finish_reason, made.usage.requests) == ("stop", 1)

    def test_without_guidance_there_is_no_manual_not_even_a_models_own(self, tmp_path: Path) -> None:
        assert parsed(tmp_path, wire()).context.context_manual is None
        with pytest.raises(UnparsableOutputError, match="context_manual"):
            parsed(tmp_path, wire(context_manual="as I like it"))

    @pytest.mark.parametrize(("reply", "told"), [one[1:] for one in BROKEN], ids=[one[0] for one in BROKEN])
    def test_a_reply_that_cannot_be_used_goes_back_to_the_same_model_in_words(
        self, tmp_path: Path, reply: Any, told: str
    ) -> None:
        calls = Asked()
        made = parsed(tmp_path, [reply, wire()], calls=calls)
        assert made.context == CONTEXT
        ((raw, complaint),) = calls.log[1][1].retries
        assert json.loads(raw) == reply and told in complaint and len(complaint) < 1500
        assert (calls.roles, made.usage.requests) == (["context"] * 2, 2)

    @pytest.mark.parametrize("reply", [one[1] for one in BROKEN], ids=[one[0] for one in BROKEN])
    def test_it_is_never_repaired_and_after_some_asks_an_error_with_the_raw_reply(
        self, tmp_path: Path, reply: Any
    ) -> None:
        calls = Asked()
        with pytest.raises(UnparsableOutputError) as caught:
            parsed(tmp_path, reply, calls=calls)
        assert json.loads(caught.value.raw or "") == reply
        assert caught.value.usage is not None and caught.value.usage.requests == len(calls.log) == ASKS

    def test_many_issues_of_long_texts_are_told_in_short(self, tmp_path: Path) -> None:
        calls = Asked()
        steps = [{**wire()["socialized_context"][0], "actions": ["Bob: " + "so " * 3000] * 3}] * 20
        parsed(tmp_path, [wire(socialized_context=steps), wire()], calls=calls)
        assert "and 52 more" in calls.complaints[0] and len(calls.complaints[0]) < 3000

    def test_a_refusal_is_an_error_of_its_own(self, tmp_path: Path) -> None:
        with pytest.raises(RefusalError, match="rather not"):
            parsed(tmp_path, {"refuse": "I would rather not."})

    def test_nothing_is_asked_about_nothing(self, tmp_path: Path) -> None:
        calls = Asked()
        with pytest.raises(NarrativeError, match="at least one sentence"):
            run(LanguageModelParser(model_of(tmp_path, wire()), calls).parse(" \n"))
        assert not calls.log


class TestTheCritic:
    def test_a_record_is_corrected_until_there_are_no_problems_and_all_calls_are_counted(self, tmp_path: Path) -> None:
        better = CONTEXT.model_copy(update={"socialized_context": CONTEXT.socialized_context[:2]})
        calls = Asked()
        script = [{"when": CRITIC, "reply": [{"problems": ["Tom is missing."]}, {"problems": []}]}]
        made = parsed(tmp_path, *script, [wire(), wire(better)], calls=calls, critique=True)
        assert made.context == better and json.loads(made.raw or "") == wire(better)
        assert calls.roles == ["context", "critic", "context", "critic"]
        assert "- Tom is missing." in calls.complaints[0] and calls.log[2][1].retries[0][0] == json.dumps(wire())
        assert made.usage.requests == 4 and made.usage == calls.spent

    def test_it_is_heard_a_bounded_number_of_times(self, tmp_path: Path) -> None:
        calls = Asked()
        script = {"when": CRITIC, "reply": {"problems": ["It is still wrong."]}}
        assert parsed(tmp_path, script, wire(), calls=calls, critique=True).context == CONTEXT
        assert calls.roles == ["context", *["critic", "context"] * CRITIQUE_ROUNDS]

    def test_blank_problems_are_none(self, tmp_path: Path) -> None:
        calls = Asked()
        parsed(tmp_path, {"when": CRITIC, "reply": {"problems": ["", " "]}}, wire(), calls=calls, critique=True)
        assert calls.roles == ["context", "critic"]

    @pytest.mark.parametrize(
        ("critic", "correction", "requests"),
        [
            ({"reply": {"problems": ["Wrong."]}}, {"reply": "no JSON at all"}, 2 + ASKS),
            ({"reply": {"problems": ["Wrong."]}}, {"reply": wire(socialized_context=[])}, 2 + ASKS),
            ({"reply": {"problems": ["Wrong."]}}, {"refuse": "No."}, 3),
            ({"reply": "no JSON at all"}, {}, 1 + ASKS),
            ({"reply": {"problems": ["\ud83d"]}}, {}, 1 + ASKS),
            ({"refuse": "No."}, {}, 2),
        ],
    )
    def test_a_valid_record_is_never_lost_for_its_sake(
        self, tmp_path: Path, critic: Any, correction: Any, requests: int
    ) -> None:
        script = [{"when": "A reviewer reported", **correction}] if correction else []
        made = parsed(tmp_path, {"when": CRITIC, **critic}, *script, wire(), critique=True)
        assert made.context == CONTEXT and json.loads(made.raw or "") == wire()
        assert made.usage.requests == requests

    def test_a_critic_can_be_heard_alone(self, tmp_path: Path) -> None:
        parser = LanguageModelParser(model_of(tmp_path, {"problems": [" Too short. "]}), Asked())
        assert run(parser.critique(STORY, CONTEXT)).value.problems == ["Too short."]


class TestPrompts:
    def test_what_never_changes_comes_first_and_the_narrative_last(self) -> None:
        task, rules, legend, example = (section.text for section in PARSE["standard"].sections[:4])
        fixed = f"{task}\n{rules}\n{legend}\n\n{example}"
        assert parse_prompt("N") == f"{fixed}\n\nNarrative:\nN"
        assert parse_prompt("N", "G", "E") == f"{fixed}\n\nAnother example:\nE\n\nG\n\nNarrative:\nN"
        whole = critique_prompt("N", CONTEXT, "G")
        rules = f"{CRITIQUE.sections[0].text} {HOW_TO_READ_COMPACT.text}"
        assert whole.startswith(f"{rules}\n\nG\n\nNarrative:\nN\n\nContext:\nagents: Anne | Sally")

    def test_places_and_braces_in_a_narrative_are_just_text(self) -> None:
        assert parse_prompt("{narrative} {0} %s", "{guidance}").endswith("{guidance}\n\nNarrative:\n{narrative} {0} %s")

    def test_a_worked_example_reaches_the_model(self, tmp_path: Path) -> None:
        calls = Asked()
        parsed(tmp_path, wire(), calls=calls, example="EXAMPLE 1")
        assert "Another example:\nEXAMPLE 1\n\nNarrative:" in calls.texts[0]

    def test_sampling_reaches_the_model_and_the_critic_is_cold(self, tmp_path: Path) -> None:
        calls = Asked()
        sampling = Sampling(temperature=0.3, max_output_tokens=900, seed=7)
        script = {"when": CRITIC, "reply": {"problems": []}}
        parsed(tmp_path, script, wire(), calls=calls, sampling=sampling, critique=True)
        first, critic = (prompt for _, prompt in calls.log)
        assert (first.temperature, first.max_output_tokens, first.seed) == (0.3, 900, 7)
        assert (critic.temperature, critic.max_output_tokens) == (0.0, 900)

    def test_whatever_changes_the_reply_changes_the_configuration(self, tmp_path: Path) -> None:
        model = model_of(tmp_path, wire())
        kinds: list[dict[str, Any]] = [{}, {"example": "E"}, {"example": "F"}, {"critique": True}]
        kinds += [{"sampling": Sampling(temperature=0.1)}, {"sampling": Sampling(temperature=0.7, seed=1)}]
        configs = [LanguageModelParser(model, Asked(), **kind).config for kind in kinds]
        assert all(one != other for number, one in enumerate(configs) for other in configs[:number])
        assert configs[0] == LanguageModelParser(model, Asked(), Sampling(temperature=0.7), "").config
        assert {section.text for section in PARSE["standard"].sections} < set(configs[0].prompts.values())
        (form,) = configs[0].schemas.values()
        assert form == schema_of(SocializedContextForModel)

    @given(shaped_contexts())
    def test_any_context_can_be_put_to_the_critic_or_is_refused_as_a_context(
        self, socialized: SocializedContext
    ) -> None:
        try:
            assert critique_prompt("N", socialized)
        except ContextError:
            assert errors_of(socialized)


class TestTheOutputParser:
    @pytest.mark.parametrize("wire", WIRE_FORMS)
    @law
    @given(socialized=contexts())
    def test_what_a_model_is_trained_to_reply_is_read_back(self, wire: Wire, socialized: SocializedContext) -> None:
        if not socialized.socialized_context or refusals("", socialized):
            return
        assert ContextOutputParser(wire=wire).parse(wire_text(socialized, wire)) == socialized

    def test_a_message_about_a_compact_reply_has_the_field_names_of_that_form(self) -> None:
        reply = {"agents": ["Ann"], "steps": [{"state": "", "sees": ["Ann: <act/>"], "does": []}]}
        parser = ContextOutputParser("Bob walked in. All looked at Bob.", "compact")
        with pytest.raises(UnfitReply, match=r"^steps\[0\]\.sees\.Ann: expected"):
            parser.parse(json.dumps(reply))
        with pytest.raises(UnfitReply, match=r"^steps\[0\]\.sees\[0\]: expected"):
            parser.parse(json.dumps({**reply, "steps": [{"state": "", "sees": ["Zed: x"], "does": []}]}))
        with pytest.raises(UnfitReply, match=r"^steps: expected at least one step"):
            parser.parse(json.dumps({**reply, "steps": []}))
        with pytest.raises(UnfitReply, match=r"^agents: .*Bob acts in the narrative"):
            parser.parse(json.dumps({**reply, "steps": [{"state": "It rains.", "sees": [], "does": []}]}))

    def test_it_reads_what_agenerate_gives_it_and_says_what_is_wrong(self) -> None:
        assert ContextOutputParser().parse(f"Sure:\n```json\n{wire_text(CONTEXT)}\n```") == CONTEXT
        assert ContextOutputParser().shape is SocializedContextForModel
        assert "socialized_context" in ContextOutputParser().get_format_instructions()
        with pytest.raises(UnfitReply, match="Bob acts in the narrative and is missing"):
            ContextOutputParser("Bob walked in. All looked at Bob.").parse(wire_text(CONTEXT))
        with pytest.raises(UnfitReply, match="Bob, Cy act in the narrative and are missing"):
            ContextOutputParser("Bob walked in. Cy walked in. All looked at Bob. All looked at Cy.").parse(
                wire_text(CONTEXT)
            )


class TestOverASocket:
    @staticmethod
    def parse(server: FaultServer, calls: Asked) -> Parsed:
        async def work() -> Parsed:
            model = model_by_name(f"custom/oracle@{server.base_url}")
            try:
                return await LanguageModelParser(model, calls).parse(TOMI)
            finally:
                await model.close()

        return run(work())

    def test_the_prompt_has_the_form_and_the_schema_beside_it_has_no_descriptions(self) -> None:
        with FaultServer(ROWS) as server:
            made = self.parse(server, Asked())
            body = server.log[0].body
        assert not errors_of(made.context) and GOLD in (made.raw or "")
        form = format_instructions(SocializedContextForModel)
        assert body["messages"] == [{"role": "user", "content": f"{form}\n\n{parse_prompt(TOMI)}"}]
        assert "description" not in json.dumps(body["response_format"])
        assert body["response_format"]["json_schema"]["strict"] is True
        assert (body["temperature"], made.usage.requests) == (0.7, 1)

    @pytest.mark.parametrize("fault", ["missing", "wrong_names", "truncated", "prose", "fences", "trailing", "empty"])
    def test_sloppy_replies_end_in_the_right_record_or_in_none(self, fault: str) -> None:
        with FaultServer(ROWS) as server:
            right = self.parse(server, Asked()).context
        with FaultServer(ROWS, faults=f"{fault}=0.5", seed=3) as server:
            made = self.parse(server, Asked()).context
        assert made.to_json().replace(r"\n\t", " ") == right.to_json()  # "trailing" breaks a line, and may

    def test_a_cast_that_always_lacks_an_actor_is_never_taken(self) -> None:
        with FaultServer(ROWS, faults="wrong_names=1") as server:
            with pytest.raises(UnparsableOutputError, match="acts in the narrative and is missing"):
                self.parse(server, Asked())
            assert len(server.log) == ASKS

    def test_an_endpoint_that_takes_no_key_is_one_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CUSTOM_API_KEY", "sk-secret-1234")
        with FaultServer(ROWS, personalities=["unauthorised"]) as server:
            with pytest.raises(GenerationError) as caught:
                self.parse(server, Asked())
            assert len(server.log) == 1 and "sk-secret" not in str(caught.value)
