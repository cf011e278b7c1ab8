"""Continue a context with a world model: by one step, into several futures, or after several acts of one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from social_world_model.choices import Simulate
from social_world_model.generation_utils.sync import plain_twin
from social_world_model.interaction import Act, Future, PartnerModel
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.context import SocialSimulation
from social_world_model.world_model.connection import Connected
from social_world_model.world_model.foreseeing import MAX_REPLIES, ImaginedPerson, foresee
from social_world_model.world_model.imagining import Imagination

_NEEDS_PARTNER_MODEL = (
    "pass a partner_model, play one of the games stash, errand and bargain, which have their own, or "
)


class ImaginingModel(Connected):
    """The methods of `SocialWorldModel` that imagine what happens next. They need a language model.

    Parameters
    ----------
    model_name, base_url, sampling, calls
        The same as in `SocialWorldModel`.
    """

    async def step(self, context: SocializedContext, actions: Mapping[str, str] | None = None) -> SocializedContext:
        """Return a context with actions in the last step, and a new step with a state and observations.

        Parameters
        ----------
        context
            Context without errors, with at least one step.
        actions
            Actions of some agents in the last step, by name. The model chooses all other actions.

        Raises
        ------
        ConfigurationError, UnparsableOutputError
            If this is the symbolic model or the context cannot be continued, or if no reply gave a valid context.
        """
        return await Imagination(self._ask("step")).step(context, given=actions)

    async def rollout(self, context: SocializedContext, steps: int = 3, futures: int = 4) -> SocialSimulation:
        """Return several futures of a context with different events.

        Parameters
        ----------
        context
            Context without errors, with at least one step.
        steps, futures
            Number of steps in each future, and number of futures. Both numbers must be at least 1.

        Raises
        ------
        ConfigurationError, UnparsableOutputError
            If a number is below 1, or as in `step`; or if the futures do not differ.
        """
        return await Imagination(self._ask("rollout")).rollout(context, steps, futures)

    async def foresee(
        self,
        context: SocializedContext,
        *,
        me: str,
        acts: Sequence[str | Act],
        partner: str | None = None,
        horizon: int = 1,
        simulate: Simulate = "memory",
        samples: int = 1,
        partner_model: PartnerModel | None = None,
        max_replies: int = MAX_REPLIES,
    ) -> list[Future]:
        """Return imagined futures of several acts: for each act in order, as many futures as `samples`.

        Parameters
        ----------
        context, me, acts
            Context without errors, name of the person who considers the acts, and the acts. A text is an act of the
            kind ``"action"``, such as ``"moves the ball to the box"``. The context is not changed.
        partner
            Name of the person whose replies are imagined. May be left out if the context has two people.
        horizon, samples, max_replies
            Number of replies in each future, number of futures per act, and maximum number of replies in total.
        simulate
            ``"memory"``: the partner knows what the person saw that the partner perceived. ``"omniscient"``: the
            partner knows all that the person knows.
        partner_model
            Imagines the partner; None means the language model.

        Raises
        ------
        ConfigurationError, GenerationError
            If a name, an act or a number is not valid, if the symbolic model has no partner model, or if a call failed.
        """
        return await foresee(
            partner_model or ImaginedPerson(self._ask("foresee", _NEEDS_PARTNER_MODEL)),
            context,
            me=me,
            acts=acts,
            partner=partner,
            horizon=horizon,
            simulate=simulate,
            samples=samples,
            max_replies=max_replies,
        )

    step_sync = plain_twin(step)
    rollout_sync = plain_twin(rollout)
    foresee_sync = plain_twin(foresee)
