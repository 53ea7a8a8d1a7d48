"""The configuration reference: a complete TOML file with every key, its default and what it does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from monitor.config.option import Key, keys
from monitor.config.secret import Secret
from monitor.config.sections import SECTIONS

HEAD = """\
# Configuration of Nabat: every key with its default. Keep the lines that you change.
# An environment variable NABAT_SECTION__KEY (for example NABAT_CONSOLE__PORT=8621) overrides the file.
# Paths are relative to this file, those in environment variables to the current folder.
"""


def defaults_toml() -> str:
    """The text of the reference; loading it gives the defaults."""
    parts = [HEAD]
    for name, section in SECTIONS.items():
        parts.append(f"\n# {(section.__doc__ or '').strip()}\n[{name}]\n")
        parts.extend(f"{_comment(key)}{key.name} = {_toml(key.default)}\n" for key in keys(section))
    return "".join(parts)


def _comment(key: Key) -> str:
    limits = ""
    if key.option.choices:
        limits = f" One of {', '.join(key.option.choices)}."
    elif key.type in (int, float):
        low, high = key.option.limits
        limits = f" From {low:_} to {high:_}."
    return f"# {key.option.doc}{limits}\n"


def _toml(value: Any) -> str:
    if value is None or isinstance(value, Secret):
        return '""'
    if isinstance(value, int):
        return f"{value:_}" if value >= 10_000 else str(value)
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value.as_posix() if isinstance(value, Path) else value)
