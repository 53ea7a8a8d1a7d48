"""Adds a source to a profile of one's own: a line at the end of its sources.csv, as that file is written."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from monitor.cells import safe_cell
from monitor.model.errors import ConfigError
from monitor.model.source import Source
from monitor.problems import Problems, why
from monitor.profile.load import BUILTIN, COLUMNS, profile_folder
from monitor.profile.table import read_table

FILE = "sources.csv"


def own_folder(name_or_path: str) -> Path:
    """The profile's folder. Raises ConfigError for one that comes with the program: an update would overwrite it."""
    folder = profile_folder(name_or_path)
    if folder.resolve().is_relative_to(BUILTIN.resolve()):
        raise ConfigError(
            [
                f"{name_or_path}: встроенный профиль не меняется; сделайте свой: nabat check --copy {name_or_path} мой-регион — "
                "и укажите папку в nabat.region или --region"
            ]
        )
    return folder


def append_source(folder: Path, source: Source) -> tuple[Path, int]:
    """The file and the number of the new line. Raises ConfigError where the file can't be read or written."""
    path = folder / FILE
    problems = Problems()
    try:
        data = path.read_bytes()
        read_table(data, str(path), COLUMNS[FILE], problems)
        problems.raise_any()
        text = data.decode("utf-8-sig")
        header = next(line for line in text.splitlines() if line.strip() and not line.startswith("#"))
        separator = ";" if header.count(";") >= header.count(",") else ","
        ending = "\r\n" if "\r\n" in text else "\n"
        cells = {name: str(getattr(source, name) or "") for name in COLUMNS[FILE]}
        # The network says how a community calls itself, and this table is opened in spreadsheets.
        cells["name"] = safe_cell(cells["name"])
        line = io.StringIO()
        row = [cells.get(name.strip().strip('"').lower(), "") for name in header.split(separator)]
        csv.writer(line, delimiter=separator, lineterminator=ending).writerow(row)
        before = b"" if not data or data.endswith(b"\n") else ending.encode()
        with path.open("ab") as file:
            file.write(before + line.getvalue().encode())
    except OSError as error:
        raise ConfigError([f"{path}: файл не записан ({why(error)}): проверьте права"]) from None
    return path, data.count(b"\n") + bool(before) + 1
