"""The file of the networks' tokens: strict, and no message ever quotes a value.

[[token]]
network = "vk"
kind = "service"
name = "region-1"
value_file = "vk-region-1.token"    # or value = "…"

What networks push is in the same file: see monitor.config.hooks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from monitor.problems import Problems, advice, quoted, why
from monitor.toml_lines import read_toml
from sources.budgets.limits import KINDS
from sources.budgets.token import Token

KEYS = ("network", "kind", "name", "value", "value_file")
_NAME = re.compile(r"[\w.-]{1,64}")
_VALUE = re.compile(r"[!-~]{1,4096}")
_OK = re.compile("[^:]+:[^:]+:[^:]+"), "APPLICATION_KEY:ACCESS_TOKEN:SECRET_KEY"
_FORMS = {
    ("ok", "application"): _OK,
    ("ok", "session"): _OK,
    ("tg", "mtproto"): (re.compile("[0-9]+:[^:]+:[^:]+"), "API_ID:API_HASH:SESSION"),
}
"""Of values that have parts."""


def load_tokens(path: Path | None) -> list[Token]:
    """The tokens in the order in which they stand there; none without a file. Raises ConfigError with all that is wrong."""
    if path is None:
        return []
    problems = Problems()
    shown = str(path)
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        problems.add(
            shown, 1, f"файл не читается ({why(error) if isinstance(error, OSError) else error}); путь задан в networks.tokens_file"
        )
        problems.raise_any()
        raise
    lines = [number for number, line in enumerate(data.splitlines(), 1) if re.match(rb"\s*\[\[\s*token\s*\]\]", line)]
    tokens: list[Token] = []
    if (parsed := read_toml(data, shown, problems)) is not None:
        content, places = parsed
        for name in content:
            if name not in ("token", "push"):
                problems.add(shown, places.of(name), f"неизвестный ключ {quoted(name)}; напишите [[token]] и его ключи ниже")
        entries = content.get("token", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            problems.add(shown, places.of("token"), "token — это список таблиц; напишите [[token]] перед каждой")
            entries = []
        for number, entry in enumerate(entries):
            line = lines[number] if len(lines) == len(entries) else places.of("token")
            token = _token(entry, path.parent, shown, line, problems)
            if token is not None and any(token.id == other.id for other in tokens):
                problems.add(shown, line, f"второй токен с именем {quoted(token.name)} сети {token.network}; дайте другое имя")
            elif token is not None:
                tokens.append(token)
    problems.raise_any()
    return tokens


def _token(entry: Mapping[str, Any], folder: Path, shown: str, line: int, problems: Problems) -> Token | None:
    before = len(problems)
    for key, value in entry.items():
        if key not in KEYS:
            problems.add(shown, line, f"неизвестный ключ {quoted(key)}; {advice(key, KEYS)}")
        elif not isinstance(value, str):
            problems.add(shown, line, f"{key} — нужен текст; напишите его в кавычках")
    if missing := [key for key in ("network", "kind", "name") if key not in entry]:
        problems.add(shown, line, f"нет {', '.join(missing)}; напишите")
    if ("value" in entry) == ("value_file" in entry):
        problems.add(shown, line, "нужно либо value, либо value_file; оставьте одно")
    if len(problems) > before:
        return None
    network, kind, name = entry["network"], entry["kind"], entry["name"]
    if network not in KINDS:
        problems.add(shown, line, f"сеть {quoted(network)} токенов не берёт; {advice(network, KINDS)}")
    elif KINDS[network] and kind not in KINDS[network]:
        problems.add(shown, line, f"kind {quoted(kind)} неизвестен сети {network}; {advice(kind, KINDS[network])}")
    if not _NAME.fullmatch(name):
        problems.add(shown, line, "name — до 64 букв, цифр и знаков . _ -")
    value = _value(entry, folder, shown, line, problems)
    return Token(network, kind, name, value) if len(problems) == before else None


def _value(entry: Mapping[str, str], folder: Path, shown: str, line: int, problems: Problems) -> str:
    value = entry.get("value")
    if value is None:
        path = folder / entry["value_file"]
        try:
            value = path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            problems.add(shown, line, f"value_file {quoted(entry['value_file'])} не читается; проверьте путь и права")
            return ""
    if not _VALUE.fullmatch(value):
        problems.add(shown, line, "значение пусто, с пробелами или не похоже на токен; напишите его так, как его дала сеть")
    elif (form := _FORMS.get((entry["network"], entry["kind"]))) is not None and not form[0].fullmatch(value):
        problems.add(shown, line, f"у значения другой вид; напишите {form[1]}")
    return value
