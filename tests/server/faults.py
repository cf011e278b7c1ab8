"""What can go wrong with a language model's server, drawn at random or always so.

A *fault* happens to a request with some probability; a *personality* is how the server always is.
"""

from __future__ import annotations

import copy
import json
import math
import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal

from tests.server.oracle import PARSE_KEY, Schema, schema_of

FAULTS = (
    "429",
    "500",
    "drop",
    "cut",
    "hang",
    "truncated",
    "prose",
    "fences",
    "missing",
    "empty",
    "trailing",
    "wrong_names",
)
PERSONALITIES = (
    "always_500",
    "always_fences",
    "ignores_schema",
    "integers",
    "no_json_mode",
    "no_schema_400",
    "no_seed",
    "no_temperature",
    "not_found",
    "quota",
    "refuses",
    "strict",
    "too_long",
    "unauthorised",
)
"""`refuses` is written with the word that it refuses to talk about: `refuses:bomb`."""

PROSE = "This story has several people in it, and things that are moved; more could be said about it."


@dataclass(frozen=True)
class Refusal:
    """An answer that is an error, as OpenAI words it."""

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None

    def body(self) -> dict[str, Any]:
        """Return the JSON that is sent."""
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


RATE_LIMIT = Refusal(429, "Rate limit reached for requests. Please try again.", "requests", "rate_limit_exceeded")
BROKEN = Refusal(500, "The server had an error while processing your request. Sorry about that!", "server_error")


def latencies(how: str, seed: int, scale: float = 1.0) -> Callable[[], float]:
    """Return what gives the seconds that each request takes, one after the other.

    Parameters
    ----------
    how
        `zero`, `constant:SECONDS`, `lognormal:MEAN:SIGMA` (the mean of the seconds, the sigma of their
        logarithm) or `heavy`, which is `lognormal:2:1.0`.
    """
    dice = random.Random(f"latency {seed}")
    name, *numbers = ("lognormal:2:1.0" if how == "heavy" else how).split(":")
    match name, [float(number) for number in numbers]:
        case "zero", []:
            return lambda: 0.0
        case "constant", [seconds]:
            return lambda: seconds * scale
        case "lognormal", [mean, sigma] if mean > 0:
            return lambda: dice.lognormvariate(math.log(mean) - sigma**2 / 2, sigma) * scale
    raise ValueError(f"expected zero, constant:S, lognormal:MEAN:SIGMA or heavy, got {how!r}")


def parsed_faults(text: str) -> dict[str, float]:
    """Read probabilities such as `429=0.05,hang=0.02`."""
    faults = {
        name.strip(): float(share) for name, _, share in (part.partition("=") for part in text.split(",") if part)
    }
    if unknown := faults.keys() - set(FAULTS):
        raise ValueError(f"expected faults out of {', '.join(FAULTS)}; got {', '.join(sorted(unknown))}")
    if min(faults.values(), default=0) < 0 or sum(faults.values()) > 1 + 1e-9:
        raise ValueError(f"expected probabilities of at most 1 together, got {text!r}")
    return faults


def draws(faults: Mapping[str, float], seed: int) -> Iterator[tuple[str | None, float]]:
    """Give each request a fault or None, and a number below 1 that says where in the reply it strikes."""
    dice = random.Random(f"faults {seed}")
    limits = list(zip(accumulate(faults.values()), faults, strict=True))
    while True:
        drawn, where = dice.random(), dice.random()
        yield next((name for limit, name in limits if drawn < limit), None), where


def check_personalities(names: Collection[str]) -> None:
    """Refuse a personality that there is not."""
    for name in names:
        word = name.partition(":")[2]
        if name.partition(":")[0] not in PERSONALITIES or name.startswith("refuses") != bool(word):
            raise ValueError(f"expected personalities out of {', '.join(PERSONALITIES)} (refuses:WORD); got {name!r}")


def refusal(names: Collection[str], body: Mapping[str, Any], token: str) -> Refusal | None:
    """Return the error that these personalities make of a request, if any."""
    model, form = body.get("model"), body.get("response_format") or {}
    kind = form.get("type")
    if "unauthorised" in names:
        return Refusal(401, f"Incorrect API key provided: {token}", code="invalid_api_key")
    if "quota" in names:
        return Refusal(429, "You exceeded your current quota.", "insufficient_quota", "insufficient_quota")
    if "not_found" in names:
        return Refusal(404, f"The model `{model}` does not exist.", code="model_not_found", param="model")
    if "always_500" in names:
        return BROKEN
    if "no_temperature" in names and body.get("temperature") not in (None, 1):
        message = "Unsupported value: 'temperature' does not support 0 with this model."
        return Refusal(400, message, code="unsupported_value", param="temperature")
    if "no_seed" in names and body.get("seed") is not None:
        message = "Unsupported parameter: 'seed' is not supported with this model."
        return Refusal(400, message, code="unsupported_parameter", param="seed")
    if (kind == "json_schema" and "no_schema_400" in names) or (kind == "json_object" and "no_json_mode" in names):
        message = f"Invalid parameter: 'response_format' of type '{kind}' is not supported with this model."
        return Refusal(400, message, param="response_format")
    if kind == "json_schema" and not isinstance(form.get("json_schema"), dict):
        return Refusal(400, "Missing required parameter: 'response_format.json_schema'.", param="response_format")
    if kind == "json_schema" and "strict" in names and (wrong := strictly_wrong(form)):
        message = f"Invalid schema for response_format '{form['json_schema'].get('name')}': {wrong}"
        return Refusal(400, message, param="response_format")
    if "too_long" in names:
        message = "This model's maximum context length is 128 tokens. Please reduce the length of the messages."
        return Refusal(400, message, code="context_length_exceeded", param="messages")
    return None


