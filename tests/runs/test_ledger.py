from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_world_model.runs.ledger import FILE_NAME, Ledger, Recorded, read_ledger
from social_world_model.usage import INTERRUPTED, NO_USAGE, Usage

PROMPT = Usage(requests=1, input_tokens=9, cost=0.5)
REPLY = Usage(requests=1, input_tokens=10, output_tokens=2, cost=1.0)


def opened(folder: Path, before: Recorded | None = None) -> Ledger:
    ledger = Ledger(folder)
    ledger.open(before or Recorded())
    return ledger


def recorded(folder: Path) -> Recorded:
    found = read_ledger(folder)
    assert found is not None
    assert found[1] == 0, "no line is damaged"
    return found[0]


def test_a_request_without_a_reply_counts_with_its_prompt(tmp_path: Path) -> None:
    killed = opened(tmp_path)
    killed.ended(killed.sent("answer", PROMPT), "answer", REPLY)
    killed.ended(killed.sent("answer", PROMPT), "answer", NO_USAGE)  # the endpoint refused the request
    killed.sent("context", PROMPT)
    assert recorded(tmp_path).usage == {"answer": REPLY, INTERRUPTED: PROMPT}
    killed.close(finished=False)


def test_usage_adds_up_over_any_number_of_kills(tmp_path: Path) -> None:
    before = Recorded(usage={"judge": REPLY}, charged={"": PROMPT})
    for kills in range(1, 4):
        ledger = opened(tmp_path, before)
        ledger.sent("answer", PROMPT)
        ledger.ended(ledger.sent("answer", PROMPT), "answer", REPLY)
        ledger.charge(f"context {kills}", PROMPT)
        ledger.close(finished=False)
        before = recorded(tmp_path)
    assert before.usage["answer"].requests == before.usage[INTERRUPTED].requests == 3
    assert before.usage["judge"] == REPLY
    assert before.shared_contexts == Usage(requests=4, input_tokens=36, cost=2.0)
    assert set(before.charged) == {"", "context 1", "context 2", "context 3"}


def test_a_finished_run_keeps_no_ledger(tmp_path: Path) -> None:
    opened(tmp_path).close(finished=True)
    assert read_ledger(tmp_path) is None


DAMAGED = st.one_of(
    st.text().map(json.dumps),
    st.dictionaries(
        st.sampled_from(["role", "usage", "call", "context", "expected"]),
        st.one_of(st.none(), st.text(), st.integers(), st.lists(st.integers()), st.just({"requests": -1})),
    ).map(json.dumps),
    st.text(alphabet='{["x:,\\'),
).filter(lambda line: line.strip() != "")


@settings(max_examples=100)
@given(lines=st.lists(DAMAGED))
def test_damaged_lines_are_counted_and_no_other_line_is_lost(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    ledger = opened(folder)
    ledger.add("answer", REPLY)
    ledger.close(finished=False)
    with (folder / FILE_NAME).open("a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))
    found = read_ledger(folder)
    assert found is not None
    assert found[0].usage["answer"] == REPLY
    assert found[1] == len(lines)
