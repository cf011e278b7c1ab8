"""Parse held-out stories with a checkpoint and transformers, as a user of the checkpoint would.

Decoding is guided by a schema with the agents of the story. Even a model that has learned little therefore writes a
context. The script writes the gold contexts and the contexts of the model into two folders of results, for the
evaluation of contexts::

    python scripts/parse_held_out.py CHECKPOINT VAL.parquet OUT [NUMBER]

Requires transformers, pyarrow and xgrammar.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

NUMBER = 5
TEXT = r'[^"\\<]'
SEEN = "(<same_as_last_action />)?( ?<same_as_state />)?"
THOUGHT = f"( ?<mental_state>{TEXT}{{1,60}}</mental_state>)?"
LONGEST = 120
"""Largest number of characters of an entry. Xgrammar accepts no larger number. A state can have twice as many
characters."""
MOST_MOMENTS = 9
MORE = 1.25
"""Largest number of tokens of a reply, as a multiple of the number of tokens of the gold reply."""


def main() -> None:
    """Parse the first stories of a file."""
    checkpoint, val, out = map(Path, sys.argv[1:4])
    number = int(sys.argv[4]) if len(sys.argv) > 4 else NUMBER
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModelForCausalLM.from_pretrained(checkpoint)
    begun, tokens, valid, same = time.monotonic(), 0, 0, 0
    for position, (prompt, reply) in enumerate(rows(val)[:number]):
        text, made = generate(model, tokenizer, prompt, reply)
        tokens += made
        same += text == reply
        valid += write(out, position, prompt, reply, text)
    took = time.monotonic() - begun
    sys.stdout.write(
        f"{checkpoint}: {valid} of {number} held-out stories parsed, {same} exactly; {tokens} tokens in {took:.1f} s "
        f"({tokens / took:.0f} per second)\n"
    )


def rows(path: Path) -> list[tuple[str, str]]:
    """Return pairs of a request and a gold reply."""
    from pyarrow import parquet

    pairs = parquet.read_table(path)["messages"].to_pylist()
    return [(request["content"], reply["content"]) for request, reply in pairs]


def generate(model: Any, tokenizer: Any, prompt: str, reply: str) -> tuple[str, int]:
    """Return the reply of the model and its number of tokens."""
    import xgrammar
    from xgrammar.contrib.hf import LogitsProcessor

    known = xgrammar.TokenizerInfo.from_huggingface(tokenizer, vocab_size=model.config.vocab_size)
    form = json.dumps(schema(json.loads(reply)["agents_names"]))
    grammar = xgrammar.GrammarCompiler(known).compile_json_schema(form, any_whitespace=False, separators=(",", ":"))
    conversation = [{"role": "user", "content": prompt}]
    given = tokenizer.apply_chat_template(
        conversation, add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    longest = int(len(tokenizer(reply)["input_ids"]) * MORE)
    written = model.generate(
        **given, max_new_tokens=longest, do_sample=False, logits_processor=[LogitsProcessor(grammar)]
    )[0, given["input_ids"].shape[1] :]
    return tokenizer.decode(written, skip_special_tokens=True), len(written)


def schema(cast: list[str]) -> dict[str, Any]:
    """Return the schema of the wire form with fixed agents and timesteps; all other contents are free."""

    def entries(tags: str = "", thought: str = "") -> dict[str, Any]:
        told = [{"type": "string", "pattern": f"^{name}: {tags}{TEXT}{{0,{LONGEST}}}{thought}$"} for name in cast]
        return {"type": "array", "prefixItems": told, "items": False, "minItems": len(cast)}

    def closed(properties: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }

    state = {"type": "string", "pattern": f"^{TEXT}{{1,{LONGEST}}}{TEXT}{{0,{LONGEST}}}$"}
    moments = [
        closed(
            {
                "timestep": {"const": str(number)},
                "state": state,
                "observations": entries(SEEN if number > 1 else "(<same_as_state />)?", THOUGHT),
                "actions": entries(),
            }
        )
        for number in range(1, MOST_MOMENTS + 1)
    ]
    names = {"type": "array", "prefixItems": [{"const": name} for name in cast], "items": False, "minItems": len(cast)}
    steps = {"type": "array", "prefixItems": moments, "items": False, "minItems": 2}
    return closed({"agents_names": names, "socialized_context": steps})


def write(out: Path, position: int, prompt: str, reply: str, text: str) -> bool:
    """Write the gold result and the model's result of a story; return whether the model's reply is a context."""
    from social_world_model.errors import ContextError
    from social_world_model.generation_utils.reading import UnfitReply
    from social_world_model.runs.results import Result
    from social_world_model.runs.store import ResultStore
    from social_world_model.world_model import ContextOutputParser

    story = prompt.rpartition("Narrative:\n")[2]
    index, parsed = str(position), False
    for folder, raw in (("gold", reply), ("generated", text)):
        store = ResultStore(out / folder)
        store.open()
        try:
            context = ContextOutputParser(story).parse(raw)
            result = Result(
                index=index, status="parsed", narrative=story, socialized_context=context.to_data(), raw=raw
            )
            parsed = True
        except (UnfitReply, ContextError) as error:
            result = Result(index=index, status="unparsable", narrative=story, raw=raw, error=str(error))
            parsed = False
        store.write(result)
    return parsed


if __name__ == "__main__":
    main()
