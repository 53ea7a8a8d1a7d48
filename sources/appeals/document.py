"""JSON that came whole: parsed within bounds, and the items in it."""

from __future__ import annotations

import json
from typing import Any, Final

import orjson

from sources.appeals.form import within

_CONTAINERS: Final = 1_000_000
_VALUES: Final = 10_000_000
"""Beyond these a document takes many times its own size in memory and is no list of appeals."""
_NO_ITEMS: Final = "нет списка обращений там, где его ищет items описания"


class BadFile(ValueError):
    """The file, or answer, as a whole can't be read; the message says why and quotes nothing of it."""


def parse(data: bytes) -> Any:
    """The document, in any encoding of Unicode or windows-1251. Raises BadFile.

    What orjson refuses (lone surrogates, NaN, huge numbers) is read with Python's own reader.
    """
    if data.count(b"{") + data.count(b"[") > _CONTAINERS or data.count(b",") > _VALUES:
        raise BadFile("слишком много значений")
    try:
        return orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(_text(data))
    except (ValueError, RecursionError):
        raise BadFile("это не целый JSON") from None


def _text(data: bytes) -> str:
    try:
        return data.decode(json.detect_encoding(data))
    except UnicodeDecodeError:
        return data.decode("cp1251")


def items(document: Any, path: str) -> list[Any]:
    """The list at ``path``; one object counts as a list of one. Raises BadFile."""
    found = within(document, path)
    if isinstance(found, dict):
        return [found]
    if not isinstance(found, list):
        raise BadFile(_NO_ITEMS)
    return found
