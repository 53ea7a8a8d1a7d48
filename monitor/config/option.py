"""What a key of the configuration is: type, default, documentation and limits, all on the dataclass field itself."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Any, get_args, get_type_hints


@dataclass(slots=True, frozen=True)
class Option:
    """Annotates a field: ``doc`` says what the key does and in which unit; a number lies within ``limits``, a text is a choice.

    ``decides`` marks what changes results: it takes part in the digest that the log's ``use`` records name.
    """

    doc: str
    limits: tuple[float, float] = (0, 0)
    choices: tuple[str, ...] = ()
    decides: bool = False


@dataclass(slots=True, frozen=True)
class Key:
    """One key of a section: its name, type, default and Option."""

    name: str
    type: Any
    default: Any
    option: Option


@cache
def keys(section: type) -> tuple[Key, ...]:
    """The keys of a section's dataclass, in the order in which they are written; each field is Annotated[type, Option]."""
    hints = get_type_hints(section, include_extras=True)
    found = ((one, *get_args(hints[one.name])) for one in fields(section))
    return tuple(Key(one.name, kind, one.default, option) for one, kind, option in found)
