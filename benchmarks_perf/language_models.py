"""Measure the efficiency of runs with language models, against a local server that knows the answers.

    uv run python -m benchmarks_perf.language_models [--only NAME]

Prints a table of shares and counts. All measurements take about five minutes. The 200 rows of ToMi are read from the
folder in the environment variable SWM_DATA. If SWM_DATA is not set, the rows are generated. `greedy` is the makespan of
an ideal scheduler with the same latencies in the same order. The ideal scheduler starts the next call as soon as a call
ends, and starts answers before parses. `efficiency = greedy / (last response - first request)`, by the clock of the
server.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.server import FaultServer

from social_world_model.data.reading import read_file
from social_world_model.experiments.stories import write_stories

PROJECT = Path(__file__).parents[1]
ROWS = 200
REQUESTS = 1000
QUESTIONS = 6  # per generated story
CHARS_PER_TOKEN = 4
NORMAL, HEAVY = "lognormal:0.3:0.6", "heavy"
MEMORY = Path("/dev/shm")
"""Folder for results, if this folder exists. On ext4, creating files is slow for minutes after many files were
deleted."""
SWM = [sys.executable, "-c", "from social_world_model.cli import main; main()", "run", "tomi"]


@dataclass(frozen=True)
class Call:
    """A call in the log of the server. Times are in seconds, by the clock of the server."""

    kind: str
    row: str
    arrived: float
    answered: float
    latency: float
    prompt_chars: int


@dataclass(frozen=True)
class Line:
    """A line of the table.

    Parameters
    ----------
    name
        Name of the measurement, for the option `--only`.
    says
        Description of the measurement.
    bound
        Smallest allowed value. If `most` is true, it is the largest allowed value.
    measure
        Function that receives an empty folder, and returns the measured value and a remark.
    """

    name: str
    says: str
    bound: float
    measure: Callable[[Path], tuple[float, str]]
    most: bool = False

    def kept(self, figure: float) -> bool:
        """Return whether a value is within the bound."""
        return figure <= self.bound if self.most else figure >= self.bound


@contextmanager
def server(rows: Path, latency: str, seed: int) -> Iterator[str]:
    """Run the server in a separate process; yield its base URL."""
    command = [sys.executable, "-m", "tests.server", "--rows", str(rows), "--latency", latency, "--seed", str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def logged(url: str) -> list[Call]:
    """Return the log of the server."""
    with urlopen(url.replace("/v1", "/log")) as reply:
        entries = json.load(reply)
    assert entries and all(entry["status"] == 200 for entry in entries), "the server did not answer every request"
    return [Call(**{name: entry[name] for name in Call.__dataclass_fields__}) for entry in entries]


def run(url: str, rows: Path, mode: str, in_flight: int) -> None:
    """Run `swm run` as users do, including writing the results."""
    oracle = f"custom/oracle@{url}"
    models = ["--context-model", oracle, *([] if mode.startswith("generate") else ["--model-name", oracle])]
    options = ["--mode", mode, "--batch-size", str(in_flight), "--dataset-path", str(rows)]
    out = tempfile.mkdtemp(dir=rows.parent)
    done = subprocess.run([*SWM, *models, *options, "--output-dir", out], cwd=PROJECT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"the run failed:\n{done.stdout}{done.stderr}")


def calls_of(rows: Path, mode: str, in_flight: int, latency: str = "zero", seed: int = 0) -> list[Call]:
    """Return the calls of a run against a new server."""
    with server(rows, latency, seed) as url:
        run(url, rows, mode, in_flight)
        return logged(url)


def tomi_rows(folder: Path) -> Path:
    """Write 200 questions, each about a different story."""
    if data := os.environ.get("SWM_DATA"):
        read = read_file(Path(data) / "tomi" / "rephrased_tomi_test_600.csv").rows[:ROWS]
        return written(folder, [dict(row) for row in read if isinstance(row, dict)])
    numbered = generated(folder, ROWS)
    return written(folder, [row for number, row in numbered if number % QUESTIONS == number // QUESTIONS % QUESTIONS])


def generated(folder: Path, stories: int) -> list[tuple[int, dict[str, Any]]]:
    """Return the numbered questions of generated stories, six consecutive questions per story."""
    write_stories("tomi", stories, 0, folder / "stories.jsonl")
    lines = (folder / "stories.jsonl").read_text(encoding="utf-8").splitlines()
    return [(number, json.loads(line)) for number, line in enumerate(lines)]


def written(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Write rows to a file for the command and the server."""
    path = folder / "rows.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def greedy(questions: Iterable[Sequence[float]], in_flight: int) -> float:
    """Return the makespan of a greedy scheduler that never waits.

    Parameters
    ----------
    questions
        For each question, in order, the latencies of its calls. A call starts after the previous call of its question
        has ended. Such a call has priority over calls of new questions.
    in_flight
        Number of concurrent calls.
    """
    fresh, begun = deque(enumerate(questions)), deque[tuple[int, Sequence[float]]]()
    running: list[tuple[float, int, Sequence[float]]] = []
    now = 0.0
    while True:
        while len(running) < in_flight and (begun or fresh):
            number, left = (begun or fresh).popleft()
            heapq.heappush(running, (now + left[0], number, left[1:]))
        if not running:
            return now
        now, number, left = heapq.heappop(running)
        if left:
            begun.append((number, left))


