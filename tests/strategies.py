"""All hypothesis strategies in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from social_world_model.s3ap import SocializedContext, SocializedStructure

law = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Settings of a law that draws whole contexts: fast, and never timed."""

HOSTILE_NAMES = [
    "Ann",
    "Anna",
    "Ann: the elder",
    "Ann Lee",
    "Lee",
    "Dr. Lee",
    "Roland and Smith",
    "Roland",
    "Zoë Ångström",
    'Al "Ace" Ace',
    "O'Neil",
    r"back\1slash\g<0>",
    "{name}",
    "[bold]red[/bold]",
    "a.*b",
    "(group",
    "100%",
    "$^",
    "none of them",
    "<b>",
    "李 明",
]
"""Names that colons, patterns, templates, markup and one another could be mistaken in."""

PLAIN_NAMES = [name for name in HOSTILE_NAMES if name not in ("[bold]red[/bold]", "$^")]

_SPECIALS = " \n\t.:;,'\"\\{}()[]<>*+?|^$#&%@/_-…“”éß李😀"
_FRAGMENTS = [
    "The ball is in the basket.",
    "It is dark",
    'She says "Hi. Come in."',
    "none",
    "None.",
    r"\1 \g<0> \\",
    "{question} {0} %s",
    "[bold]loud[/bold] <script>alert(1)</script>",
    "a.*b (c|d)+ [e]",
    "Ann: the elder",
    "line\nbreak\n\nand more",
    "Dr. Lee, e.g., nods!",
    "not a tag: same as state",
    "< unclosed",
]

words = st.one_of(st.sampled_from(_FRAGMENTS), st.text(alphabet=_SPECIALS + "abcXYZ019", max_size=12))
"""Texts without tags."""

hostile_casts = st.lists(st.sampled_from(HOSTILE_NAMES), min_size=1, max_size=4, unique=True)
"""Casts whose names a careless reader takes for one another."""

SECRET = "SECRET"


def secret_of(agent: int) -> str:
    """Return the word that every thought of the agent with this index holds, and nothing else does."""
    return f"{SECRET}{agent}Q"


NARRATORS_SECRET = f"{SECRET}NARRATOR"


@st.composite
def tag(draw: st.DrawFn, *parts: str) -> str:
    """Spell a tag in one of the ways in circulation: ``tag("same", "as", "state")``."""
    gap = draw(st.sampled_from(["_", "_", " ", "", "  "]))
    opening, closing = draw(st.sampled_from([("<", ">"), ("<", ">"), ("[", "]")]))
    end = draw(st.sampled_from([" /", "/", "", " / "]))
    inner = draw(st.sampled_from(["", " "])) + gap.join(parts) + end
    change = draw(st.sampled_from([str.lower, str.lower, str.upper, str.title]))
    return opening + change(inner) + closing


@st.composite
def thought(draw: st.DrawFn, secret: str) -> str:
    """Spell a mental state that holds a word found nowhere else."""
    opening = draw(st.sampled_from(["<mental_state>", "<mental state>", "< MENTAL_STATE >"]))
    closing = draw(st.sampled_from(["</mental_state>", "</mental state>", "< / Mental_State >"]))
    return f"{opening}{secret} {draw(words)}{closing}"


@dataclass
class _Plan:
    """What the steps drawn so far allow the next to refer to."""

    cast: list[str]
    actors: list[int] = field(default_factory=list)  # of the nearest earlier step with acts

    def last_actions(self) -> st.SearchStrategy[str]:
        if not self.actors:
            return st.nothing()
        one = st.sampled_from(self.actors).flatmap(lambda index: tag("same", "as", "last", "action", str(index)))
        return st.one_of(tag("same", "as", "last", "action"), one)


@st.composite
def contexts(draw: st.DrawFn, casts: st.SearchStrategy[list[str]] = hostile_casts) -> SocializedContext:
    """Valid contexts: every tag in every spelling, thoughts marked by `secret_of`, hostile texts."""
    plan = _Plan(draw(casts))
    count = draw(st.integers(0, 4))
    timesteps = draw(st.lists(st.text(alphabet="0123456789.[]ab", max_size=3), min_size=count, max_size=count,
                              unique=True))  # fmt: skip
    refers_back = [False, *(draw(st.booleans()) for _ in timesteps)]
    steps = []
    for position, timestep in enumerate(timesteps):
        state = draw(_states(plan, refers_back=refers_back[position]))
        observations = draw(_observations(plan, may_look_ahead=position + 1 < count and not refers_back[position + 1]))
        actions, actors = draw(_actions(plan, may_look_ahead=position + 1 < count and not refers_back[position + 1]))
        plan.actors = actors or plan.actors
        steps.append(SocializedStructure(timestep=timestep, state=state, observations=observations, actions=actions))
    return SocializedContext(agents_names=plan.cast, socialized_context=steps)


@st.composite
def _states(draw: st.DrawFn, plan: _Plan, *, refers_back: bool) -> str:
    pieces = [words, thought(NARRATORS_SECRET)]
    if refers_back and plan.actors:
        pieces += [plan.last_actions()]
    return " ".join(draw(st.lists(st.one_of(pieces), max_size=3)))


