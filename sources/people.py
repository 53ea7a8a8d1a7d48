"""Raw items for the dead letters without the people in them: an item that a parser could not take still names its author."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

# Items of networks are flat; what is deeper is no accident and nobody has to read it.
_DEPTH: Final = 12


def without_people(value: Any, keys: Collection[str], depth: int = _DEPTH) -> Any:
    """Plain JSON values without the fields named in ``keys`` (descriptions of people), nested ones too; cut below ``depth``."""
    if isinstance(value, dict):
        return {name: without_people(item, keys, depth - 1) for name, item in value.items() if name not in keys} if depth else "…"
    if isinstance(value, list):
        return [without_people(item, keys, depth - 1) for item in value] if depth else "…"
    return value
