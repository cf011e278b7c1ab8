"""Print episodes: turn by turn, and as a summary."""

from __future__ import annotations

from collections.abc import Iterator

from social_world_model.agents.loop import PlayedTurn
from social_world_model.cli.progress import told
from social_world_model.cli.usage_lines import show_stop, show_usage
from social_world_model.experiments.episodes.plan import EpisodePlan
from social_world_model.experiments.episodes.run import EpisodesResult
from social_world_model.experiments.episodes.tasks import EpisodeTask
from social_world_model.interaction import Act, Considered, Decision, Imagined
from social_world_model.reports.environments import FEWEST_ENVIRONMENTS, Level
from social_world_model.reports.episodes.summary import AgentSummary, summarize

ERRORS_SHOWN = 5


def show_begin(plan: EpisodePlan) -> None:
    """Print who plays, and the situation."""
    task = plan.tasks[0]
    state, facts = task.scenario.start(task.seed)
    briefing = task.scenario.briefing(task.person, state)
    print(f"{task.scenario.id} · seed {task.seed}")
    for seat, person in task.scenario.seats.items():
        player = plan.agent if seat == task.seat else plan.partner
        print(f"{person} ({seat}): {plan.people[seat].name if seat in plan.people else player.name}")
    if not plan.people:  # a person at the terminal reads the own briefing
        print(f"\n{briefing.scenario}")
        for fact in facts:
            if fact.text not in briefing.scenario:
                print(f"  {fact.text}")
    print(flush=True)


def show_turn(task: EpisodeTask, turn: PlayedTurn) -> None:
    """Print a turn: what the agent considered, and what happened."""
    print(f"turn {turn.number}")
    decision = turn.decisions.get(task.person)
    if decision is not None:
        for line in _considered(task.person, decision):
            print(line)
    for happening in turn.happenings:
        print(f"  {happening}")
    print(flush=True)


def _considered(person: str, decision: Decision) -> Iterator[str]:
    if decision.considered:
        yield f"  {person} considers"
    width = max((len(_of(one.act)) for one in decision.considered), default=0)
    for one in decision.considered:
        mark = "→" if one.act == decision.act else " "
        yield f"  {mark} {_value(one):>5}  {_of(one.act):{min(width, 60)}}  {_first_reply(one)}".rstrip()
    if decision.why:
        yield f"  {person} chooses: {decision.why}"


def _value(one: Considered) -> str:
    return "–" if one.value is None else f"{one.value:.1f}"


def _first_reply(one: Considered) -> str:
    """Return the first imagined reply of the first future, in words."""
    replies = one.replies[0] if one.replies else ()
    return _imagined(replies[0]) if replies else one.why


def _imagined(reply: Imagined) -> str:
    mind = f" thinks: {reply.mind.rstrip('.')};" if reply.mind else ""
    return f"{reply.by}{mind} would do: {_of(reply.act)}"


def _of(act: Act) -> str:
    return act.words or act.kind


def show_end(result: EpisodesResult, *, with_turns: bool = False) -> None:
    """Print why an episode ended, the scores, and the usage.

    Parameters
    ----------
    result
        Result of a run with one episode.
    with_turns
        Whether to print all happenings, because the turns were not shown before.
    """
    for note in result.notes:
        print(f"note: {note}")
    for episode in result.episodes:
        if result.kept:
            print("an earlier command played this episode:")
        if with_turns or result.kept:
            print()
            for turn in episode.turns:
                print(f"turn {turn['number']}: {' '.join(turn['happenings'])}")
            print()
        print(f"{'over' if episode.is_played else 'failed'}: {told(episode.why_over)}")
        for person, score in episode.scores.items():
            print(f"score of {person}: {', '.join(f'{name} {value:g}' for name, value in score.items())}")
        if episode.is_played and not episode.scores:
            print(f"no score: {_why_no_score(result.plan)}")
    _show_usage(result)


def show_run(result: EpisodesResult) -> None:
    """Print the summary of a run of episodes."""
    plan, summary = result.plan, summarize(result.episodes)
    print(" · ".join([plan.settings.scenario, plan.agent.name, f"partner {plan.partner.name}"]))
    for note in result.notes:
        print(f"note: {note}")
    print()
    for line in _in_words(summary, _why_no_score(plan)):
        print(line)
    failed = [episode for episode in result.episodes if not episode.is_played]
    for episode in failed[:ERRORS_SHOWN]:
        print(f"failed: {told(f'{episode.task}-{episode.repeat}: {episode.why_over}')}")
    if len(failed) > ERRORS_SHOWN:
        print(f"failed: … and {len(failed) - ERRORS_SHOWN} more; see why_over in the files of the episodes")
    if result.kept:
        print(f"episodes: {result.kept} reused from an earlier run, {len(result.episodes) - result.kept} new")
    _show_usage(result)
    print(f"results: {result.folder}" if result.folder is not None else "results: not saved (--no-save)")


def _why_no_score(plan: EpisodePlan) -> str:
    task = plan.tasks[0]
    state, _ = task.scenario.start(task.seed)
    is_judged = task.scenario.score(state, task.person) is None
    return "a judge must decide (swm agents judge)" if is_judged else "the game was not played to its end"


def _in_words(summary: AgentSummary, why_no_score: str) -> Iterator[str]:
    turns = "" if summary.turns is None else f", {summary.turns:.1f} turns each"
    yield f"episodes: {summary.played} played{turns}, {summary.failed} failed"
    for name, score in summary.scores.items():
        yield f"{name}: {_score(score)}"
    if summary.played and not summary.scores:
        yield f"scores: none, because {why_no_score}"
    if (forecast := summary.forecast) is not None:
        yield (
            f"forecasts: {forecast.same_kind:.0%} of {forecast.replies:,} imagined replies have the kind of the real "
            f"reply, {forecast.same_act:.0%} are the same act"
        )
    if not summary.own_turns:
        return
    yield (
        f"per own turn: {summary.calls:.1f} calls, {summary.tokens:,.0f} tokens, {summary.seconds:.2f} s, "
        f"{summary.characters:.0f} characters"
    )
    if summary.for_others:
        yield f"acts that speak for another person: {summary.for_others}"


def _score(score: Level) -> str:
    bounds = score.interval
    within = f" (95 % interval {bounds[0]:.2f} to {bounds[1]:.2f})" if bounds is not None else ""
    needed = (
        f"fewer than {FEWEST_ENVIRONMENTS} independent {'environments' if score.clusters < score.n else 'episodes'}"
    )
    why = "" if bounds is not None else f"; no interval for {needed}"
    return f"{score.mean:.2f}{within}, n {score.n}{why}"


def _show_usage(result: EpisodesResult) -> None:
    show_usage(result.usage)
    if result.stopped is not None:
        again = "run the same command to resume" if result.folder is not None else "nothing was saved"
        played = sum(episode.is_played for episode in result.episodes)
        show_stop(result.stopped, f"{played} of {len(result.plan.tasks)} episodes are played; {again}")
