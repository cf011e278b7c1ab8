"""Plan of a judging: which judge scores which episodes, and what each judge sees. Making the plan calls no model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from social_world_model.choices import Rubric
from social_world_model.contracts import ModelConfig
from social_world_model.errors import ConfigurationError, ContextError, DatasetError
from social_world_model.evaluation.verdicts import EpisodeCase, VerdictParser, verdict_config, verdict_prompt
from social_world_model.experiments.episodes.called_models import CalledModels, called_models, has_valued, relatives
from social_world_model.experiments.episodes.files import StoredEpisode
from social_world_model.experiments.episodes.folders import EpisodeFolder, episode_folders, read_episode_folder
from social_world_model.experiments.episodes.verdicts import StoredVerdict, read_verdict, verdicts_folder
from social_world_model.generation_utils.clients import SYMBOLIC, Clients
from social_world_model.generation_utils.model import LanguageModel, Prompt, Sampling
from social_world_model.generation_utils.names import keyless
from social_world_model.runs.keys import content_key, fingerprint
from social_world_model.runs.names import file_stem
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.tags import is_none, thoughts
from social_world_model.scenarios import SCENARIOS
from social_world_model.scenarios.games import GameSource
from social_world_model.settings import JudgingSettings
from social_world_model.usage import Usage

REPLY_TOKENS = 350
"""Typical number of tokens of a reply per person."""


@dataclass(frozen=True, kw_only=True)
class JudgedEpisode:
    """An episode as a judge gets it.

    Parameters
    ----------
    task, repeat, person, episode_key
        The episode, and the person whom the compared agent plays. The judge does not see these values.
    case
        What the judge sees; None if the episode cannot be shown.
    problem
        Why the episode cannot be shown; empty if it can.
    """

    task: str
    repeat: int
    person: str
    episode_key: str
    case: EpisodeCase | None
    problem: str = ""

    @property
    def index(self) -> str:
        """Name of the episode, unique in its run."""
        return f"{self.task}-{self.repeat}"


@dataclass(frozen=True, kw_only=True)
class Judge:
    """A language model that judges.

    Parameters
    ----------
    model
        The language model.
    rubric
        Form of the rubric.
    sampling
        Sampling options of all calls.
    """

    model: LanguageModel
    rubric: Rubric
    sampling: Sampling

    @property
    def name(self) -> str:
        """Name of the judge: the model, and the form of the rubric if it is not the short form."""
        return self.model.name if self.rubric == "short" else f"{self.model.name} ({self.rubric})"

    def config(self, people: int = 2) -> ModelConfig:
        """Return everything that affects verdicts, except the episode.

        Parameters
        ----------
        people
            Number of people in an episode.
        """
        return verdict_config(self.rubric, self.sampling, people)

    def prompt(self, case: EpisodeCase, order: tuple[str, ...]) -> Prompt:
        """Return the request about an episode.

        Parameters
        ----------
        case, order
            Episode, and names of all people in the order in which the judge sees them.
        """
        return self.sampling.prompt(verdict_prompt(case, order, self.rubric), VerdictParser(order).shape)

    def key(self, episode: JudgedEpisode) -> str:
        """Return a hash of everything that affects the verdict on an episode."""
        case = episode.case
        return content_key(
            episode=episode.episode_key,
            judge=self.model.name,
            endpoint=self.model.model.base_url,  # the same name at another endpoint is another judge
            config="" if case is None else fingerprint(self.config(len(case.people))),
            prompts=[] if case is None else [self.prompt(case, order).hash for order in case.orders],
        )


@dataclass(frozen=True, kw_only=True)
class FolderToJudge:
    """A run of episodes, as far as a judging needs it.

    Parameters
    ----------
    path
        Folder of the run.
    episodes
        All episodes that were played to their end.
    left_out
        Number of episodes that ended in an error.
    unreadable
        Names of damaged files of episodes.
    models
        Models that were called.
    """

    path: Path
    episodes: tuple[JudgedEpisode, ...]
    left_out: int
    unreadable: tuple[str, ...]
    models: CalledModels

    def is_valued_by(self, judge: str) -> bool:
        """Return whether a judge is also a model that valued acts in these episodes.

        Parameters
        ----------
        judge
            Name of the judge's model.
        """
        return has_valued(self.models, judge)

    def relatives(self, judge: str) -> list[str]:
        """Return the models of the agent and of the partner that have the family of a judge, with their roles.

        Parameters
        ----------
        judge
            Name of the judge's model.
        """
        return [f"{role} {name}" for role in ("agent", "partner") for name in relatives(self.models, role, judge)]


@dataclass(frozen=True, kw_only=True)
class JudgingPlan:
    """Plan of a judging.

    Parameters
    ----------
    settings
        Settings of the judging.
    folders
        Runs of episodes.
    judges
        Judges, each of which judges all runs.
    scored
        Number of runs that are not judged, because the rules of their game give exact scores.
    """

    settings: JudgingSettings
    folders: tuple[FolderToJudge, ...]
    judges: tuple[Judge, ...]
    scored: int = 0

    @property
    def parts(self) -> Iterator[tuple[FolderToJudge, Judge]]:
        """All pairs of a run and a judge, in the order of the runs."""
        return ((folder, judge) for folder in self.folders for judge in self.judges)


def plan_judging(settings: JudgingSettings, clients: Clients) -> JudgingPlan:
    """Make the plan of a judging.

    Parameters
    ----------
    settings
        Settings of the judging.
    clients
        Language models of the judging.

    Raises
    ------
    ConfigurationError
        If a model is unknown, or if a judge valued the acts of an agent in the episodes.
    DatasetError
        If a folder contains no episodes, or no episodes without scores.
    """
    if SYMBOLIC in settings.judge:
        raise ConfigurationError(f"expected a language model as judge, got {SYMBOLIC}", parameters=("judge",))
    sampling = Sampling.of(settings, temperature=settings.temperature or 0.0)
    judges = tuple(
        Judge(model=clients.model(name), rubric=settings.rubric, sampling=sampling)
        for name in dict.fromkeys(settings.judge)
    )
    clients.check()
    folders, scored = _folders(settings.folders)
    plan = JudgingPlan(settings=settings, folders=folders, judges=judges, scored=scored)
    for folder, judge in plan.parts:
        if folder.is_valued_by(judge.model.name) and not settings.allow_judge_as_value:
            raise ConfigurationError(
                f"expected a judge that valued no acts in {folder.path}, got {judge.model.name}, which valued the "
                "acts of an agent: use another judge, or set allow_judge_as_value",
                parameters=("allow_judge_as_value",),
            )
    return plan


def _folders(given: Sequence[Path]) -> tuple[tuple[FolderToJudge, ...], int]:
    """Return the runs to judge, and the number of other runs in the same folders, which have exact scores.

    Raises
    ------
    DatasetError
        If a folder contains no episodes, or only episodes of games with exact scores.
    """
    to_judge: dict[Path, FolderToJudge] = {}
    scored: set[Path] = set()
    for path in given:
        runs = [read_episode_folder(run) for run in episode_folders([path])]
        if not runs:
            raise DatasetError(f"expected a folder of episodes, as `swm agents run` writes, got {path}")
        games = [run for run in runs if _has_exact_scores(run)]
        if len(games) == len(runs):
            raise DatasetError(
                f"expected episodes that need a judge, got {games[0].path} with the scenario "
                f"{games[0].manifest.get('scenario')}: its rules give exact scores"
            )
        scored |= {game.path.resolve() for game in games}
        to_judge |= {run.path.resolve(): _folder(run) for run in runs if run not in games}
    return tuple(to_judge.values()), len(scored)


def _has_exact_scores(read: EpisodeFolder) -> bool:
    source = SCENARIOS.find(str(read.manifest.get("scenario")))
    return any(episode.scores for episode in read.episodes) or isinstance(source, GameSource)


def _folder(read: EpisodeFolder) -> FolderToJudge:
    played = [episode for episode in read.episodes if episode.is_played]
    return FolderToJudge(
        path=read.path,
        episodes=tuple(map(_episode, played)),
        left_out=len(read.episodes) - len(played),
        unreadable=tuple(name for name in read.unreadable if "/" not in name),
        models=called_models(played, read.manifest.get("settings") or {}),
    )


def _episode(episode: StoredEpisode) -> JudgedEpisode:
    judged = JudgedEpisode(
        task=episode.task,
        repeat=episode.repeat,
        person=episode.person,
        episode_key=episode.episode_key,
        case=None,
    )
    try:
        return replace(judged, case=case_of(episode))
    except ContextError as error:
        return replace(judged, problem=" ".join(str(error).split()))


def case_of(episode: StoredEpisode) -> EpisodeCase:
    """Return what a judge sees of an episode: the situation, background and goal of all people, acts and facts.

    Parameters
    ----------
    episode
        A stored episode.

    Raises
    ------
    ContextError
        If the S3AP context of the episode is damaged or has too few steps, or if a person who acts is not in the cast.
    """
    steps = SocializedContext.from_data(episode.context).socialized_context
    if len(steps) <= len(episode.turns):
        raise ContextError(f"expected a context with more than {len(episode.turns)} steps, got {len(steps)}")
    if strangers := {name for turn in episode.turns for name in turn["decisions"]} - {*episode.cast}:
        raise ContextError(f"expected acts of {', '.join(episode.cast)}, got acts of {', '.join(sorted(strangers))}")
    first = steps[0]
    moments: list[dict[str, Any]] = []
    for turn, after in zip(episode.turns, steps[1:], strict=False):
        number = turn["number"]
        moments += [_act(number, name, decision["act"]) for name, decision in turn["decisions"].items()]
        moments += [] if is_none(after.state) else [{"turn": number, "event": after.state}]
    return EpisodeCase(
        scenario="" if is_none(first.state) else first.state,
        people={name: thoughts(first.observations.get(name, "")) for name in episode.cast},
        moments=tuple(moments),
    )


def _act(turn: int, name: str, act: Mapping[str, Any]) -> dict[str, Any]:
    heard = {"only to": list(act["to"])} if act["to"] else {}
    return {"turn": turn, "name": name, "kind": act["kind"], "text": act["text"], **heard}


def kept_verdict(folder: Path, judge: Judge, episode: JudgedEpisode) -> tuple[StoredVerdict | None, bool]:
    """Return the stored verdict on an episode, and whether it is still valid and final.

    Parameters
    ----------
    folder
        Run of the episode.
    judge
        The judge.
    episode
        The episode.
    """
    known = read_verdict(verdicts_folder(folder, judge.name) / f"{file_stem(episode.index)}.json")
    is_final = known is not None and known.status in ("judged", "refused")
    return known, is_final and known is not None and known.verdict_key == judge.key(episode)


@dataclass(frozen=True, kw_only=True)
class JudgingEstimate:
    """Estimated usage of a judging.

    Parameters
    ----------
    verdicts, kept
        Number of verdicts to make, and number of verdicts that an earlier command made.
    usage
        Estimated usage by judge.
    notes
        Remarks about the judges.
    """

    verdicts: int
    kept: int
    usage: Mapping[str, Usage]
    notes: tuple[str, ...] = ()


def estimate_judging(settings: JudgingSettings) -> JudgingEstimate:
    """Return the estimated usage of a judging, without calling a model.

    Raises
    ------
    ConfigurationError, DatasetError
        If the judging would also raise this error before the first call.
    """
    with keyless():
        plan = plan_judging(settings, Clients(settings))
    usage: dict[str, Usage] = {}
    verdicts = kept = 0
    for folder, judge in plan.parts:
        for episode in folder.episodes:
            if settings.continue_mode == "continue" and kept_verdict(folder.path, judge, episode)[1]:
                kept += 1
            elif episode.case is not None:
                verdicts += 1
                made = sum((_usage(judge, episode.case, order) for order in episode.case.orders), Usage())
                usage[judge.name] = usage.get(judge.name, Usage()) + made
    return JudgingEstimate(verdicts=verdicts, kept=kept, usage=usage, notes=tuple(notes_of(plan)))


def _usage(judge: Judge, case: EpisodeCase, order: tuple[str, ...]) -> Usage:
    return judge.model.expected_usage(1, judge.prompt(case, order).tokens, REPLY_TOKENS * len(order))


def notes_of(plan: JudgingPlan) -> Iterator[str]:
    """Yield remarks about judges that may favour an agent, and about episodes that are not judged.

    Parameters
    ----------
    plan
        Plan of a judging.
    """
    if plan.scored:
        yield f"not judged because the rules give exact scores: {_counted(plan.scored, 'run')} of games"
    for folder in plan.folders:
        if folder.left_out:
            yield f"{folder.path}: not judged because of an error: {_counted(folder.left_out, 'episode')}"
        if folder.unreadable:
            yield f"{folder.path}: not judged because of damage: {_counted(len(folder.unreadable), 'file')}"
    for judge in plan.judges:
        name = judge.model.name
        related = dict.fromkeys(one for folder in plan.folders for one in folder.relatives(name))
        if related:
            yield (f"the judge {name} has the same family as {', '.join(related)}: judges may favour their own family")
        if any(folder.is_valued_by(name) for folder in plan.folders):
            yield f"the judge {name} also valued acts of an agent in these episodes"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
