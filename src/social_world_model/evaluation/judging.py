"""LLM judge that checks, at each step, whether the observations of an agent fit the position of the agent.

Every judgement is stored under a hash of its inputs. Therefore, a resumed evaluation does not repeat paid calls.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from social_world_model.contracts import ModelConfig
from social_world_model.errors import ConfigurationError
from social_world_model.files import write_whole
from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.configs import config_of
from social_world_model.generation_utils.model import LanguageModel, Prompt, Sampling
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.generation_utils.reading import UnfitReply, fit
from social_world_model.generation_utils.sections import PromptSpec, Section, compose_values
from social_world_model.generation_utils.structured import generate_until_fit
from social_world_model.runs.flight import SingleFlight
from social_world_model.runs.keys import content_key, fingerprint
from social_world_model.s3ap import SocializedContext, decode
from social_world_model.s3ap.context import Text
from social_world_model.s3ap.rendering import without_mental_states
from social_world_model.usage import NO_USAGE, Usage

_RUBRIC = (
    "A record tells, step by step, what each agent of a narrative perceives. Check the observations, one agent at a "
    "time and one step at a time: from the place where the agent is at that step, as the narrative has it, could it "
    "perceive what is written there, and is everything there that it could not miss?\n"
    "- In a step, first the state holds, then the agents observe, then they act. An act is perceived by its actor at "
    "once, and by others in their observation of the next step. Nobody can miss what is done before its eyes, and "
    "nobody perceives what is done where it is not, unless the narrative says how.\n"
    "- leak: the observation tells of something that the agent could not perceive from its place.\n"
    "- omission: it leaves out something that happened where the agent was, or that the agent could not help "
    "perceiving; an agent may leave out what it has perceived before.\n"
    "- right: neither of these. An agent to whom nothing happens rightly perceives nothing. Wording, detail and how "
    "the story is cut into steps do not matter, and thoughts are not judged.\n"
    "If an observation has both faults, give the graver one: the leak. Give one verdict for every agent in every step, "
    "with the step's number as it stands here, and say why in a few words; for a right one, say nothing."
)
CELLS_TOLD = 6
"""Maximum number of missing or unknown verdicts that a message to the judge names."""
DECIMALS_OF_SPREAD = 6


class Verdict(BaseModel):
    """What a judge says of one observation."""

    model_config = ConfigDict(extra="ignore")

    agent: Text = Field(description="Name of the agent, as in the record.")
    step: Text = Field(description="Number of the step.")
    why: Text = Field(description="Why, in a few words; empty where the verdict is right.")
    verdict: Literal["right", "leak", "omission"] = Field(description="What the rubric says of this observation.")


class Judgement(BaseModel):
    """Verdicts on all observations of a record."""

    model_config = ConfigDict(extra="ignore")

    verdicts: list[Verdict] = Field(description="One for every agent in every step.")

    @property
    def accuracy(self) -> float:
        """Share of observations that are right, from 0 to 1."""
        return sum(one.verdict == "right" for one in self.verdicts) / len(self.verdicts)


JUDGE: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(
        Section(
            name="rubric",
            text=_RUBRIC,
        ),
        Section(name="narrative", text="Narrative:\n{narrative}"),
        Section(name="agents", text="Agents: {agents}"),
        Section(name="record", text="Record:\n{record}"),
    ),
    reply=Judgement,
)
STEP: PromptSpec[object] = PromptSpec(sections=(Section(name="state", text="Step {number}. State: {state}"),))
OBSERVATION: PromptSpec[object] = PromptSpec(
    sections=(Section(name="observation", text="- {agent} observes: {observation}"),)
)
ACTION: PromptSpec[object] = PromptSpec(sections=(Section(name="action", text="- {agent} does: {action}"),))
"""Each of the three prompts shows one line of the context to the judge."""

JUDGE_SAMPLING = Sampling(temperature=0.0)


@dataclass(frozen=True, kw_only=True)
class JudgeResult:
    """Judgements of one context.

    Parameters
    ----------
    judgements
        One judgement per repeat.
    usage
        Usage of the calls in this evaluation. Stored judgements of earlier evaluations cost nothing.
    """

    judgements: tuple[Judgement, ...]
    usage: Usage = NO_USAGE

    @property
    def accuracies(self) -> tuple[float, ...]:
        """Observation accuracy of each repeat, from 0 to 1."""
        return tuple(one.accuracy for one in self.judgements)

    @property
    def accuracy(self) -> float:
        """Mean observation accuracy over the repeats, from 0 to 1."""
        return fmean(self.accuracies)

    @property
    def spread(self) -> float | None:
        """Standard deviation of the accuracies over the repeats; None if there is only one repeat."""
        return deviation(self.accuracies)


def deviation(values: Sequence[float]) -> float | None:
    """Return the sample standard deviation; None for fewer than two values."""
    return round(stdev(values), DECIMALS_OF_SPREAD) if len(values) > 1 else None


@dataclass(frozen=True)
class JudgementParser:
    """Parser for replies of the judge. Replies with missing or extra verdicts are rejected.

    Parameters
    ----------
    agents
        Names of the agents in the context.
    steps
        Number of steps in the context.
    """

    agents: tuple[str, ...]
    steps: int

    @property
    def shape(self) -> type[BaseModel]:
        """Schema of the reply."""
        return Judgement

    def get_format_instructions(self) -> str:
        """Return the format instructions for a reply."""
        return format_instructions(Judgement)

    def parse(self, text: str) -> Judgement:
        """Parse a reply as a judgement.

        Raises
        ------
        UnfitReply
            If the reply is not a judgement with exactly one verdict per agent and step.
        """
        judgement = fit(text, Judgement)
        given = Counter((one.agent.strip(), one.step.strip()) for one in judgement.verdicts)
        wanted = [(agent.strip(), str(step)) for step in range(1, self.steps + 1) for agent in self.agents]
        if unknown := [cell for cell in given if cell not in set(wanted)]:
            raise UnfitReply(f"verdicts: expected agents and steps of the record, got {_cells(unknown)}")
        if twice := [cell for cell, times in given.items() if times > 1]:
            raise UnfitReply(f"verdicts: expected one for each agent in each step, got several for {_cells(twice)}")
        if absent := [cell for cell in wanted if cell not in given]:
            raise UnfitReply(f"verdicts: expected one for each agent in each step, got none for {_cells(absent)}")
        return judgement


def _parser_of(context: SocializedContext) -> JudgementParser:
    return JudgementParser(tuple(context.agents_names), len(context.socialized_context))


def _cells(cells: Sequence[tuple[str, str]]) -> str:
    told = ", ".join(f"{agent} in step {step}" for agent, step in cells[:CELLS_TOLD])
    return f"{told} and {len(cells) - CELLS_TOLD} more" if len(cells) > CELLS_TOLD else told


def judge_prompt(narrative: str, context: SocializedContext) -> str:
    """Return the prompt for the judge: the rubric, the narrative, and the context as text.

    Parameters
    ----------
    narrative
        Text of the narrative.
    context
        Context to judge. The prompt contains no mental states, and numbers the steps from 1.

    Raises
    ------
    ContextError
        If the context cannot be decoded.
    """
    record = without_mental_states(decode(context))
    lines = []
    for number, step in enumerate(record.socialized_context, start=1):
        lines.append(compose_values(STEP.sections, number=str(number), state=step.state))
        lines += [
            compose_values(OBSERVATION.sections, agent=name, observation=step.observations.get(name, "none"))
            for name in record.agents_names
        ]
        lines += [
            compose_values(ACTION.sections, agent=name, action=act)
            for name, act in step.actions.items()
            if act != "none"
        ]
    agents = ", ".join(record.agents_names)
    return compose_values(JUDGE.sections, narrative=narrative, agents=agents, record="\n".join(lines))


def judge_config(sampling: Sampling = JUDGE_SAMPLING) -> ModelConfig:
    """Return the prompts and sampling settings that a judgement depends on."""
    prompts: dict[str, PromptSpec[Any]] = {
        "judge": JUDGE,
        "judge, step": STEP,
        "judge, observation": OBSERVATION,
        "judge, action": ACTION,
    }
    return config_of(prompts, sampling)


def rubric_hash(sampling: Sampling = JUDGE_SAMPLING) -> str:
    """Return a hash of the rubric, the reply schema and the sampling settings."""
    return fingerprint(judge_config(sampling))


@dataclass
class LLMJudge:
    """LLM judge that stores its judgements on disk.

    Parameters
    ----------
    model
        Language model that judges.
    calls
        Scheduler of the calls. The role of the calls is ``"judge"``.
    cache
        Folder for stored judgements. The folder is created when the first judgement is stored.
    repeats
        Number of judgements per context. If it is 2 or more, the report contains the standard deviation.
    sampling
        Sampling settings. The default temperature is 0.

    Attributes
    ----------
    kept
        Number of judgements read from earlier evaluations.
    made
        Number of judgements made in this evaluation.
    """

    model: LanguageModel
    calls: Calls
    cache: Path
    repeats: int = 1
    sampling: Sampling = JUDGE_SAMPLING
    kept: int = field(default=0, init=False)
    made: int = field(default=0, init=False)
    _flight: SingleFlight[tuple[Judgement, Usage]] = field(default_factory=SingleFlight, init=False, repr=False)

    def prompt(self, narrative: str, context: SocializedContext) -> Prompt:
        """Return the prompt that asks the judge about a context. The prompt contains the sampling settings.

        Parameters
        ----------
        narrative
            Text of the narrative.
        context
            Context to judge.

        Raises
        ------
        ContextError
            If the context cannot be decoded.
        """
        return self.sampling.prompt(judge_prompt(narrative, context), Judgement)

    def missing(self, narrative: str, context: SocializedContext) -> int:
        """Return the number of judgements of a context that are not stored yet.

        Parameters
        ----------
        narrative, context
            Narrative and context, as in `prompt`.
        """
        parser = _parser_of(context)
        paths = (self._path(narrative, context, repeat) for repeat in range(self.repeats))
        return sum(self._known(path, parser) is None for path in paths)

    async def judge(self, narrative: str, context: SocializedContext) -> JudgeResult:
        """Judge a context.

        Parameters
        ----------
        narrative, context
            Narrative and context, as in `prompt`.

        Raises
        ------
        ContextError
            If the context cannot be decoded.
        UnparsableOutputError, RefusalError
            If the judge gives no usable judgement of this context.
        EndpointError, BudgetExceededError
            If no further call is possible.
        ConfigurationError
            If a judgement cannot be stored.
        """
        prompt, parser = self.prompt(narrative, context), _parser_of(context)
        judgements: list[Judgement] = []
        usage = NO_USAGE
        for repeat in range(self.repeats):
            path = self._path(narrative, context, repeat)

            async def ask(path: Path = path) -> tuple[Judgement, Usage]:
                return await self._ask(prompt, parser, path)

            known = self._known(path, parser)
            self.kept += known is not None
            judgement, took = (known, NO_USAGE) if known is not None else await self._flight.once(path.stem, ask)
            judgements.append(judgement)
            usage += took
        return JudgeResult(judgements=tuple(judgements), usage=usage)

    async def _ask(self, prompt: Prompt, parser: JudgementParser, path: Path) -> tuple[Judgement, Usage]:
        made = await generate_until_fit(self.model, prompt, parser, self.calls, "judge")
        kept = {"judge": self.model.name, "rubric": rubric_hash(self.sampling), **made.value.model_dump()}
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"expected a folder for judgements that can be written, got {self.cache}: {error.strerror or error}"
            ) from None
        write_whole(path, json.dumps(kept, ensure_ascii=False, indent=1))
        self.made += 1
        return made.value, made.usage

    def _known(self, path: Path, parser: JudgementParser) -> Judgement | None:
        """Return a stored judgement; None if no file with a valid judgement exists."""
        try:
            data = json.loads(path.read_bytes())
            return parser.parse(Judgement.model_validate(data).model_dump_json())
        except (OSError, ValueError, ValidationError):  # UnfitReply is a ValueError
            return None

    def _path(self, narrative: str, context: SocializedContext, repeat: int) -> Path:
        key = content_key(
            narrative=narrative,
            context=context.model_copy(update={"context_manual": None}).to_data(),
            judge=self.model.name,
            endpoint=self.model.model.base_url,  # the same name at another endpoint is another judge
            rubric=rubric_hash(self.sampling),
            repeat=repeat,
        )
        return self.cache / f"{key}.json"