def strictly_wrong(form: Mapping[str, Any]) -> str | None:
    """Return why OpenAI's strict mode would not take a response format; None if it would."""
    schema = schema_of(form)
    if form["json_schema"].get("strict") is not True:
        return "'strict' is required to be true."
    if schema is None or schema.get("type") != "object":
        return "schema must be a JSON Schema of 'type: \"object\"'."
    return next(_faulty_parts(schema, ()), None)


def _faulty_parts(part: Schema, path: tuple[str, ...]) -> Iterator[str]:
    where = f"In context={path}, "
    for keyword in ("default", "patternProperties"):
        if keyword in part:
            yield f"{where}'{keyword}' is not permitted."
    if part.get("type") == "object" or "properties" in part:
        if part.get("additionalProperties") is not False:
            yield f"{where}'additionalProperties' is required to be supplied and to be false."
        if set(part.get("required", ())) != set(part.get("properties", {})):
            yield f"{where}'required' is required to be an array including every key in properties."
    for keyword in ("properties", "$defs", "definitions"):
        for name, inner in part.get(keyword, {}).items():
            yield from _faulty_parts(inner, (*path, keyword, name))
    for keyword in ("anyOf", "allOf", "oneOf", "prefixItems", "items"):
        inners = part.get(keyword, [])
        for inner in inners if isinstance(inners, list) else [inners]:
            if isinstance(inner, dict):
                yield from _faulty_parts(inner, (*path, keyword))


def content_of(
    value: Any, kind: Literal["parse", "answer"], fault: str | None, where: float, names: Collection[str] = ()
) -> tuple[str, str | None]:
    """Write a reply as the model does.

    Returns
    -------
    tuple
        The content, and the fault that it really has: what is no JSON has no keys to miss and no fences.
    """
    if fault == "empty":
        return "", fault
    if fault == "prose":
        return PROSE, fault
    if isinstance(value, str):
        return (_cut(value, where), fault) if fault == "truncated" else (value, None)
    if "integers" in names:
        value = _with_integers(value)
    if fault in ("missing", "wrong_names"):
        whole = value
        if fault == "missing":
            value = _without_an_entry(value, where) if kind == "parse" else _without_a_key(value, where)
        elif kind == "parse":
            value = _without_an_actor(value, where)
        fault = fault if value != whole else None
    text = _sloppy(value) if fault == "trailing" else _dumped(value)
    if fault == "fences" or "always_fences" in names:
        text = f"Here is what you asked for:\n\n```json\n{text}\n```"
    return (_cut(text, where) if fault == "truncated" else text), fault


def _at(things: Sequence[Any], where: float) -> Any:
    """Return one of several things; None if there are none."""
    return things[int(where * len(things))] if things else None


def _cut(text: str, where: float) -> str:
    """Return a quarter to three quarters of a text."""
    return text[: int(len(text) * (0.25 + where / 2))]


def _with_integers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_integers(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_with_integers(part) for part in value]
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


def _without_a_key(answer: Any, where: float) -> Any:
    left_out = _at(list(answer), where)
    return {name: part for name, part in answer.items() if name != left_out}


def _without_an_entry(parse: Any, where: float) -> Any:
    """Leave out what one agent observes in one step."""
    parse = copy.deepcopy(parse)
    places = [(step["observations"], entry) for step in parse[PARSE_KEY] for entry in range(len(step["observations"]))]
    if places:
        observations, entry = _at(places, where)
        del observations[entry]
    return parse


def _without_an_actor(parse: Any, where: float) -> Any:
    """Leave out somebody who does something, as if there were no such person."""
    steps = parse[PARSE_KEY]
    acts = [act.split(": ", 1) for step in steps for act in step["actions"]]
    actors = [name for name in parse["agents_names"] if any(who == name and act != "none" for who, act in acts)]
    gone = _at(actors, where)

    def others(entries: list[str]) -> list[str]:
        return [entry for entry in entries if not entry.startswith(f"{gone}: ")]

    return {
        "agents_names": [name for name in parse["agents_names"] if name != gone],
        PARSE_KEY: [
            {**step, "observations": others(step["observations"]), "actions": others(step["actions"])} for step in steps
        ],
    }


def _sloppy(value: Any) -> str:
    """Write JSON with trailing commas, and with a line's end and a tab as they are in its longest string."""
    longest = max(_strings(value), key=len, default="")
    before, _, after = longest.partition(" ")
    return _with_commas(value).replace(_dumped(longest), f"{_dumped(before)[:-1]}\n\t{_dumped(after)[1:]}", 1)


def _with_commas(value: Any) -> str:
    if isinstance(value, dict) and value:
        return "{" + "".join(f"{_dumped(name)}: {_with_commas(part)}, " for name, part in value.items()) + "}"
    if isinstance(value, list) and value:
        return "[" + "".join(f"{_with_commas(part)}, " for part in value) + "]"
    return _dumped(value)


def _strings(value: Any) -> Iterator[str]:
    """Go through a JSON value's strings, but not its keys."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(part)


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
