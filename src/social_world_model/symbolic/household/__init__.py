"""Households: a flat in any English, a walk through it, and what the walk tells of wishes and beliefs."""

from social_world_model.symbolic.household.contexts import parse_household
from social_world_model.symbolic.household.reader import HouseholdReader

__all__ = ["HouseholdReader", "parse_household"]
