"""Damage stories, chats, contexts, data files, sweeps and result folders at random, and read them in every way.

    uv run python scripts/mutate_inputs.py [--cases 5000] [--seed 0] [--keep FOLDER]

The script answers one question: does every damaged input end in a result or in an error of this package, within 5 s of
processor time and
1 GB? It prints each fault once, with the command that failed, and the exit status is 1 if there is a fault. With
`--keep`, the inputs of the faults are stored.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import resource
import shutil
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from types import FrameType

from social_world_model import SocializedContext, parse_narrative, read_chat, read_run, s3ap
from social_world_model.cli import main as swm
from social_world_model.errors import SocialWorldModelError

SECONDS = 5
MEGABYTES = 1000
STORY = (
    "Sally and Anne are in the playroom. The ball is in the basket. Sally left the playroom. Anne moved the ball to "
    "the box. Sally entered the playroom."
)
CHAT = (
    "12/1/24, 10:03 - Ann: hi, the code is 4711\n12/1/24, 10:04 - Bo added Cy\n12/1/24, 10:05 - Cy: hey\n"
    "12/1/24, 10:06 - Bo: Cy, we meet at 8 at Romanos\n12/1/24, 10:07 - Ann left\n12/1/24, 10:08 - Cy: ok, see you\n"
)
HOUSEHOLD = (
    "What's inside the apartment: The apartment has a kitchen and a hall. In the kitchen, there is a cupboard and a "
    "fridge. The cupboard holds a mug, and a lemon lies in the fridge. \nActions taken by Olga: Olga is in the hall. "
    "She walks to the kitchen, goes to the cupboard and is about to open it."
)
SWEEP = "benchmarks: [tomi, {name: hitom, limit: 2}]\nmodels: [symbolic]\nmodes: [vanilla, perspective]\n"
HOSTILE: Sequence[bytes] = [
    *(
        word.encode("utf-8", "surrogatepass")
        for word in ("\ud800", "\x00", "\x1b[2J", "\u202e", "\u2028", "²", "é", "'", '"')
    ),
    *(b"<mental_state>", b"</mental_state>", b"<same_as_last_action_99 />", b"<same_as_state />", b"[same_as_state]"),
    *(b"null", b"NaN", b"Infinity", b"-1", b"1e999", b"9" * 400, b"[]", b"{}", b"true", b"[[[[", b"}}}}", b"\\ud800"),
    *(b"\n", b"\r\n", b"\t", b": ", b",", b"*a", b"&a ", b"!!python/object:os.system ", b"..", b"/", b"%s", b"{0}"),
    *(b"a" * 300, b" " * 300, b"none", b"constructor", b"__proto__", b"=1+1", b"999999999 fridges"),
]


class SlowError(BaseException):
    """A call took too long. The base class keeps it out of `except Exception`."""


def damaged(data: bytes, dice: Random) -> bytes:
    """Return data with one to four random changes."""
    for _ in range(dice.randint(1, 4)):
        at, end = sorted((dice.randint(0, len(data)), dice.randint(0, len(data))))
        match dice.randrange(7):
            case 0:
                data = data[:at] + data[min(end, at + 40) :]
            case 1:
                data = data[:at] + dice.choice(HOSTILE) + data[at:]
            case 2:
                data = data[:at] + data[at : at + 60] + data[at:]
            case 3:
                data = data[:at]
            case 4:
                data = data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]
            case 5:
                words = data.split(b" ")
                dice.shuffle(words)
                data = b" ".join(words)
            case _:
                data = data[:at] + dice.choice(HOSTILE) + data[at + dice.randint(0, 20) :]
    return data


def typed(*words: str) -> None:
    """Run a command in this process."""
    sys.argv = ["swm", *words]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
        try:
            swm()
        except SystemExit as end:
            if end.code not in (0, 1, 2, None):
                raise RuntimeError(f"exit status {end.code}") from None
        if "Traceback" in said.getvalue():
            raise RuntimeError(f"a traceback: {said.getvalue()[-300:]}")


def text_of(path: Path) -> str:
    """Return a damaged text. Bytes that are not UTF-8 become lone surrogates, as in some exports."""
    return path.read_bytes().decode("utf-8", "surrogateescape")


def read_story(path: Path) -> None:
    """Read a text with the library: parse, answer and write the context in every form."""
    context = parse_narrative(text_of(path))[0]
    if errors := [issue for issue in s3ap.validate(context) if issue.severity == "error"]:
        raise RuntimeError(f"the symbolic model made a context with errors: {errors[0]}")
    read_context_value(context)


def read_context(path: Path) -> None:
    """Read a context with the library."""
    read_context_value(SocializedContext.from_json(path.read_text(encoding="utf-8", errors="replace")))


def read_context_value(context: SocializedContext) -> None:
    """Decode, encode and view a context."""
    s3ap.validate(context)
    decoded = s3ap.decode(context)
    if s3ap.decode(decoded) != decoded:
        raise RuntimeError("decoding twice gives another context")
    s3ap.encode(decoded)
    s3ap.events(context)
    s3ap.to_wire(context)
    context.timeline()
    for agent in context.agents_names[:3]:
        s3ap.perspective(context, [agent])
        s3ap.memory(context, agent)


def commands(words: Sequence[str]) -> Callable[[Path], None]:
    """Return a reader that runs a command with the path of the input in place of ``{}``."""

    def run(path: Path) -> None:
        typed(*(word.format(path) if word == "{}" else word for word in words))

    return run


TEXT_READERS: Sequence[tuple[str, Callable[[Path], None]]] = [
    ("library", read_story),
    ("read_chat", lambda path: void(read_chat(text_of(path)))),
    ("swm parse", commands(["parse", "{}"])),
    ("swm ask", commands(["ask", "{}", "Where will Sally look for the ball?"])),
    ("swm timeline", commands(["timeline", "{}"])),
]
CONTEXT_READERS: Sequence[tuple[str, Callable[[Path], None]]] = [
    ("library", read_context),
    ("swm validate", commands(["validate", "{}"])),
    ("swm parse", commands(["parse", "{}"])),
    ("swm perspective", commands(["perspective", "{}", "Anne"])),
]
FOLDER_READERS: Sequence[tuple[str, Callable[[Path], None]]] = [
    ("read_run", lambda path: void(read_run(path))),
    ("swm report", commands(["report", "{}"])),
    ("swm compare", commands(["compare", "{}", "{}"])),
    ("swm rescore", commands(["rescore", "{}", "--scorer", "official"])),
]


def void(_: object) -> None:
    """Ignore a value."""


def samples() -> dict[str, Path]:
    """Return the data files of the bundled samples, by benchmark."""
    from importlib.resources import files

    found = Path(str(files("social_world_model.benchmarks").joinpath("samples")))
    return {path.stem.removesuffix("_sample"): path for path in sorted(found.glob("*_sample.*"))}


def stored_run(folder: Path, benchmark: str) -> Path:
    """Make a run of the symbolic model, and return its folder."""
    typed("run", benchmark, "--mode", "perspective", "--limit", "4", "--output-dir", str(folder / benchmark))
    return next((folder / benchmark).rglob("run.json")).parent


def cases(work: Path, dice: Random) -> Callable[[], tuple[str, Path, Callable[[Path], None]]]:
    """Return a function that makes a damaged input; the function returns its kind, its path and a reader."""
    texts = [STORY, CHAT, HOUSEHOLD]
    contexts = [parse_narrative(text)[0].to_json() for text in texts]
    data = samples()
    runs = [(name, stored_run(work / "runs", name)) for name in ("tomi", "fantom", "confaide")]

    def make() -> tuple[str, Path, Callable[[Path], None]]:
        kind = dice.choice(["text", "text", "context", "context", "data", "sweep", "run", "run"])
        path = work / "input"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        if kind == "text":
            name, reader = dice.choice(TEXT_READERS)
            (path / "story.txt").write_bytes(damaged(dice.choice(texts).encode(), dice))
            return f"text, {name}", path / "story.txt", reader
        if kind == "context":
            name, reader = dice.choice(CONTEXT_READERS)
            (path / "context.json").write_bytes(damaged(dice.choice(contexts).encode(), dice))
            return f"context, {name}", path / "context.json", reader
        if kind == "data":
            name, source = dice.choice(sorted(data.items()))
            (path / source.name).write_bytes(damaged(source.read_bytes()[:20000], dice))
            words = ["run", name, "--dataset-path", "{}", "--no-save", "--limit", "3"]
            return f"data, swm run {name}", path / source.name, commands(words)
        if kind == "sweep":
            (path / "sweep.yaml").write_bytes(damaged(SWEEP.encode(), dice))
            return "sweep, swm sweep --dry-run", path / "sweep.yaml", commands(["sweep", "{}", "--dry-run"])
        benchmark, run = dice.choice(runs)
        shutil.copytree(run, path / run.name)
        files = sorted(file for file in (path / run.name).iterdir() if file.is_file())
        for file in dice.sample(files, k=min(len(files), dice.randint(1, 2))):
            file.write_bytes(damaged(file.read_bytes(), dice))
        if dice.random() < 0.2:
            (path / run.name / "unfinished.jsonl").write_bytes(dice.choice(HOSTILE) + b"\n{}\n[]\n")
        name, reader = dice.choice(FOLDER_READERS)
        return f"{benchmark} run, {name}", path / run.name, reader

    return make


def stop(signum: int, frame: FrameType | None) -> None:
    """Raise an error in the call that took too long."""
    raise SlowError


def fault(reader: Callable[[Path], None], path: Path) -> str | None:
    """Read an input; return a description of the fault, or None."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        reader(path)
    except SocialWorldModelError:
        return None
    except SlowError:
        place = traceback.extract_tb(sys.exc_info()[2])[-1]
        return f"more than {SECONDS} s in {Path(place.filename).name}:{place.lineno}"
    except BaseException as error:  # noqa: BLE001 - every other exception is a fault
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}: {str(error)[:120]!r}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return None


