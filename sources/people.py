"""Raw items for the dead letters without the people in them: an item that a parser could not take still names its author."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

# Items of networks are flat; what is deeper is no accident and nobody has to read it.
_DEPTH: Final = 12
_VALUE: Final = r"""(?:\{[^{}]*\}?|\[[^\[\]]*\]?|"(?:[^"\\]|\\.)*"?|[^",}\]]*"?)"""


def without_people(value: Any, keys: Collection[str], depth: int = _DEPTH) -> Any:
    """Plain JSON values without the fields named in ``keys`` (descriptions of people), nested ones too; cut below ``depth``."""
    if isinstance(value, dict):
        return {name: without_people(item, keys, depth - 1) for name, item in value.items() if name not in keys} if depth else "…"
    if isinstance(value, list):
        return [without_people(item, keys, depth - 1) for item in value] if depth else "…"
    return value


def letter(raw: Any, row: Mapping[str, Any] | str, keys: Collection[str], *, table: bool = False) -> Any:
    """What a dead letter keeps of a row (a string: what is wrong with it) that was read from ``raw``: no field named in ``keys``.

    A row of a table that can't be read is not kept: nobody knows which of its cells names a person.
    """
    if not isinstance(row, str):
        return without_people(dict(row), keys)
    if not isinstance(raw, bytes):
        return without_people(raw, keys)
    return "" if table else _scrubbed(raw, keys)


def _scrubbed(raw: bytes, keys: Collection[str]) -> str:
    """A line that is no JSON without what seem to be the values of ``keys``; their quotes may be what is broken."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("cp1251", "replace")
    for key in keys:
        text = re.sub(rf'({re.escape(key)}"?\s*:\s*){_VALUE}', r"\1null", text)
    return text
