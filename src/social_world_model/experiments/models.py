"""Models of a run: one answerer, and one parser for each context sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from social_world_model.contracts import Answerer, ModelConfig, Parser
from social_world_model.errors import ConfigurationError, MeaninglessError
from social_world_model.experiments.limited import LimitedAnswerer, LimitedParser
from social_world_model.generation_utils.answerer import LanguageModelAnswerer
from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.clients import Clients
from social_world_model.generation_utils.model import Sampling
from social_world_model.generation_utils.prompts import SHARED_TASKS
from social_world_model.modes import Mode
from social_world_model.settings import RunSettings
from social_world_model.symbolic.model import NAME, SymbolicAnswerer, SymbolicModel
from social_world_model.world_model import LanguageModelParser
from social_world_model.world_model.parsing import PARSE_TEMPERATURE

SAMPLING_TEMPERATURE = 0.7
"""Default temperature if each question has several samples. At temperature 0, all samples would be the same."""


class Models:
    """Models of a run.

    Parameters
    ----------
    settings
        Settings with the names of the models and the options of calls.
    mode
        Mode of the run. The mode decides which models are needed, and decides the default temperature of answers.
    on_problem
        Callback that receives a message about a problem with calls. Each kind of problem is reported once.
    within
        Clients of a whole sweep, if the run is a part of a sweep.
    answerer
        Object with the methods of `Answerer`. The object replaces the model in `settings.model_name`.
    parsers
        Objects with the methods of `Parser`: one parser per context sample. The parsers replace the model in
        `settings.context_model`.

    Attributes
    ----------
    answerer
        Model that answers; None if the mode only makes contexts.
    parsers
        Models that make contexts; empty if the mode uses no contexts.
    context_model
        Name of the context model in folder names; None if the mode uses no contexts.
    clients
        Clients of the language models that the run uses.

    Raises
    ------
    ConfigurationError
        If a model is unknown, or if a model does not support a setting.
    """

    def __init__(
        self,
        settings: RunSettings,
        mode: Mode,
        on_problem: Callable[[str], None] = lambda _: None,
        *,
        within: Clients | None = None,
        answerer: Answerer | None = None,
        parsers: Sequence[Parser] | None = None,
    ) -> None:
        self.settings = settings
        self.clients = Clients(settings, on_problem, within)
        self.answerer: Answerer | None = None
        if mode.answers:
            self.answerer = self._answerer(mode) if answerer is None else self._own_answerer(answerer)
        self.parsers: list[Parser] = []
        self.context_model = None
        if mode.uses_context:
            self.parsers = self._given(parsers) if parsers is not None else self._parsers()
            self.context_model = settings.context_model if parsers is None else self.parsers[0].name
        self.clients.check()
        _check_mode(self.answerer, mode)

    @property
    def calls(self) -> Calls:
        """Scheduler of all calls of language models."""
        return self.clients.calls

    @property
    def by_role(self) -> dict[str, Answerer | Parser]:
        """Models that the run uses, by role."""
        roles: dict[str, Answerer | Parser] = {}
        if self.answerer is not None:
            roles["answer"] = self.answerer
        if self.parsers:
            roles["context"] = self.parsers[0]
        return roles

    def configs(self) -> list[ModelConfig]:
        """Return the configurations of all models. The configuration of the answerer is first."""
        answerer = [] if self.answerer is None else [self.answerer.config]
        return [*answerer, *(parser.config for parser in self.parsers)]

    def _answerer(self, mode: Mode) -> Answerer:
        settings, name = self.settings, self.settings.model_name
        if name == NAME:
            if settings.prompt_template is not None:
                raise ConfigurationError(
                    "expected a language model for the setting prompt_template, got model_name symbolic",
                    parameters=("prompt_template", "model_name"),
                )
            if settings.samples > 1 and settings.context_samples == 1:
                raise ConfigurationError(
                    "expected a language model for several samples, got symbolic, which always gives the same answer",
                    parameters=("samples",),
                )
            return SymbolicAnswerer()
        made = self.clients.plugged_in(name)
        if isinstance(made, Answerer):
            return self._own_answerer(made, name)
        temperature = settings.temperature
        if temperature is None:
            temperature = SAMPLING_TEMPERATURE if settings.samples > 1 else mode.temperature
        sampling = Sampling.of(settings, temperature=temperature)
        tasks = [*SHARED_TASKS, *getattr(mode, "tasks", ())]
        return LanguageModelAnswerer(self.clients.model(name), self.calls, sampling, settings.prompt_template, tasks)

    def _parsers(self) -> list[Parser]:
        return [self._parser(sample) for sample in range(self.settings.context_samples)]

    def _parser(self, sample: int) -> Parser:
        settings, name = self.settings, self.settings.context_model
        if name == NAME:
            for parameter, given in (("example", settings.example is not None), ("context_samples", sample > 0)):
                if given:
                    raise ConfigurationError(
                        f"expected a language model for the setting {parameter}, got context_model {name}",
                        parameters=(parameter, "context_model"),
                    )
            return SymbolicModel()
        made = self.clients.plugged_in(name)
        if isinstance(made, Parser):
            return self._own_parser(made, name)
        seed = None if settings.seed is None else settings.seed + sample
        sampling = Sampling.of(settings, temperature=PARSE_TEMPERATURE, seed=seed)
        return LanguageModelParser(self.clients.model(name), self.calls, sampling, settings.example, wire=settings.wire)

    def _own_answerer(self, answerer: Answerer, name: str = "") -> Answerer:
        if self.settings.prompt_template is not None:
            raise ConfigurationError(
                "expected a language model for the setting prompt_template, got an answerer without a prompt",
                parameters=("prompt_template",),
            )
        return LimitedAnswerer(answerer, self.calls, name)

    def _own_parser(self, parser: Parser, name: str = "") -> Parser:
        if self.settings.example is not None:
            raise ConfigurationError(
                "expected a language model for the setting example, got a parser without a prompt",
                parameters=("example",),
            )
        return LimitedParser(parser, self.calls, name)

    def _given(self, parsers: Sequence[Parser]) -> list[Parser]:
        if isinstance(parsers, Parser):
            raise ConfigurationError(
                "expected parsers to be a list of Parser objects, got a single Parser", parameters=("parsers",)
            )
        if len(parsers) != self.settings.context_samples:
            raise ConfigurationError(
                f"expected one parser per context sample ({self.settings.context_samples}), got {len(parsers)}",
                parameters=("parsers", "context_samples"),
            )
        return [self._own_parser(parser) for parser in parsers]


def _check_mode(answerer: Answerer | None, mode: Mode) -> None:
    if answerer is None or answerer.usable_modes is None or mode.name in answerer.usable_modes:
        return
    raise MeaninglessError(
        f"expected a mode that {answerer.name} supports ({', '.join(sorted(answerer.usable_modes))}); got {mode.name}"
    )