@st.composite
def _observations(draw: st.DrawFn, plan: _Plan, *, may_look_ahead: bool) -> dict[str, str]:
    told: dict[str, str] = {}
    for index, name in enumerate(plan.cast):
        pieces = [words, tag("same", "as", "state"), tag("unknown"), thought(secret_of(index))]
        if plan.actors:
            pieces += [plan.last_actions()]
        if may_look_ahead:
            pieces += [tag("same", "as", "next", "state")]
        told[name] = " ".join(draw(st.lists(st.one_of(pieces), max_size=3))) or "none"
    return told


@st.composite
def _actions(draw: st.DrawFn, plan: _Plan, *, may_look_ahead: bool) -> tuple[dict[str, str], list[int]]:
    done: dict[str, str] = {}
    actors: list[int] = []
    for index, name in enumerate(plan.cast):
        pieces = [words, thought(secret_of(index))]
        if may_look_ahead:
            pieces += [tag("same", "as", "next", "state")]
        if draw(st.booleans()):
            verb = draw(st.sampled_from(["moves the ball", "says: hello", f"{name} leaves the room."]))
            done[name] = " ".join([verb, *draw(st.lists(st.one_of(pieces), max_size=2))])
            actors.append(index)
        else:
            done[name] = " ".join(["none", *draw(st.lists(thought(secret_of(index)), max_size=1))])
    return done, actors


@st.composite
def chains(draw: st.DrawFn, context: SocializedContext) -> list[str]:
    """Chains of agents of a context, up to four deep, repetitions included."""
    return draw(st.lists(st.sampled_from(context.agents_names), min_size=1, max_size=4))


@st.composite
def word_for_word_contexts(draw: st.DrawFn) -> SocializedContext:
    """Valid contexts in which every fact and act is one sentence, unlike any other, and told word for word."""
    cast = draw(st.lists(st.sampled_from(PLAIN_NAMES), min_size=1, max_size=4, unique=True))
    numbers = iter(range(1000))
    last: list[str] = []
    steps = []
    for position in range(draw(st.integers(1, 4))):
        facts = [f"Thing{next(numbers)} is in place{next(numbers)}." for _ in range(draw(st.integers(0, 3)))]
        observations = {}
        for index, name in enumerate(cast):
            seen = draw(st.lists(st.sampled_from(facts + last), unique=True)) if facts + last else []
            told = [text if text.endswith(".") else f"{text}." for text in seen]
            told += draw(st.sampled_from([[], [f"Only{next(numbers)} hears noise{next(numbers)}."]]))
            told += draw(st.sampled_from([[], [f"<mental_state>{secret_of(index)}</mental_state>"]]))
            observations[name] = " ".join(told) or "none"
        acts = {name: f"turns wheel{next(numbers)}" for name in cast if draw(st.booleans())}
        steps.append(
            SocializedStructure(
                timestep=str(position),
                state=" ".join(facts) or "none",
                observations=observations,
                actions={name: acts.get(name, "none") for name in cast},
            )
        )
        last = [f"{name} {act}" for name, act in acts.items()] or last
    return SocializedContext(agents_names=cast, socialized_context=steps)


_any_text = st.one_of(
    words,
    tag("same", "as", "state"),
    tag("same", "as", "next", "state"),
    tag("same", "as", "last", "action"),
    tag("same", "as", "last", "action", "7"),
    tag("unknown"),
    thought("x"),
    st.sampled_from(["<mental_state>open", "shut</mental_state>", "<same_as_last_action_x />", "<same_as_state"]),
)
_any_texts = st.lists(_any_text, max_size=3).map(" ".join)
_any_names = st.one_of(st.sampled_from(["", " ", "Ann", "Anna"]), st.sampled_from(HOSTILE_NAMES))


@st.composite
def shaped_contexts(draw: st.DrawFn) -> SocializedContext:
    """Contexts that have the shape and nothing else: any cast, any entries, dangling and broken tags."""
    entries = st.dictionaries(_any_names, _any_texts, max_size=3)
    steps = st.builds(
        SocializedStructure,
        timestep=st.sampled_from(["", "1", "2"]),
        state=_any_texts,
        observations=entries,
        actions=entries,
    )
    return SocializedContext(
        agents_names=draw(st.lists(_any_names, max_size=3)), socialized_context=draw(st.lists(steps, max_size=4))
    )


json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)
"""Anything that JSON can hold."""


@st.composite
def nearly_contexts(draw: st.DrawFn) -> Any:
    """Data with the fields of a context and anything in them."""
    anything = json_values
    entries = st.one_of(anything, st.lists(st.sampled_from(["Ann: waves", "waves", "Bob: x"]), max_size=2))
    step = st.fixed_dictionaries(
        {}, optional={"timestep": anything, "state": anything, "observations": entries, "actions": entries}
    )
    return draw(
        st.fixed_dictionaries(
            {},
            optional={
                "agents_names": st.one_of(anything, st.lists(st.sampled_from(["Ann", "Bob", ""]), max_size=2)),
                "socialized_context": st.one_of(anything, st.lists(st.one_of(step, anything), max_size=2)),
                "context_manual": anything,
            },
        )
    )
