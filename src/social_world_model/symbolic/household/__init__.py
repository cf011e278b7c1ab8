"""Households: the description of a flat, a walk through it, and the goals and beliefs that explain the walk.

The parser reads many English wordings for rooms, furniture and contents, and for walking, opening and closing. It
lists the sentences that it cannot parse in full. It does not guess acts or places from the unparsed words.
"""

from social_world_model.symbolic.household.contexts import parse_household
from social_world_model.symbolic.household.parser import HouseholdParser

__all__ = ["HouseholdParser", "parse_household"]
