"""Run a benchmark in a mode: load the data, answer the open questions, and store and count the results."""

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
    """Run of a benchmark in a mode. Settings and data are checked when the object is created.

    Parameters
    ----------
    settings
        Settings of the run.
    on_progress
        Callback that receives the progress after every item, and twice per second.
    on_problem
        Callback that receives a message about a problem with calls. Each kind of problem is reported once.
    answerer
        Object with the methods of `Answerer`. The object replaces the model in `settings.model_name`.
    parsers
        Objects with the methods of `Parser`. The parsers replace the model in `settings.context_model`. The number of
        parsers must be `settings.context_samples`.

    Attributes
    ----------
    plan
        Plan of the run: data, mode, keys and folders.
    models
        Models of the run.

    Raises
    ------
    ConfigurationError
        If the benchmark, the mode or a model is unknown, if they do not fit together, or if an API key is missing.
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
        """Execute the run.

        If no further call is possible (no connection, or the budget is spent), the run stops and keeps finished
        results. `RunResult.stopped` contains the reason.

        Raises
        ------
        ConfigurationError
            If a model does not support a request, if the output cannot be written, or if another process writes to the
            same folder. Finished results are stored.
        """
        return await Runner(self.plan, self.models, self.on_progress).execute()

    def execute_sync(self) -> RunResult:
        """Execute the run, and wait for the result. This is the blocking version of `execute`."""
        return run_sync(self.execute())
