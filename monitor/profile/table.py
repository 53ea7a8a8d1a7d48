"""The CSV files of a profile: UTF-8, ``;`` or ``,``, a header, lines that begin with ``#`` are remarks. They open in Excel.

A row knows its line; reading a cell checks it, notes what is wrong and gives a harmless value, so that all errors are found in
one go.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from monitor.problems import Problems, advice, quoted
from monitor.reasons import csv_reason

ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
"""Ids end up in keys of series, where ``|`` separates, and in addresses of pages."""


@dataclass(slots=True)
class Row:
    """One row: its line, and its cells by column, without spaces around them; a column that the file lacks is empty."""

    shown: str
    line: int
    cells: dict[str, str]
    problems: Problems
    comma: bool

    def wrong(self, what: str) -> None:
        self.problems.add(self.shown, self.line, what)

    def text(self, column: str) -> str:
        """What the cell says."""
        return self.cells.get(column, "")

    def required(self, column: str) -> str:
        value = self.text(column)
        if not value:
            self.wrong(f"{column} не заполнено; впишите значение")
        return value

    def id(self, column: str = "id") -> str:
        value = self.required(column)
        if value and not ID.fullmatch(value):
            self.wrong(f"{column} {quoted(value)} — не id; допустимы строчные латинские буквы, цифры, - и _")
        return value

    def choice(self, column: str, allowed: Collection[str], default: str = "") -> str:
        value = self.text(column) or default
        if value in allowed:
            return value
        if value:
            self.wrong(f"{column} {quoted(value)} — неизвестное значение; {advice(value, allowed)}")
        else:
            self.wrong(f"{column} не заполнено; допустимы: {', '.join(allowed)}")
        return list(allowed)[-1]

    def whole(self, column: str, low: int, high: int) -> int | None:
        """A whole number, or None where the cell is empty."""
        value = self.text(column)
        if not value:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,15}", value):
            self.wrong(f"{column} {quoted(value)} — не целое число; напишите цифры без пробелов или оставьте пустым")
            return None
        number = int(value)
        if not low <= number <= high:
            self.wrong(f"{column} равно {number}; допустимо от {low} до {high}")
            return None
        return number

    def number(self, column: str, low: float, high: float) -> float | None:
        """A number with a point (or a comma, where the file is cut by semicolons), or None where the cell is empty."""
        value = self.text(column)
        if not value:
            return None
        try:
            number = float(value.replace(",", ".") if self.comma else value)
        except ValueError:
            number = math.nan
        if math.isnan(number):
            self.wrong(f"{column} {quoted(value)} — не число; напишите как 53.195 или оставьте пустым")
            return None
        if not low <= number <= high:
            self.wrong(f"{column} равно {value}; допустимо от {low:g} до {high:g}")
            return None
        return number

    def names(self, column: str) -> tuple[str, ...]:
        """Names with ``|`` between them, each once."""
        return tuple(dict.fromkeys(name.strip() for name in self.text(column).split("|") if name.strip()))


@dataclass(slots=True)
class Table:
    """The rows of a file. A file that could not be read whole is not ``complete``: what it lacks proves nothing."""

    rows: list[Row] = field(default_factory=list)
    complete: bool = True


def read_table(data: bytes, shown: str, columns: Mapping[str, bool], problems: Problems) -> Table:
    """Reads a file's bytes. ``columns`` says of each column that may be there whether it must be."""
    before = len(problems)
    table = Table()
    _read(data, shown, columns, problems, table.rows)
    table.complete = len(problems) == before
    return table


def _read(data: bytes, shown: str, columns: Mapping[str, bool], problems: Problems, rows: list[Row]) -> None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.add(shown, data.count(b"\n", 0, error.start) + 1, "не UTF-8; сохраните файл как CSV UTF-8")
        return
    lines = ["" if line.startswith("#") else line for line in re.split(r"\r\n|\r|\n", text)]
    header = next((line for line in lines if line.strip()), "")
    delimiter = ";" if header.count(";") >= header.count(",") else ","
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    names: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            problems.add(shown, line, f"не CSV: {csv_reason(error)}")
            return
        if cells is None:
            break
        cells = [cell.strip() for cell in cells]
        if not any(cells) or cells[0].startswith("#"):  # Excel puts quotation marks around a remark with a separator in it
            continue
        if names is None:
            names = [cell.lower() for cell in cells]
            if not _header(names, shown, line, columns, problems):
                return
        elif len(cells) != len(names):
            problems.add(shown, line, f"ячеек {len(cells)}, а в заголовке {len(names)}; между ячейками один знак {delimiter}")
        else:
            rows.append(Row(shown, line, dict(zip(names, cells, strict=True)), problems, delimiter == ";"))
    if names is None:
        problems.add(shown, 1, f"нет заголовка; первая строка называет столбцы: {delimiter.join(columns)}")


def _header(names: list[str], shown: str, line: int, columns: Mapping[str, bool], problems: Problems) -> bool:
    before = len(problems)
    for at, name in enumerate(names):
        if name not in columns:
            problems.add(shown, line, f"неизвестный столбец {quoted(name)}; {advice(name, columns)}")
        elif name in names[:at]:
            problems.add(shown, line, f"столбец {name} встречается дважды; удалите один")
    for name, must in columns.items():
        if must and name not in names:
            problems.add(shown, line, f"нет столбца {name}; добавьте")
    return len(problems) == before
