"""Run a benchmark in a mode: load, answer what is not answered yet, store, count."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from social_world_model.contracts import Answerer, Parser
from social_world_model.experiments.models import Models
from social_world_model.experiments.plan import check_mode, make_plan
from social_world_model.experiments.progress import Progress, RunResult
from social_world_model.experiments.runner import Runner
from social_world_model.generation_utils.sync import run_sync
from social_world_model.modes import get_mode
from social_world_model.settings import RunSettings


class Run:
    """A run, checked as far as that is possible before the first call.

    Parameters
    ----------
    settings
        What to run.
    on_progress
        Called after every item, and twice a second.
    on_problem
        Told once for each kind of problem with a call.
    answerer
        Any object with the methods of `Answerer`, in the place of the model that `settings.model_name` names.
    parsers
        Objects with the methods of `Parser`, one for each of `settings.context_samples`, in the place of the model that
        `settings.context_model` names.

    Attributes
    ----------
    plan
        What is run: data, mode, keys, folders.
    models
        The models of the run.

    Raises
    ------
    ConfigurationError
        If benchmark, mode or model are unknown, do not go together, or lack a key.
    DatasetError
        If the data cannot be read.

    Examples
    --------
    >>> result = Run(RunSettings(benchmark="tomi", limit=2, save=False)).execute_sync()
    >>> result.failed
    0
    """

    def __init__(
        self,
        settings: RunSettings,
        on_progress: Callable[[Progress], None] = lambda _: None,
        on_problem: Callable[[str], None] = lambda _: None,
        *,
        answerer: Answerer | None = None,
        parsers: Sequence[Parser] | None = None,
    ) -> None:
        mode = get_mode(settings.mode)
        check_mode(settings, mode)
        self.models = Models(settings, mode, on_problem, answerer=answerer, parsers=parsers)
        self.plan = make_plan(settings, self.models)
        self.on_progress = on_progress

    async def execute(self) -> RunResult:
        """Run it.

        A run that cannot go on (no connection, the budget is spent) ends with what was finished, and says so.

        Raises
        ------
        ConfigurationError
            If a model finds that it cannot do what it is asked, the output cannot be written, or another process
            writes to the same folder; everything finished before is stored.
        """
        return await Runner(self.plan, self.models, self.on_progress).execute()

    def execute_sync(self) -> RunResult:
        """Run it from code without coroutines; see `execute`."""
        return run_sync(self.execute())
