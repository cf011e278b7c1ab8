"""Games of OpenSpiel as scenarios, in words (extra ``games``). There is one module per game."""
