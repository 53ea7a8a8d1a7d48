"""blocks.csv of a region profile: what the region itself calls its groups and themes of problems.

A row maps a group, or one theme of it, to a block; a theme's own row counts before its group's. The file may be missing, and takes no
part in the profile's digest: how a problem is called changes no result.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from monitor.model.verdict import GROUPS
from monitor.problems import Problems, advice, quoted, why
from monitor.profile.table import read_table

FILE = "blocks.csv"
COLUMNS = {"group": True, "theme": False, "block": True}


def read_blocks(folder: Path, problems: Problems, themes: Collection[str] | None = None) -> dict[str, str]:
    """Blocks by group and by theme; what is wrong is noted with file and line. ``themes`` are those that are known (None: any)."""
    path = folder / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        problems.add(str(path), 1, f"файл не читается ({why(error)}); проверьте права")
        return {}
    found: dict[str, str] = {}
    lines: dict[str, int] = {}
    for row in read_table(data, str(path), COLUMNS, problems).rows:
        group, theme, block = row.choice("group", GROUPS), row.text("theme"), row.required("block")
        if theme and group and not theme.startswith(f"{group}."):
            row.wrong(f"тема {quoted(theme)} не из группы {group}")
        elif theme and themes is not None and theme not in themes:
            row.wrong(f"неизвестная тема {quoted(theme)}; {advice(theme, [one for one in themes if one.startswith(f'{group}.')])}")
        if (key := theme or group) in found:
            row.wrong(f"{quoted(key)} уже есть в строке {lines[key]}; удалите одно из двух")
        found[key], lines[key] = block, row.line
    return found
