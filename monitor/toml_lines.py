"""TOML with line numbers: the standard library parses, a small scanner finds the line of every key.

The scanner runs only over text that tomllib took, so it may trust the grammar; it tokenises strings, comments and brackets and
looks at nothing else. Keys inside inline tables and tables inside arrays have the line of what is around them.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from monitor.problems import Problems
from monitor.reasons import toml_reason

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r'"""(?:\\[\s\S]|[^\\])*?"{3,5}'
    r"|'''[\s\S]*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|\n"
    r"|[\[\]{}=,.]"
    r"|[^\s\[\]{}=,.\"'#]+"
)


class Lines:
    """Where each key of a TOML text stands."""

    def __init__(self, lines: dict[Path, int]) -> None:
        self._lines = lines

    def of(self, *path: str | int) -> int:
        """The line of a key, or an element of its array (from 0), or else of the nearest thing around it."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 1


def read_toml(data: bytes, shown: str, problems: Problems) -> tuple[dict[str, Any], Lines] | None:
    """Parses a file's bytes; notes a problem with its line, and gives None, for anything that is not TOML in UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.add(shown, data.count(b"\n", 0, error.start) + 1, "не UTF-8; сохраните файл в UTF-8")
        return None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what = str(error)
        found = re.search(r" \(at line (\d+), column \d+\)$", what)
        line = int(found[1]) if found else text.count("\n") + 1
        what = what[: found.start()] if found else what.removesuffix(" (at end of document)")
        problems.add(shown, line, f"не TOML: {toml_reason(what)}")
        return None
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets in brackets in brackets …
        problems.add(shown, 1, "этот TOML не читается: слишком длинное число или глубокая вложенность")
        return None
    return values, Lines(_scan(text.replace("\r\n", "\n")))


def _scan(text: str) -> dict[Path, int]:
    lines: dict[Path, int] = {}
    table: Path = ()
    parts: list[str] = []
    key: Path = ()
    mode = "key"
    depth = index = 0
    awaited = False
    line = 1
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == "\n":
            if mode == "value" and depth == 0:
                mode = "key"
            if mode == "key":
                parts = []
        elif token[0] == "#":
            pass
        elif mode == "key":
            if token == "[":
                mode = "header"
            elif token == "=":
                key = (*table, *parts)
                for end in range(len(table) + 1, len(key) + 1):
                    lines.setdefault(key[:end], line)
                mode, depth, index, awaited = "value", 0, 0, False
            elif token != ".":
                parts.append(_name(token))
        elif mode == "header":
            if token == "]":
                table = tuple(parts)
                for end in range(1, len(table) + 1):
                    lines.setdefault(table[:end], line)
                mode = "after header"
            elif token not in "[.":
                parts.append(_name(token))
        elif mode == "value":
            if awaited and depth == 1 and token not in ",]":
                lines.setdefault((*key, index), line)
                awaited = False
            if token in "[{":
                depth += 1
                awaited = awaited or (depth == 1 and token == "[")
            elif token in "]}":
                depth -= 1
            elif token == "," and depth == 1:
                index, awaited = index + 1, True
        if mode == "after header" and token == "\n":
            mode, parts = "key", []
        line += token.count("\n")
    return lines


def _name(token: str) -> str:
    if token[0] in "\"'":
        return str(tomllib.loads(f"key = {token}")["key"])
    return token
