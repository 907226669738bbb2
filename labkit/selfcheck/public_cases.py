"""Write the public cases (calls, outcomes, profiles) as JSON, and read them.

The file `public_cases.json` beside a notebook holds, for each check, the calls of the self-check, what a right
function does with them, and what known mistakes do, with a hint each. Numbers only: no right or wrong implementation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from labkit.calls.call import Argument, Call, CallError, Extended, Outcome, Result
from labkit.calls.plain import Listed, Opaque, Plain
from labkit.calls.random_outputs import Profile, RandomOutputs
from labkit.language import add_phrases

FILE_NAME = "public_cases.json"


def as_text(data: Mapping[str, Any]) -> str:
    """Put public cases into JSON: one line a check, keys in their order, which is the order of computation."""
    checks = ",\n".join(f"  {json.dumps(name)}: {_json(check)}" for name, check in data["checks"].items())
    first = f' "assignment": {json.dumps(data["assignment"])},\n "translations": {_json(data["translations"])},\n'
    return f'{{\n{first} "checks": {{\n{checks}\n }}\n}}\n'


def write(path: Path, data: Mapping[str, Any]) -> None:
    """Write public cases, as UTF-8."""
    path.write_text(as_text(data), encoding="utf-8", newline="\n")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def read(path: Path) -> dict[str, Any]:
    """Read public cases.

    Raises:
        ValueError: if the file is not JSON of the expected form.
    """
    status = path.stat()
    return _read_once(path.resolve(), status.st_mtime_ns, status.st_size)


@lru_cache(2)
def _read_once(path: Path, modified: int, size: int) -> dict[str, Any]:
    """Read a file once for all checks, until it changes."""
    return parse(path.read_bytes())


@lru_cache(2)
def parse(content: bytes) -> dict[str, Any]:
    """Parse the content of a file of public cases; the same content is parsed once.

    Raises:
        ValueError: if it is not JSON of the expected form.
    """
    data = json.loads(content)
    if not isinstance(data, dict) or not isinstance(data.get("checks"), dict):
        raise ValueError("these are not public cases")
    add_phrases(data.get("translations", {}))
    return data


def encode(value: Any, digits: int = 12) -> Any:
    """Turn plain data, or an argument of a call, into JSON data; floats are rounded to `digits` significant digits."""
    if isinstance(value, np.ndarray):
        if value.ndim == 2 and value.shape[1] > 8 and (value == value[:, :1]).all():
            return {"columns": value.shape[1], "of": encode(value[:, 0], digits)}
        flat = [_rounded(number, digits) for number in value.ravel().tolist()]
        return {"array": flat, "shape": list(value.shape), "dtype": value.dtype.name}
    if isinstance(value, Listed):
        return {"list": encode(value.numbers.tolist(), digits)["list"]}
    if isinstance(value, tuple):
        return {"tuple": [encode(item, digits) for item in value]}
    if isinstance(value, list):
        return {"list": [encode(item, digits) for item in value]}
    if isinstance(value, dict):
        return {"dict": {key: encode(item, digits) for key, item in value.items()}}
    if isinstance(value, Result):
        otherwise = [] if value.otherwise is None else [encode(value.otherwise, digits)]
        return {"result": [value.call, list(value.path), *otherwise]}
    if isinstance(value, Extended):
        return {**encode(value.first, digits), "own": encode(value.own)}
    if isinstance(value, Argument):
        return {"argument": [value.call, value.position]}
    if isinstance(value, Opaque):
        return {"opaque": value.kind}
    return _rounded(value, digits)


def decode(data: Any) -> Any:
    """Read what `encode` wrote.

    Raises:
        ValueError, KeyError, TypeError: if it did not.
    """
    if not isinstance(data, dict):
        return data
    if "array" in data:
        numbers = [_number(item) for item in data["array"]]
        return np.array(numbers, dtype=data["dtype"]).reshape(data["shape"])
    if "columns" in data:
        return np.repeat(decode(data["of"])[:, None], data["columns"], axis=1)
    if "tuple" in data:
        parts = tuple(decode(item) for item in data["tuple"])
        return Extended(parts, decode(data["own"])) if "own" in data else parts
    if "list" in data:
        return [decode(item) for item in data["list"]]
    if "dict" in data:
        return {key: decode(item) for key, item in data["dict"].items()}
    if "result" in data:
        call, path, *otherwise = data["result"]
        return Result(call, tuple(path), *map(decode, otherwise))
    if "argument" in data:
        return Argument(*data["argument"])
    if "opaque" in data:
        return Opaque(data["opaque"])
    return _number(data)


def _rounded(value: Any, digits: int) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{digits}g}") if np.isfinite(value) else {"float": str(value)}
    return value


def _number(data: Any) -> Any:
    return float(data["float"]) if isinstance(data, dict) else data


def encode_call(call: Call) -> dict[str, Any]:
    """Turn a call into JSON data."""
    return {
        "function": call.function,
        "args": [encode(arg, 17) for arg in call.args],
        "group": call.group,
        "label": call.label,
        "seed": call.seed,
        "private": list(call.private),
    }


def decode_call(data: Mapping[str, Any]) -> Call:
    """Read what `encode_call` wrote."""
    args = tuple(decode(arg) for arg in data["args"])
    return Call(data["function"], args, data["group"], data["label"], data["seed"], tuple(data["private"]))


def encode_outcome(outcome: Outcome, digits: int = 12) -> dict[str, Any]:
    """Turn an outcome into JSON data; of an error only its form."""
    return {
        "value": encode(outcome.value, digits),
        "changed": {str(position): encode(value, digits) for position, value in outcome.changed.items()},
        "error": list(outcome.error.form) if outcome.error else None,
    }


def decode_outcome(data: Mapping[str, Any]) -> Outcome:
    """Read what `encode_outcome` wrote."""
    changed = {int(position): decode(value) for position, value in data["changed"].items()}
    error = CallError(*data["error"]) if data["error"] else None
    value: Plain = decode(data["value"])
    return Outcome(value, changed, error)


def decode_known(data: Mapping[str, Any]) -> Outcome | Profile:
    """Read what is known of a call: its outcome, or the profile of a random function."""
    return decode_profile(data["profile"]) if "profile" in data else decode_outcome(data)


def encode_profile(profile: Profile) -> dict[str, Any]:
    """Turn a profile into JSON data."""
    return {
        "forms": dict(profile.forms),
        "sizes": dict(profile.sizes),
        "columns": encode(profile.columns),
        "shares": {name: _rounded(share, 4) for name, share in profile.shares.items()},
        "draws": dict(profile.draws),
    }


def decode_profile(data: Mapping[str, Any]) -> Profile:
    """Read what `encode_profile` wrote."""
    return Profile(data["forms"], data["sizes"], decode(data["columns"]), data["shares"], data["draws"])


def encode_random(spec: RandomOutputs) -> dict[str, Any]:
    """Turn the places of random outputs into JSON data."""
    return {"outputs": {name: list(path) for name, path in spec.outputs.items()}, "masks": list(spec.masks)}


def decode_random(data: Mapping[str, Any]) -> RandomOutputs:
    """Read what `encode_random` wrote."""
    return RandomOutputs({name: tuple(path) for name, path in data["outputs"].items()}, tuple(data["masks"]))
