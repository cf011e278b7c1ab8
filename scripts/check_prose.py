"""Measure the prose that people read: length of sentences, and words that this project does not use.

    uv run python scripts/check_prose.py                          # the whole project
    uv run python scripts/check_prose.py docs README.md           # some files or folders
    uv run python scripts/check_prose.py --sample 200 --seed 1    # sentences to read, drawn at random

It reads Markdown pages, docstrings, help texts and messages. The exit status is 1 if a sentence is too long or a
word of the list occurs. Pages under `docs/reference` that are generated repeat help and docstrings, and are left out.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
WORD_LIMIT = 35
MEDIAN_LIMIT = 16
GENERATED = (
    "docs/reference/cli.md",
    "docs/reference/modules.md",
    "docs/reference/python.md",
    "docs/reference/settings.md",
)
WORD_LISTS = (
    *("lexicon.py", "english/names.py", "symbolic/cast.py", "conversation/words.py", "scripts/check_prose.py"),
    *("s3ap/alignment.py", "variants/renaming.py", "world_model/vocabulary.py"),
)
"""In these files, strings are lists of words; only docstrings are prose."""

LEFT_OUT: dict[str, str] = {
    r"free of licen[cs]es": "MIT-licensed, or unlicensed",
    r"the way of the data": "data flow",
    r"intervals? that knows?": "confidence interval",
    r"\bshare right\b": "accuracy",
    r"\bwhose rule\b": "scorer",
    r"\bpassing faults?\b": "transient error, retry",
    r"\b(?:calls?|requests?) in flight\b": "concurrent calls",
    r"\bso many (?:calls|requests)\b": "concurrency",
    r"\bg(?:o|oes|oing|one) on (?:where|there|from|with)\b": "resume, continue",
    r"\bof several draws\b": "majority vote over k samples",
    r"\brules? (?:that )?reach\b|\bunderstands? nothing\b": "trivial baseline",
    r"\bput the questions? otherwise\b|\basked otherwise\b": "perturbation",
    r"\bapparent(?:ly)?\b": "overt observers",
    r"\bhow things stand\b": "state",
    r"\bwhat goes on in\b": "mental state",
    r"\bcan attribute to\b": "perspective of A on B",
    r"\b(?:whoever|whatever|whichever)\b": "name the thing",
    r"\bwho (?:answers|asks|does it)\b": "name the thing",
    r"\b(?:that|those|this) of (?:an?|the)\b": "name the thing",
    r"\bis told the\b|\bare told\b": "an unknown name lists the valid names",
    r"\bat it\b": "name the action",
    r"\bone's own\b|\bof our own making\b": "your own, written for this project",
    r"\bnobody (?:answers|there)\b": "no connection",
    r"\bcan be had\b": "can be reproduced, is available",
    r"\bby itself\b|\bof itself\b": "automatically",
    r"\bfor want of\b|\bfor lack of\b": "without",
    r"\bstories without end\b|\bwithout a rest\b": "unlimited; nothing is left unread",
    r"\bas it came\b|\bas they came\b": "unchanged",
    r"\bis a matter of\b": "depends on",
}
"""Phrases that are left out, each with what to write instead."""
METAPHORS = re.compile(r"\b(?:floors?|roof|house|doors?|ground)\b", re.IGNORECASE)
"""They stand for layers and packages; in stories they are themselves, so they are looked for in three pages only."""
ARCHITECTURE = ("docs/architecture.md", "CONTRIBUTING.md", "docs/dependencies.md")
RECORD = re.compile(r"\brecords?\b", re.IGNORECASE)
"""A noun here: neither a context nor a result is called so."""


@dataclass(frozen=True)
class Sentence:
    """A sentence and where it stands."""

    place: str
    kind: str
    text: str

    @property
    def words(self) -> int:
        """The number of words; a code span, a link's address and a placeholder are one word at most."""
        return len([word for word in self.text.split() if re.search(r"\w", word)])


def in_prose(text: str) -> Iterator[str]:
    """Return the sentences of a plain text."""
    flat = " ".join(text.split())
    for part in re.split(r"(?<=[.!?:])[)\"”*]*\s+(?=[A-Z`\"“\[(*])", flat):
        if len(re.findall(r"[A-Za-z]{2,}", part)) >= 3:
            yield part.strip()


def in_markdown(text: str) -> Iterator[str]:
    """Return the sentences of a page: no code blocks, tables cell by cell, list items one by one."""
    text = re.sub(r"^(```|~~~).*?^\1\s*$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"<!--.*?-->|^---\n.*?^---\n", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"`+([^`\n]|\n(?!\n))+?`+", lambda span: "`" + re.sub(r"\s+", "_", span[0].strip("`")) + "`", text)
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        bare = line.strip()
        starts = re.match(r"(?:[-*+]|\d+\.)\s+", bare)
        if not bare or bare.startswith(("#", "|", "!!!", "???", ":::", "=== ")) or starts:
            yield from in_prose(" ".join(block))
            block = [bare[starts.end() :]] if starts else []
            if bare.startswith(("#", "|")):
                for cell in bare.strip("#| ").split(" | "):
                    yield from in_prose(cell)
        else:
            block.append(bare)


