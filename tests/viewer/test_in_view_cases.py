"""The rule of views in the browser: its table is what Python computes, and decides every branch of the rule."""

from __future__ import annotations

import json

from tests.viewer.in_view_cases import CONTEXTS, TABLE, table


def test_the_table_for_the_browser_is_what_python_computes() -> None:
    assert json.loads(TABLE.read_text(encoding="utf-8")) == table(), "run `python -m tests.viewer.in_view_cases`"


def test_the_table_has_both_results_for_every_kind_of_event_and_length_of_chain() -> None:
    found = set()
    lines = table()
    for line in lines:
        made, chains = line.split("|")
        for chain in chains.split(","):
            agents, seen = chain.split("=")
            kinds = [event[0] for event in made.split(",") if event]
            found |= {(kind, len(agents), result) for kind, result in zip(kinds, seen, strict=True)}
    everything = {(kind, length, result) for kind in "faupm" for length in range(4) for result in "01"}
    never = {(kind, 0, "0") for kind in "faup"} | {("m", 0, "1"), ("m", 2, "1"), ("m", 3, "1")}
    assert found == everything - never
    assert len(lines) == CONTEXTS
