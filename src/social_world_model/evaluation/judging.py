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
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

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
from social_world_model.s3ap.tag_table import NOTHING, UNKNOWN_TAG, legend
from social_world_model.s3ap.tags import same_as_last_action_of
from social_world_model.usage import NO_USAGE, Usage
from social_world_model.world_model.worked_example import CONTEXT as EXAMPLE
from social_world_model.world_model.worked_example import NARRATIVE as EXAMPLE_NARRATIVE

_RUBRIC = (
    "Check the observations in a context of a narrative. Check every observation: every agent in every step. Decide "
    "from the place of the agent in this step, as the narrative describes it.\n"
    "- In each step, first the state holds, then the agents perceive, then they act. An agent perceives its own action "
    "at once. Other agents perceive an action in the next step.\n"
    "- An agent perceives everything that happens in its presence. It does not perceive events at other places, "
    "unless the narrative says how.\n"
    "A leak is an observation that contains something that the agent cannot perceive from its place.\n"
    "An omission is an observation that lacks something that happens in the presence of the agent. Things that the "
    "agent perceived before may be missing.\n"
    "- Wording, the amount of detail, the division into steps and thoughts are not faults.\n"
    "- If an observation has both faults, report a leak.\n"
    "Report only observations with a fault, each once, with the reason in a few words. If there is no fault, faults is "
    "an empty list. In checked, write the number of observations: the number of agents times the number of steps."
)
CELLS_TOLD = 6
"""Maximum number of observations that a message to the judge names."""
DECIMALS_OF_SPREAD = 6


class Fault(BaseModel):
    """One observation that the judge considers wrong."""

    model_config = ConfigDict(extra="ignore")

    agent: Text
    step: Text
    why: Text
    fault: Literal["leak", "omission"]


_EXAMPLE_FAULT = Fault(agent="Cy", step="2", why="Cy only sees that Al whispers.", fault="leak")


class Judgement(BaseModel):
    """Faults that the judge found in a context. All other observations are correct.

    Attributes
    ----------
    faults
        The wrong observations.
    checked
        Number of observations that the judge checked.
    """

    written_form: ClassVar[str] = (
        '{"faults": [{"agent": "NAME", "step": "NUMBER", "why": "…", "fault": "leak or omission"}, …], '
        '"checked": NUMBER}'
    )
    model_config = ConfigDict(extra="ignore")

    faults: list[Fault]
    checked: int

    @property
    def accuracy(self) -> float:
        """Share of observations without a fault, from 0 to 1."""
        return 1 - len(self.faults) / self.checked


STEP: PromptSpec[object] = PromptSpec(sections=(Section(name="state", text="Step {number}. State: {state}"),))
OBSERVATION: PromptSpec[object] = PromptSpec(
    sections=(Section(name="observation", text="- {agent} observes: {observation}"),)
)
ACTION: PromptSpec[object] = PromptSpec(sections=(Section(name="action", text="- {agent} does: {action}"),))
"""Each of the three prompts shows one line of the context to the judge."""


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
    """Parser for replies of the judge. Faults in unknown observations, and incomplete checks, are rejected.

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
            If the reply is not a judgement of every observation in the context, with at most one fault each.
        """
        judgement = fit(text, Judgement)
        given = Counter((one.agent.strip(), one.step.strip()) for one in judgement.faults)
        wanted = {(agent.strip(), str(step)) for step in range(1, self.steps + 1) for agent in self.agents}
        if unknown := [cell for cell in given if cell not in wanted]:
            raise UnfitReply(f"faults: expected agents and steps of the context, got {_cells(unknown)}")
        if twice := [cell for cell, times in given.items() if times > 1]:
            raise UnfitReply(
                f"faults: expected at most one for each agent in each step, got several for {_cells(twice)}"
            )
        number = len(self.agents) * self.steps
        if judgement.checked != number:
            raise UnfitReply(
                f"checked: expected {number}, because the context has {len(self.agents)} agents and {self.steps} "
                f"steps, got {judgement.checked}"
            )
        return judgement


def _parser_of(context: SocializedContext) -> JudgementParser:
    return JudgementParser(tuple(context.agents_names), len(context.socialized_context))


def _cells(cells: Sequence[tuple[str, str]]) -> str:
    told = ", ".join(f"{agent} in step {step}" for agent, step in cells[:CELLS_TOLD])
    return f"{told} and {len(cells) - CELLS_TOLD} more" if len(cells) > CELLS_TOLD else told


def shown_to_judge(context: SocializedContext) -> str:
    """Return a context as text for the judge, with one line per observation.

    Tags are replaced by the text that they stand for, steps are numbered from 1, and mental states are left out.

    Parameters
    ----------
    context
        Context to judge.

    Raises
    ------
    ContextError
        If the context cannot be decoded.
    """
    shown = without_mental_states(decode(context))
    lines = []
    for number, step in enumerate(shown.socialized_context, start=1):
        lines.append(compose_values(STEP.sections, number=str(number), state=step.state))
        lines += [
            compose_values(OBSERVATION.sections, agent=name, observation=step.observations.get(name, "none"))
            for name in shown.agents_names
        ]
        lines += [
            compose_values(ACTION.sections, agent=name, action=act)
            for name, act in step.actions.items()
            if act != "none"
        ]
    return "\n".join(lines)


def _worked_example() -> str:
    """Return the worked example of a parse with one wrong observation, and the judgement of it."""
    first, last = EXAMPLE.socialized_context
    overheard = {**last.observations, _EXAMPLE_FAULT.agent: same_as_last_action_of(0)}
    wrong = EXAMPLE.model_copy(
        update={"socialized_context": [first, last.model_copy(update={"observations": overheard})]}
    )
    shown = shown_to_judge(wrong)
    cells = len(wrong.agents_names) * len(wrong.socialized_context)
    reply = Judgement(faults=[_EXAMPLE_FAULT], checked=cells).model_dump_json()
    return (
        f"Example narrative: {EXAMPLE_NARRATIVE}\nExample context, end:\n{shown[shown.index('Step 2.') :]}\n"
        f"Example reply: {reply}"
    )


JUDGE: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(
        Section(name="rubric", text=_RUBRIC),
        Section(name="legend", text="Words in the context:\n" + legend([UNKNOWN_TAG, NOTHING]), before="\n"),
        Section(name="example", text=_worked_example()),
        Section(name="narrative", text="Narrative:\n{narrative}"),
        Section(name="agents", text="Agents: {agents}"),
        Section(name="context", text="Context:\n{context}"),
    ),
    reply=Judgement,
)
JUDGE_SAMPLING = Sampling(temperature=0.0)


def judge_prompt(narrative: str, context: SocializedContext) -> str:
    """Return the prompt for the judge: the rubric, the narrative, and the context as text.

    Parameters
    ----------
    narrative
        Text of the narrative.
    context
        Context to judge, as `shown_to_judge` shows it.

    Raises
    ------
    ContextError
        If the context cannot be decoded.
    """
    agents = ", ".join(context.agents_names)
    return compose_values(JUDGE.sections, narrative=narrative, agents=agents, context=shown_to_judge(context))


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
        except (OSError, ValueError, RecursionError, ValidationError):  # UnfitReply is a ValueError
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
