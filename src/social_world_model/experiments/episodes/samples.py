"""Training samples from stored episodes: the acts of agents, and the replies that a world model should imagine."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from social_world_model.agents.prompts import PLAIN, lists_acts, text_of, values_of
from social_world_model.choices import Lesson, SampleForm, Side
from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.experiments.episodes.calls import act_data
from social_world_model.experiments.episodes.files import StoredEpisode
from social_world_model.experiments.episodes.folders import EpisodeFolder
from social_world_model.experiments.episodes.replay import Replay, ReplayedDecision, Replayer
from social_world_model.experiments.episodes.sample_files import SampleFiles
from social_world_model.files import write_whole
from social_world_model.generation_utils.model import Prompt
from social_world_model.interaction import Act
from social_world_model.s3ap.views import perspective
from social_world_model.scenarios.dimensions import with_overall
from social_world_model.world_model.foreseeing_prompts import ImaginedReply, reply_prompt

ACTS, REPLIES = "social_world_model/acts", "social_world_model/replies"
"""Names of the data sources in samples of the form ``"grpo"``."""
NO_MIND = "not recorded"
"""In place of the mind in the expected reply of a world model. Nobody recorded what the partner thought."""
TRAIN, VAL = "train", "val"
REPORT = "report.json"


@dataclass(frozen=True, kw_only=True)
class EpisodeSample:
    """A prompt and the expected reply.

    Parameters
    ----------
    prompt, reply
        Request to the model, and the expected reply in JSON.
    source
        Data source: `ACTS` or `REPLIES`.
    act
        What the person really did, as JSON data.
    person, turn
        Person who acts, and number of the turn.
    scores
        Scores of this person by dimension; empty if there are none.
    """

    prompt: str
    reply: str
    source: str
    act: Mapping[str, Any]
    person: str
    turn: int
    scores: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class SampleRules:
    """Which decisions become samples.

    Parameters
    ----------
    learn
        What a model learns from the samples.
    side
        Whose decisions are used.
    seats
        Seats of the compared agent whose episodes are used. Empty means all seats.
    at_least
        Lowest score by dimension, such as ``{"goal": 7.0}``, of the person who decides. ``overall`` is the mean of all
        seven dimensions.
    judges
        Judges whose mean scores are used; None means all judges. Scores of a game have priority.
    val_share
        Share of environments whose samples are held out for validation.
    seed
        Random seed. Another seed holds out other environments.

    Raises
    ------
    ConfigurationError
        If a value is out of range.
    """

    learn: Lesson = "act"
    side: Side = "agent"
    seats: tuple[str, ...] = ()
    at_least: Mapping[str, float] = field(default_factory=dict)
    judges: tuple[str, ...] | None = None
    val_share: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.val_share < 1:
            raise ConfigurationError(
                f"expected val_share to be at least 0 and below 1, got {self.val_share:g}", parameters=("val_share",)
            )


@dataclass
class SamplesResult:
    """Counts of written samples.

    Parameters
    ----------
    path
        Folder of the files.
    written
        Number of samples by split.
    environments
        Number of environments by split.
    episodes
        Number of episodes that gave samples.
    skipped
        Episodes that gave no samples, by reason.
    without_others
        Number of samples whose prompts lack what the person knew of other people, because the data of the scenario are
        not there.
    """

    path: Path
    written: Counter[str] = field(default_factory=Counter)
    environments: Counter[str] = field(default_factory=Counter)
    episodes: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    without_others: int = 0

    def to_json(self, form: SampleForm, rules: SampleRules) -> str:
        """Return the counts, the form and the rules as JSON text.

        Parameters
        ----------
        form, rules
            The same as in `write_samples`.
        """
        data = {
            "form": form,
            "rules": asdict(rules),
            "written": dict(self.written),
            "environments": dict(self.environments),
            "episodes": self.episodes,
            "skipped": dict(self.skipped.most_common()),
            "without_others": self.without_others,
        }
        return json.dumps(data, ensure_ascii=False, indent=1)


def write_samples(
    folders: Sequence[EpisodeFolder],
    out: Path,
    *,
    form: SampleForm = "sft",
    rules: SampleRules | None = None,
    data: Sequence[Path] = (),
) -> SamplesResult:
    """Write samples from runs of episodes to ``train`` and ``val`` files in JSON lines, and in parquet if possible.

    A sample of the lesson ``"act"`` has the prompt that the agent `plain` sends for the same observation. A sample of
    the lesson ``"reply"`` has the prompt for the imagined reply of the partner to the act that was played. No sample
    contains private texts of other people. All samples of an environment are in the same file.

    Parameters
    ----------
    folders
        Runs of episodes, with contexts.
    out
        Folder to write. Files of an earlier call are replaced.
    form
        Form of the samples.
    rules
        Which decisions become samples.
    data
        Data files of the scenarios, which say what people knew of each other.

    Raises
    ------
    ConfigurationError
        If a file cannot be written.
    DatasetError
        If a data file cannot be read, or if there is no sample for training.
    """
    chosen, replayer = rules or SampleRules(), Replayer(tuple(data))
    result = SamplesResult(out)
    environments: dict[str, str] = {}
    with SampleFiles(out, (TRAIN, VAL)) as files:
        for folder in folders:
            for episode in folder.episodes:
                split = VAL if _is_held_out(episode.environment, chosen) else TRAIN
                for sample in _samples_of(folder, episode, chosen, replayer, result):
                    files.write(split, ROWS[form](sample, episode))
                    result.written[split] += 1
                    environments[episode.environment] = split
        if not result.written[TRAIN]:  # before the temporary files are renamed
            raise DatasetError(_nothing(result))
    result.environments = Counter(environments.values())
    write_whole(out / REPORT, result.to_json(form, chosen))
    return result


def _samples_of(
    folder: EpisodeFolder, episode: StoredEpisode, rules: SampleRules, replayer: Replayer, result: SamplesResult
) -> list[EpisodeSample]:
    """Return the samples of an episode. If there are none, count the reason."""
    try:
        samples, replay = _chosen(folder, episode, rules, replayer)
        if not samples:
            raise DatasetError("no decision of these people, or no reply to it")
    except DatasetError as error:
        result.skipped[str(error)] += 1
        return []
    result.episodes += 1
    result.without_others += 0 if replay.knows_others else len(samples)
    return samples


def _chosen(
    folder: EpisodeFolder, episode: StoredEpisode, rules: SampleRules, replayer: Replayer
) -> tuple[list[EpisodeSample], Replay]:
    if not episode.is_played:
        raise DatasetError("the episode ended in an error")
    if rules.seats and episode.seat not in rules.seats:
        raise DatasetError("another seat")
    scores = {name: with_overall(some) for name, some in folder.scores(episode, rules.judges).items()}
    people = [name for name in _people(episode, rules.side) if _is_good(scores.get(name, {}), rules.at_least)]
    if not people:
        raise DatasetError("the scores are too low, or there are no scores")
    replay = replayer.replay(folder, episode)
    make = _act_samples if rules.learn == "act" else _reply_samples
    return [sample for name in people for sample in make(replay, name, scores.get(name, {}))], replay


def _people(episode: StoredEpisode, side: Side) -> list[str]:
    return [name for name in episode.cast if side == "all" or (name == episode.person) is (side == "agent")]


def _is_good(scores: Mapping[str, float], at_least: Mapping[str, float]) -> bool:
    return all(name in scores and scores[name] >= least for name, least in at_least.items())


def _act_samples(replay: Replay, me: str, scores: Mapping[str, float]) -> Iterator[EpisodeSample]:
    """Yield one sample for each decision of a person."""
    for decision in replay.decisions:
        observation, act = decision.observation, decision.act
        if observation.me != me:
            continue
        spec = PLAIN.of(observation)
        prompt = Prompt(text=text_of(spec, values_of(observation)), shape=spec.reply)
        data = act_data(act)
        reply = {"number": 1 + list(observation.available).index(act)} if lists_acts(observation) else data
        yield _sample(prompt, reply, ACTS, data, me, observation.turn, scores)


def _reply_samples(replay: Replay, me: str, scores: Mapping[str, float]) -> Iterator[EpisodeSample]:
    """Yield one sample for each decision of a person to which the partner replied."""
    if me not in replay.order or len(replay.order) < 2:
        return
    partner = replay.order[(replay.order.index(me) + 1) % len(replay.order)]
    for decision, reply in _replies(replay.decisions, me, partner):
        observation = decision.observation
        briefing = observation.briefing
        text = reply_prompt(
            perspective(decision.after, [me, partner]),
            me=me,
            by=partner,
            known=briefing.others.get(partner, ""),
            situation=briefing.scenario,
        )
        act = {"kind": reply.kind, "text": reply.text}
        expected = {"mind": NO_MIND, "act_kind": reply.kind, "act_text": reply.text, "state": ""}
        prompt = Prompt(text=text, shape=ImaginedReply)
        yield _sample(prompt, expected, REPLIES, act, me, observation.turn, scores)


def _replies(decisions: Sequence[ReplayedDecision], me: str, partner: str) -> Iterator[tuple[ReplayedDecision, Act]]:
    """Yield each decision of a person with the next act of the partner, unless the person acts again before it."""
    last: ReplayedDecision | None = None
    for decision in decisions:
        observation = decision.observation
        if observation.me == partner and last is not None and observation.turn > last.observation.turn:
            if decision.act.kind != "leave" or last.act.kind != "leave":
                yield last, decision.act
            last = None
        if observation.me == me:
            last = decision if decision.act.kind != "leave" else None


def _sample(
    prompt: Prompt,
    reply: Mapping[str, Any],
    source: str,
    act: Mapping[str, Any],
    person: str,
    turn: int,
    scores: Mapping[str, float],
) -> EpisodeSample:
    return EpisodeSample(
        prompt=prompt.whole_text,
        reply=json.dumps(reply, ensure_ascii=False),
        source=source,
        act=act,
        person=person,
        turn=turn,
        scores=scores,
    )


def sft_row(sample: EpisodeSample, episode: StoredEpisode) -> dict[str, Any]:
    """Return a sample in the format of supervised training with verl, TRL and Together.

    Parameters
    ----------
    sample, episode
        The sample, and its episode.
    """
    return {"messages": [{"role": "user", "content": sample.prompt}, {"role": "assistant", "content": sample.reply}]}


def grpo_row(sample: EpisodeSample, episode: StoredEpisode) -> dict[str, Any]:
    """Return a sample in the format of reinforcement learning with verl and TRL; see `training.episode_reward`.

    Parameters
    ----------
    sample, episode
        The sample, and its episode.
    """
    truth = {"reply": json.loads(sample.reply), "act": sample.act, "scores": sample.scores}
    return {
        "data_source": sample.source,
        "prompt": [{"role": "user", "content": sample.prompt}],
        "reward_model": {"style": "rule", "ground_truth": json.dumps(truth, ensure_ascii=False)},
        "extra_info": {
            "environment": episode.environment,
            "task": episode.task,
            "repeat": episode.repeat,
            "seed": episode.seed,
            "person": sample.person,
            "turn": sample.turn,
        },
    }


ROWS = {"sft": sft_row, "grpo": grpo_row}


def _is_held_out(environment: str, rules: SampleRules) -> bool:
    """Return whether an environment is held out. A hash of environment and seed decides."""
    digest = hashlib.sha256(f"{rules.seed}\x00{environment}".encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") < rules.val_share * 2**64


def _nothing(result: SamplesResult) -> str:
    why = [f"{count} × {reason}" for reason, count in result.skipped.most_common()]
    if result.written[VAL]:
        why.append(f"{result.written[VAL]} samples are held out: use another seed, or hold out fewer environments")
    return f"expected at least one sample for training, got none: {'; '.join(why) or 'no episodes'}"
