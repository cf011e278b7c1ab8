"""Count the input and output tokens of a ToMi question in mode `socialized_context`: one parse and one answer.

    SWM_DATA=FOLDER uv run python benchmarks_perf/question_tokens.py

A token is four characters. The input is everything that a request contains: the prompt, and the JSON schema next to
the prompt. The parse is the context of the symbolic model. The reply to the question is not counted. FOLDER contains
the data sets. Without SWM_DATA, the bundled sample is used.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from statistics import fmean

from social_world_model.benchmarks import get_benchmark
from social_world_model.choices import Form, Wire
from social_world_model.contracts import Item
from social_world_model.generation_utils import Calls, model_by_name
from social_world_model.generation_utils.answerer import LanguageModelAnswerer
from social_world_model.generation_utils.model import CHARS_PER_TOKEN, Prompt
from social_world_model.generation_utils.output_parsers import schema_of
from social_world_model.modes.base import query_of
from social_world_model.symbolic import parse_narrative
from social_world_model.world_model import LanguageModelParser
from social_world_model.world_model.parsing import wire_text

FILE = "tomi/rephrased_tomi_test_600.csv"
VARIANTS: tuple[tuple[Wire, Form], ...] = (
    ("standard", "json"),
    ("standard", "compact"),
    ("compact", "json"),
    ("compact", "compact"),
)


def sent(prompt: Prompt) -> float:
    """Return the number of tokens of a request to an endpoint with native schemas."""
    schema = "" if prompt.shape is None else json.dumps(schema_of(prompt.shape), separators=(",", ":"))
    return (len(prompt.whole_text) + len(schema)) / CHARS_PER_TOKEN


def main() -> None:
    folder = os.environ.get("SWM_DATA")
    benchmark = get_benchmark("tomi")
    items = [row for row in benchmark.load(Path(folder) / FILE if folder else None).rows if isinstance(row, Item)]
    model = model_by_name("custom/any@http://localhost:1/v1")
    answerer = LanguageModelAnswerer(model, Calls())
    print(f"{len(items)} questions")
    print(f"{'wire':<10}{'context form':<14}{'parse':>7}{'answer':>8}{'both':>7}{'context written':>17}")
    for wire, form in VARIANTS:
        parser = LanguageModelParser(model, Calls(), wire=wire)
        parses, answers, replies = [], [], []
        for item in items:
            context, _ = parse_narrative(item.narrative)
            context = context.model_copy(update={"context_manual": benchmark.guidance})
            query = replace(
                query_of(item),
                narrative=item.narrative,
                context=context,
                form=form,
                guidance=benchmark.guidance,
                prompt_parts=benchmark.prompt_parts,
            )
            parses.append(sent(parser.prompt(item.narrative, benchmark.guidance)))
            answers.append(sent(answerer.prompt(query)))
            replies.append(len(wire_text(context, wire)) / CHARS_PER_TOKEN)
        both = fmean(parses) + fmean(answers)
        print(f"{wire:<10}{form:<14}{fmean(parses):>7.0f}{fmean(answers):>8.0f}{both:>7.0f}{fmean(replies):>17.0f}")


if __name__ == "__main__":
    main()
