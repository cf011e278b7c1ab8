"""The parser for households.

The parser converts texts to S3AP, and infers goals and beliefs only from the S3AP context.
"""

from __future__ import annotations

from social_world_model.choices import Domain
from social_world_model.contracts import Query, Reply
from social_world_model.errors import NarrativeError
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.household.certainty import option_reply, place_reply
from social_world_model.symbolic.household.contexts import has_shape, parse_household
from social_world_model.symbolic.household.evidence import Evidence, is_walk, read_evidence
from social_world_model.symbolic.household.flat import Place
from social_world_model.symbolic.household.planning import Weighed, best, weigh
from social_world_model.symbolic.household.questions import WhereQuestion, read_option, read_where
from social_world_model.symbolic.parser import TraceEntry, in_form


class HouseholdParser:
    """Parser for the description of a flat and of a walk. The parser also answers questions about the walk."""

    domain: Domain = "household"

    def recognises(self, narrative: str) -> bool:
        """Tell whether a text describes a flat and then, under a separate heading, a walk."""
        return has_shape(narrative)

    def recognises_context(self, context: SocializedContext) -> bool:
        """Tell whether a context describes one person who only walks through a flat and opens or closes places."""
        return is_walk(context)

    def parse(self, narrative: str, guidance: str = "") -> tuple[SocializedContext, list[TraceEntry]]:
        """Convert the description of a flat and of a walk to S3AP.

        Parameters
        ----------
        narrative, guidance
            The text and the domain instructions, as for `parse_household`.
        """
        context, trace = parse_household(narrative, guidance)
        return context, list(trace)

    def answer(self, query: Query, context: SocializedContext) -> Reply:
        """Choose the option that explains the walk best, or answer a question about the place of an object.

        Parameters
        ----------
        query
            The question with its options. The narrative of the question is ignored.
        context
            The context, which is the only source of the answer.

        Raises
        ------
        NarrativeError
            If the question or an option cannot be understood, or if the question is about another person.
        ConfigurationError
            If the parser finds no room or no action in the context.
        """
        evidence = read_evidence(context, _person(query, context))
        if query.task == "foresee":
            return Reply(response=_foreseen(query, evidence), certain=False, why="This is a prediction.")
        if not query.choices:
            asked = _where(query.question)
            return place_reply(asked.thing, _places(asked, evidence), evidence, context, thought=asked.thought)
        weighed = _weighed(query, evidence)
        chosen = best(weighed)
        reply = Reply(response=in_form(chosen.hypothesis.option, query), reasoning="\n".join(map(_account, weighed)))
        return option_reply(reply, chosen, weighed, evidence, context)


def _person(query: Query, context: SocializedContext) -> str:
    """Return the person that the query is about: the first named person, or the only person of the context."""
    named = query.agent or next(iter(query.belief_chain), "")
    if named in context.agents_names:
        return named
    if named or len(context.agents_names) != 1:
        raise NarrativeError(
            f"expected a question about {' or '.join(context.agents_names) or 'an agent'}, got {named or 'no name'}",
            sentence=query.question,
        )
    return context.agents_names[0]


def _foreseen(query: Query, evidence: Evidence) -> str:
    """Return the next action of the person if a hypothesis is true: the person goes to the believed or real place."""
    supposed = read_option(query.hypothesis, query.question)
    if supposed is None:
        raise NarrativeError(
            "expected an assumption such as 'Ann has been trying to get a plate.'", sentence=query.hypothesis
        )
    wanted = f"get a {supposed.goal}" if supposed.goal else "find it"
    belief = supposed.belief or supposed.premise
    places = [evidence.flat.title(place) for place in evidence.flat.where(supposed.goal)]
    if belief is not None and belief.thing == supposed.goal:
        where = f"goes to {belief.place}" if belief.there else f"looks elsewhere than in {belief.place}"
    else:
        where = f"looks until the {' or the '.join(places)} is open" if places else "looks in one place after another"
    return f"To {wanted}, {evidence.person} {where}."


def _weighed(query: Query, evidence: Evidence) -> list[Weighed]:
    weighed = []
    for option in query.choices:
        hypothesis = read_option(option, query.question)
        if hypothesis is None:
            raise NarrativeError(
                "expected options such as 'Ann has been trying to get a plate.' or 'Ann thinks that the plate is not "
                "inside the fridge.'",
                sentence=option,
            )
        weighed.append(weigh(hypothesis, evidence))
    return weighed


def _where(question: str) -> WhereQuestion:
    asked = read_where(question)
    if asked is None:
        raise NarrativeError(
            "expected options, or a question such as 'Where is the plate?' or 'Where does Ann think the plate is?'",
            sentence=question,
        )
    return asked


def _places(asked: WhereQuestion, evidence: Evidence) -> list[Place]:
    """Return the real places of an object, or the places where the person last saw the object."""
    if not asked.thought:
        return evidence.flat.where(asked.thing)
    seen = evidence.seen_by(len(evidence.moments) - 1)
    return [place for place, things in seen.items() if asked.thing in things]


def _account(weighed: Weighed) -> str:
    """Return the reasons for and against an option, on one line."""
    reasons = "; ".join(map(str, weighed.reasons)) or "nothing speaks for it or against it"
    return f"{weighed.hypothesis.option} {weighed.score:+.1f}: {reasons}."