def efficiency(mode: str, latency: str, in_flight: int, passes: int, folder: Path) -> tuple[float, str]:
    """Return the median efficiency over several random draws of latencies."""
    rows = tomi_rows(folder)
    shares = []
    for seed in range(passes):
        calls = calls_of(rows, mode, in_flight, latency, seed)
        questions: dict[str, list[Call]] = {}
        for call in calls:
            questions.setdefault(call.row, []).append(call)
        kinds = {tuple(call.kind for call in of_one) for of_one in questions.values()}
        assert kinds in ({("answer",)}, {("parse", "answer")}), (
            f"expected the same calls for each question, got {kinds}"
        )
        assert len(questions) == ROWS, f"expected calls for {ROWS} questions, got calls for {len(questions)}"
        latencies = ([call.latency for call in of_one] for of_one in questions.values())
        shares.append(greedy(latencies, in_flight) / seconds(calls))
    return statistics.median(shares), " ".join(f"{share:.3f}" for share in shares) if passes > 1 else ""


def seconds(calls: Sequence[Call]) -> float:
    """Return the time from the first request to the last response."""
    return max(call.answered for call in calls) - min(call.arrived for call in calls)


def beside_bare(
    in_flight: int, transport: str, latency: str, requests: int, passes: int, folder: Path
) -> tuple[float, str]:
    """Return the time of the bare SDK for some questions, divided by our time for the same requests.

    Runs of both kinds alternate, because other programs may use the machine. The server draws the same latencies for
    both.
    """
    rows = written(folder, [row for _, row in generated(folder, -(-requests // QUESTIONS))[:requests]])
    bodies = folder / "bodies.jsonl"
    with FaultServer([json.loads(line) for line in rows.read_text(encoding="utf-8").splitlines()]) as recorder:
        run(recorder.base_url, rows, "vanilla", in_flight)
        bodies.write_text("".join(f"{json.dumps(entry.body)}\n" for entry in recorder.log), encoding="utf-8")
    bare_sdk = [sys.executable, str(Path(__file__).with_name("bare_sdk.py"))]
    times: list[tuple[float, float]] = []
    for seed in range(passes):
        ours = calls_of(rows, "vanilla", in_flight, latency, seed)
        with server(rows, latency, seed) as url:
            subprocess.run([*bare_sdk, url, str(bodies), str(in_flight), transport], check=True)
            bare = logged(url)
        assert len(ours) == len(bare) == requests, f"expected {requests} requests, got {len(ours)} and {len(bare)}"
        times.append((seconds(ours), seconds(bare)))
    told = ", ".join(f"{requests / ours:.0f} of {requests / bare:.0f}" for ours, bare in times)
    return statistics.median(bare / ours for ours, bare in times), f"{told} per second"


def prompt_tokens(folder: Path) -> tuple[float, str]:
    """Return the number of prompt tokens per question in a mode with contexts, for both calls together."""
    calls = calls_of(tomi_rows(folder), "socialized_context", 50)
    shares = {
        kind: sum(call.prompt_chars for call in calls if call.kind == kind) / ROWS / CHARS_PER_TOKEN
        for kind in ("parse", "answer")
    }
    return sum(shares.values()), ", ".join(f"{share:.0f} for the {kind}" for kind, share in shares.items())


def requests_per_story(folder: Path) -> tuple[float, str]:
    """Return the number of requests per story in the mode that only makes contexts."""
    calls = calls_of(tomi_rows(folder), "generate_socialized_context", 50)
    return len(calls) / ROWS, f"{len(calls)} for {ROWS}"


def parses(folder: Path) -> tuple[float, str]:
    """Return the number of parses for 20 stories with five questions each."""
    rows = written(folder, [row for number, row in generated(folder, 20) if number % QUESTIONS < 5])
    kinds = Counter(call.kind for call in calls_of(rows, "socialized_context", 8, "constant:0.02"))
    return kinds["parse"], f"{kinds['answer']} answers"


LINES = (
    Line("vanilla-8", "efficiency, vanilla, 8 concurrent calls", 0.95, partial(efficiency, "vanilla", NORMAL, 8, 3)),
    Line("vanilla-50", "efficiency, vanilla, 50 concurrent calls", 0.92, partial(efficiency, "vanilla", NORMAL, 50, 5)),
    Line("heavy-8", "efficiency, heavy tail, 8 concurrent calls", 0.97, partial(efficiency, "vanilla", HEAVY, 8, 1)),
    Line("heavy-50", "efficiency, heavy tail, 50 concurrent calls", 0.93, partial(efficiency, "vanilla", HEAVY, 50, 1)),
    Line(
        "contexts-8",
        "efficiency, socialized_context, 8 concurrent calls",
        0.95,
        partial(efficiency, "socialized_context", NORMAL, 8, 1),
    ),
    Line(
        "contexts-50",
        "efficiency, socialized_context, 50 concurrent calls",
        0.90,
        partial(efficiency, "socialized_context", NORMAL, 50, 5),
    ),
    Line(
        "bare-200",
        "time of the bare SDK (aiohttp) / our time, 200 concurrent calls",
        0.85,
        partial(beside_bare, 200, "aiohttp", NORMAL, ROWS, 5),
    ),
    Line(
        "throughput",
        "requests per second at zero latency / bare SDK",
        0.8,
        partial(beside_bare, 50, "httpx", "zero", REQUESTS, 9),
    ),
    Line(
        "aiohttp",
        "requests per second at zero latency / bare SDK (aiohttp)",
        0.65,
        partial(beside_bare, 50, "aiohttp", "zero", REQUESTS, 9),
    ),
    Line("tokens", "prompt tokens per socialized_context question", 1700, prompt_tokens, most=True),
    Line("requests", "requests per story, generate_socialized_context", 1, requests_per_story, most=True),
    Line("parses", "parses for 20 stories with 5 questions each", 20, parses, most=True),
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--only", choices=[line.name for line in LINES])
    only = arguments.parse_args().only
    failed = False
    print(f"{'':12} {'':64} {'bound':>10} {'measured':>9}  ok")
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        for line in LINES:
            if only in (None, line.name):
                figure, how = line.measure(Path(tempfile.mkdtemp(dir=folder)))
                failed |= not line.kept(figure)
                bound = f"{'<=' if line.most else '>='} {line.bound:g}"
                ok = "yes" if line.kept(figure) else "NO"
                print(f"{line.name:12} {line.says:64} {bound:>10} {figure:>9.4g}  {ok:3} {how}", flush=True)
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
