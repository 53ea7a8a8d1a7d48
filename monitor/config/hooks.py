"""What networks push to us, in the file of the networks' tokens: strict, and no message ever quotes a secret.

[[push]]
source = "vk:-123"                  # its id in sources.csv
secret_file = "vk-123.secret"       # or secret = "…"
confirmation = "a1b2c3d4"           # VK alone: the string that it shows beside the secret
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.problems import Problems, advice, quoted
from monitor.toml_lines import read_toml

KEYS = ("source", "secret", "secret_file", "confirmation")
# What all of VK (up to 50), Telegram (1 to 256) and MAX (5 to 256) take; a shorter one can be guessed.
_SECRET = re.compile(r"[A-Za-z0-9_-]{8,256}")
_CONFIRMATION = re.compile(r"[A-Za-z0-9]{1,64}")


@dataclass(slots=True, frozen=True)
class PushSecret:
    """By which the pushes of a source are known. ``line`` is where it stands in the file."""

    source: str
    secret: str = field(repr=False)
    confirmation: str = field(default="", repr=False)
    line: int = 0


def load_hooks(path: Path | None) -> list[PushSecret]:
    """Those of the file, in order. Raises ConfigError with all that is wrong; of the rest of the file monitor.config.tokens tells."""
    problems = Problems()
    try:
        data = path.read_bytes() if path is not None else b""
    except (OSError, ValueError):
        return []
    shown = str(path)
    lines = [number for number, line in enumerate(data.splitlines(), 1) if re.match(rb"\s*\[\[\s*push\s*\]\]", line)]
    found: list[PushSecret] = []
    if (parsed := read_toml(data, shown, Problems())) is not None:
        entries = parsed[0].get("push", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            problems.add(shown, parsed[1].of("push"), "push — это список таблиц: перед каждой напишите [[push]]")
            entries = []
        for number, entry in enumerate(entries):
            line = lines[number] if len(lines) == len(entries) else parsed[1].of("push")
            one = _push(entry, (path or Path()).parent, shown, line, problems)
            if one is not None and any(one.source == other.source for other in found):
                problems.add(shown, line, f"второй [[push]] источника {quoted(one.source)}: оставьте один")
            elif one is not None:
                found.append(one)
    problems.raise_any()
    return found


def _push(entry: Mapping[str, Any], folder: Path, shown: str, line: int, problems: Problems) -> PushSecret | None:
    before = len(problems)
    for key, value in entry.items():
        if key not in KEYS:
            problems.add(shown, line, f"неизвестный ключ {quoted(key)}; {advice(key, KEYS)}")
        elif not isinstance(value, str):
            problems.add(shown, line, f"{key}: нужен текст в кавычках")
    if "source" not in entry:
        problems.add(shown, line, "нет source: напишите id источника из sources.csv")
    if ("secret" in entry) == ("secret_file" in entry):
        problems.add(shown, line, "нужно либо secret, либо secret_file: оставьте одно")
    if len(problems) > before:
        return None
    secret = entry.get("secret", "")
    if "secret_file" in entry:
        try:
            secret = (folder / entry["secret_file"]).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            problems.add(shown, line, f"secret_file {quoted(entry['secret_file'])} не читается: проверьте путь и права")
            return None
    if not _SECRET.fullmatch(secret):
        problems.add(shown, line, "секрет — от 8 до 256 латинских букв, цифр и знаков _ -; у VK не больше 50")
    confirmation = entry.get("confirmation", "")
    if confirmation and not _CONFIRMATION.fullmatch(confirmation):
        problems.add(shown, line, "confirmation — строка из латинских букв и цифр, которую VK показывает рядом с секретом")
    return PushSecret(entry["source"], secret, confirmation, line) if len(problems) == before else None
