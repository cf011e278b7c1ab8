"""Households: descriptions of a flat and of a walk, and the goals and beliefs that explain the walk.

The parser reads many English wordings for rooms, furniture and contents, and for walking, opening and closing. The
parser lists the sentences that it cannot parse completely. The parser does not guess actions or places from the
unparsed words.
"""

from social_world_model.symbolic.household.contexts import parse_household
from social_world_model.symbolic.household.parser import HouseholdParser

__all__ = ["HouseholdParser", "parse_household"]
