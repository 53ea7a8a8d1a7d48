"""Judges a dashboard by Grafana's published schema: the types of its Foundation SDK, which are generated from it.

The SDK reads JSON without checking, so two things are done: what it does not write back was unknown to it, and every value that it
read must be of the type that its class declares.
"""

from __future__ import annotations

import enum
import json
import types
import warnings
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins

_SDK = "grafana_foundation_sdk"


def faults(dashboard: dict[str, Any]) -> list[str]:
    """Paths of what the schema does not know or has in another type."""
    with warnings.catch_warnings():
        # The SDK would rather have the newer form, which older versions of Grafana can't be given as a file.
        warnings.simplefilter("ignore", DeprecationWarning)
        from grafana_foundation_sdk.models.dashboard import Dashboard
    register_default_plugins()
    read = Dashboard.from_json(dashboard)
    back = json.loads(JSONEncoder().encode(read))
    return [*_lost(dashboard, back, "$"), *_mistyped(read, Dashboard, "$")]


def _lost(given: Any, back: Any, path: str) -> Iterator[str]:
    """What is not in ``back`` as it was given; defaults that were added are no fault."""
    if isinstance(given, dict) and isinstance(back, dict):
        for key, value in given.items():
            if key in back:
                yield from _lost(value, back[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}: unknown"
    elif isinstance(given, list) and isinstance(back, list) and len(given) == len(back):
        for number, (one, other) in enumerate(zip(given, back, strict=True)):
            yield from _lost(one, other, f"{path}[{number}]")
    elif given != back:
        yield f"{path}: {given!r} became {back!r}"


def _mistyped(value: Any, declared: Any, path: str) -> Iterator[str]:
    origin = get_origin(declared)
    if origin in (Union, types.UnionType):
        if not any(_fits(value, one) for one in get_args(declared)):
            yield f"{path}: {value!r} is no {declared}"
            return
        declared = next(one for one in get_args(declared) if _fits(value, one))
        yield from _mistyped(value, declared, path)
    elif not _fits(value, declared):
        yield f"{path}: {value!r} is no {declared}"
    elif type(value).__module__.startswith(_SDK) and not isinstance(value, enum.Enum):
        for name, inner in get_type_hints(type(value)).items():
            yield from _mistyped(getattr(value, name), inner, f"{path}.{name.removesuffix('_val')}")
    elif isinstance(value, list):
        inner = (get_args(declared) or (object,))[0]
        for number, one in enumerate(value):
            yield from _mistyped(one, inner, f"{path}[{number}]")
    elif isinstance(value, dict):
        inner = (get_args(declared) or (object, object))[1]
        for key, one in value.items():
            yield from _mistyped(one, inner, f"{path}.{key}")


def _fits(value: Any, declared: Any) -> bool:
    """Whether the value itself, without what is in it, is of the declared type."""
    origin = get_origin(declared)
    if origin is Literal:
        return value in get_args(declared)
    if origin is not None:
        return isinstance(value, origin)
    if declared in (object, Any):
        return True
    if isinstance(declared, type) and issubclass(declared, enum.Enum):
        return value in {one.value for one in declared}
    if declared is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if declared is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, declared)