def main() -> int:
    """Read all cases, print the faults, and return the exit status."""
    parser = argparse.ArgumentParser(description="Read damaged inputs in every way.")
    parser.add_argument("--cases", type=int, default=5000, help="Number of inputs.")
    parser.add_argument("--seed", type=int, default=0, help="Random seed.")
    parser.add_argument("--keep", type=Path, help="Folder for the inputs of the faults.")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (4 * MEGABYTES * 1_000_000, resource.RLIM_INFINITY))
    signal.signal(signal.SIGPROF, stop)
    found: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    dice = Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        make = cases(Path(folder), dice)
        for number in range(options.cases):
            kind, path, reader = make()
            kinds[kind] += 1
            if (why := fault(reader, path)) is not None:
                found[f"{kind}: {why}"] += 1
                if options.keep is not None and found[f"{kind}: {why}"] == 1:
                    kept = options.keep / f"{number}-{path.name}"
                    options.keep.mkdir(parents=True, exist_ok=True)
                    shutil.copytree(path, kept) if path.is_dir() else shutil.copy(path, kept)
    for line, count in found.most_common():
        print(f"{count:5} {line}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"{options.cases} inputs of {len(kinds)} kinds, {sum(found.values())} faults, at most {peak:.0f} MB")
    return 1 if found or peak > MEGABYTES else 0


if __name__ == "__main__":
    sys.exit(main())
