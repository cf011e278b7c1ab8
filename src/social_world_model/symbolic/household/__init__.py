"""Households: the description of a flat, a walk through it, and what the walk tells of wishes and beliefs.

Read is the English of rooms, furniture and contents, of going, opening and closing, in many wordings; what of a
sentence is not understood is named, and no act or place is guessed from it.
"""

from social_world_model.symbolic.household.contexts import parse_household
from social_world_model.symbolic.household.parser import HouseholdParser

__all__ = ["HouseholdParser", "parse_household"]
