"""Agents that play scenarios: language models, foresight on a social world model, rules, and people."""