def in_python(path: Path, place: str) -> Iterator[Sentence]:
    """Return the sentences of docstrings, help texts and messages in a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = {id(node) for node, _ in _docstrings(tree)}
    for docstring, text in _docstrings(tree):
        prose = re.sub(
            r"^( *)Examples\n\1-{8}\n(?:.*\n)*?(?=^\1[A-Z]\w+\n\1-{3,}$|\Z)", "", f"{text}\n", flags=re.MULTILINE
        )
        prose = re.sub(r"^( *)[\w*,. ]+\n\1-{3,}$", "", prose, flags=re.MULTILINE)
        prose = re.sub(r"^( *)(?! )[\w*, `]+(?: : .*)?\n(?=\1 {4,}\S)", "\n", prose, flags=re.MULTILINE)
        prose = re.sub(r"^\s*>>>.*$|^\s{4,}(?:swm|uv) .*$", "", prose, flags=re.MULTILINE)
        for paragraph in re.split(r"\n\s*\n|\n(?=\s*[-*] )", prose):
            for sentence in in_prose(re.sub(r"``[^`]+``|`[^`]+`", _one_word, paragraph)):
                yield Sentence(f"{place}:{docstring.lineno}", "docstring", sentence)
    documented |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in [] if place.endswith(WORD_LISTS) else ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            said = "".join(_said(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            said = node.value
        else:
            continue
        for sentence in in_prose(re.sub(r"``[^`]+``|`[^`]+`", _one_word, said)):
            if _is_text(sentence):
                yield Sentence(f"{place}:{node.lineno}", "message", sentence)


def _docstrings(tree: ast.AST) -> Iterator[tuple[ast.Constant, str]]:
    """Return docstrings, and texts below an assignment, which document it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value, node.value.value


def _said(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "X"


def _one_word(span: re.Match[str]) -> str:
    return re.sub(r"\s+", "_", span[0])


def _is_text(text: str) -> bool:
    """Return whether a string is prose: several lower-case words, no pattern and no code."""
    words = re.findall(r"(?<!\S)[a-z][a-z'’-]+(?=[\s,.:;!?]|$)", text)
    return len(words) >= 4 and not re.search(r"\(\?|\\[bswd]|\[\^|\n\s*\n.*\n\s*\n", text)


def all_sentences(places: list[Path]) -> Iterator[Sentence]:
    """Return the sentences of files and folders."""
    for place in places:
        files = [place] if place.is_file() else sorted([*place.rglob("*.md"), *place.rglob("*.py")])
        for file in files:
            name = file.resolve().relative_to(PROJECT).as_posix()
            if name in GENERATED:
                continue
            if file.suffix == ".md":
                for sentence in in_markdown(file.read_text(encoding="utf-8")):
                    yield Sentence(name, "page", sentence)
            elif file.suffix == ".py":
                yield from in_python(file, name)


def complaints(sentence: Sentence) -> Iterator[str]:
    """Return what is wrong with a sentence."""
    if sentence.words > WORD_LIMIT:
        yield f"{sentence.words} words"
    prose = re.sub(r"`[^`]*`", "", sentence.text)
    for pattern, better in LEFT_OUT.items():
        if found := re.search(pattern, prose, re.IGNORECASE):
            yield f"“{found[0]}”: write {better}"
    if sentence.place.startswith(ARCHITECTURE) and (found := METAPHORS.search(prose)):
        yield f"“{found[0]}”: write layer, package or module"
    if found := RECORD.search(prose):
        yield f"“{found[0]}”: write context, result, entry or row"


def main() -> int:
    """Print the figures and every complaint; return the exit status."""
    parser = argparse.ArgumentParser(description="Measure the prose that people read.")
    parser.add_argument("places", nargs="*", type=Path, help="Files or folders; the whole project by default.")
    parser.add_argument("--sample", type=int, default=0, help="Print this many sentences, drawn at random.")
    parser.add_argument("--all", action="store_true", help="Print every sentence.")
    parser.add_argument("--seed", type=int, default=0, help="Seed of the sample.")
    typed = parser.parse_args()
    default = [*sorted(PROJECT.glob("*.md")), PROJECT / "docs", PROJECT / "src", PROJECT / "scripts"]
    found = list(all_sentences(typed.places or default))
    if typed.sample or typed.all:
        shown = found if typed.all else random.Random(typed.seed).sample(found, typed.sample)
        for number, one in enumerate(shown, start=1):
            print(f"{number}. [{one.kind} {one.place}] {one.text}")
        return 0
    wrong = 0
    for sentence in found:
        for complaint in complaints(sentence):
            wrong += 1
            print(f"{sentence.place}: {complaint}: {sentence.text[:160]}")
    for kind in ("page", "docstring", "message"):
        if lengths := [sentence.words for sentence in found if sentence.kind == kind]:
            median = statistics.median(lengths)
            print(f"{kind}: {len(lengths)} sentences, median {median:.0f} words, longest {max(lengths)}")
    median = statistics.median([sentence.words for sentence in found]) if found else 0
    print(f"all: {len(found)} sentences, median {median:.0f} words; {wrong} complaints")
    return 1 if wrong or median > MEDIAN_LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
