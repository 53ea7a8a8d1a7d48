"""Texts in plain files, a JSON object with id and text a line, for the commands that need no store."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from typing import BinaryIO

import orjson

from monitor.reasons import json_reason


class Texts:
    """Iterates over (id as JSON, text); a line that can't be read is told on stderr with file and line, and passed over.

    An id is kept as JSON so that 1 and "1" stay two ids, and each is written as it was read. ``status`` is the exit status
    afterwards: 1 if a line was passed over.
    """

    def __init__(self, lines: BinaryIO, name: str) -> None:
        self._lines = lines
        self._name = name
        self.status = 0

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for number, line in enumerate(self._lines, 1):
            if not line.strip():
                continue
            try:
                read = _read(line)
            except ValueError as error:
                print(f"{self._name}:{number}: {error}", file=sys.stderr)
                self.status = 1
                continue
            yield read


def _read(line: bytes) -> tuple[str, str]:
    try:
        row = orjson.loads(line.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError as error:
        raise ValueError(f"не JSON: {json_reason(error)}") from None
    if not isinstance(row, dict):
        raise ValueError("ожидался объект JSON")
    post, text = row.get("id"), row.get("text")
    if not isinstance(post, (str, int)) or isinstance(post, bool):
        raise ValueError('нет поля "id" (строка или целое число)')
    if not isinstance(text, str):
        raise ValueError('нет поля "text" (строка)')
    return orjson.dumps(post).decode(), text
