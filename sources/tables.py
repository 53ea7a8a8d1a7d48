"""Rows of text files, each with its bytes; a string in a row's place says what is wrong with it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from sources.lines import Lines, TooLong, salvage


def objects(lines: Lines) -> Iterator[tuple[bytes, dict[str, Any] | str]]:
    """The objects of JSONL."""
    for raw in lines:
        if isinstance(raw, TooLong):
            yield raw.head, raw.reason
        elif raw.strip():
            row = salvage(raw, lines.encoding)
            if isinstance(row, str) and lines.hold():
                return
            yield raw, row


def cells(lines: Lines, delimiter: str) -> Iterator[tuple[bytes, list[str] | str]]:
    """The cells of each line of CSV; a field in quotes may go over several lines."""
    reader = csv.reader(lines.texts(), delimiter=delimiter, strict=True)
    while True:
        lines.begin_row()
        try:
            values = next(reader)
        except StopIteration:
            return
        except (csv.Error, UnicodeDecodeError, TooLong) as error:
            if lines.hold():
                return
            lines.skip_line()
            reader = csv.reader(lines.texts(), delimiter=delimiter, strict=True)
            yield (error.head, error.reason) if isinstance(error, TooLong) else (lines.row, f"не CSV в {lines.encoding.upper()}")
            continue
        if lines.hold():
            return
        if values:
            yield lines.row, values
