"""The file of destinations: strict, and no message ever quotes a secret.

[[destination]]
name = "duty-chat"             # by this name duty directories and the journal know it
channel = "telegram"           # telegram, max, email, sms, webhook
address = "-1001234567890"     # chat, e-mail address, phone number, URL
token_file = "bot.token"       # telegram and max; or token = "…"
level = "urgent"               # the lowest level that it is told of
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

from monitor.config.secret import Secret
from monitor.metrics.labels import DeliveryChannel
from monitor.model.incident import AlertLevel
from monitor.problems import Problems, advice, quoted, why
from monitor.toml_lines import read_toml
from sources.webhook import secret_of

KEYS = ("name", "channel", "address", "level", "token", "token_file", "secrets", "secret_files")
CHANNELS = get_args(DeliveryChannel)
LEVELS = get_args(AlertLevel)
WITH_TOKEN = ("telegram", "max")
SECRETS = 2
"""One, and a second while the receiver goes over to it."""
_NAME = re.compile(r"[\w.-]{1,64}")
_TOKEN = re.compile(r"[!-~]{1,4096}")
_ADDRESSES = {
    "telegram": (re.compile(r"-?\d{1,20}|@\w{4,64}"), "— не чат; напишите его номер или @имя канала"),
    "max": (re.compile(r"(user:)?-?\d{1,20}"), "— не чат; напишите его номер или user:НОМЕР"),
    "email": (re.compile(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+)*"), "— не адрес почты"),
    "sms": (re.compile(r"\+?\d{5,15}"), "— не номер телефона; напишите одни цифры"),
}


@dataclass(slots=True, frozen=True)
class Entry:
    """One destination as it was written. ``secrets``: the bot's token, or what webhooks are signed with."""

    name: str
    channel: str
    address: str
    level: str
    secrets: tuple[Secret, ...] = ()


def load_destinations(path: Path | None) -> list[Entry]:
    """The destinations in the order in which they stand there; none without a file. Raises ConfigError with all that is wrong."""
    if path is None:
        return []
    problems = Problems()
    shown = str(path)
    found: list[Entry] = []
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        problems.add(
            shown,
            1,
            f"файл не читается ({why(error) if isinstance(error, OSError) else error}); путь задан в deliver.destinations_file",
        )
        problems.raise_any()
        raise
    lines = [number for number, line in enumerate(data.splitlines(), 1) if re.match(rb"\s*\[\[\s*destination\s*\]\]", line)]
    if (parsed := read_toml(data, shown, problems)) is not None:
        content, places = parsed
        for name in content:
            if name != "destination":
                problems.add(shown, places.of(name), f"неизвестный ключ {quoted(name)}; напишите [[destination]] и его ключи ниже")
        entries = content.get("destination", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            problems.add(shown, places.of("destination"), "destination — это список таблиц; напишите [[destination]] перед каждой")
            entries = []
        for number, entry in enumerate(entries):
            line = lines[number] if len(lines) == len(entries) else places.of("destination")
            one = _Reader(entry, path.parent, shown, line, problems).read()
            if one is not None and any(one.name == other.name for other in found):
                problems.add(shown, line, f"второй адресат с именем {quoted(one.name)}; дайте другое имя")
            elif one is not None:
                found.append(one)
    problems.raise_any()
    return found


class _Reader:
    def __init__(self, entry: Mapping[str, Any], folder: Path, shown: str, line: int, problems: Problems) -> None:
        self._entry = entry
        self._folder = folder
        self._place = shown, line
        self._problems = problems

    def read(self) -> Entry | None:
        before = len(self._problems)
        for key in self._entry:
            if key not in KEYS:
                self._wrong(f"неизвестный ключ {quoted(key)}; {advice(key, KEYS)}")
        name, channel, address = self._text("name"), self._text("channel"), self._text("address")
        level = self._text("level", "urgent" if channel != "webhook" else "notice")
        if name and not _NAME.fullmatch(name):
            self._wrong("name — до 64 букв, цифр и знаков . _ -")
        if level not in LEVELS:
            self._wrong(f"level: неизвестный уровень {quoted(level)}; {advice(level, LEVELS)}")
        secrets: tuple[Secret, ...] = ()
        if channel and channel not in CHANNELS:
            self._wrong(f"channel: неизвестный канал {quoted(channel)}; {advice(channel, CHANNELS)}")
        elif channel:
            self._check_address(channel, address)
            secrets = self._secrets(channel)
        return Entry(name, channel, address, level, secrets) if len(self._problems) == before else None

    def _check_address(self, channel: str, address: str) -> None:
        if channel == "webhook":
            try:
                parts = urlsplit(address)
                right = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username and not parts.password
            except ValueError:
                right = False
            if address and not right:
                self._wrong("address — не URL; напишите его целиком, с https:// и без имени и пароля")
            return
        pattern, what = _ADDRESSES[channel]
        if address and not pattern.fullmatch(address):
            self._wrong(f"address {what}")

    def _secrets(self, channel: str) -> tuple[Secret, ...]:
        if channel in WITH_TOKEN:
            texts = self._values("token", "token_file", 1)
            if any(not _TOKEN.fullmatch(text) for text in texts):
                self._wrong("token пуст, с пробелами или не похож на токен; напишите его так, как его дала сеть")
            return tuple(Secret(text) for text in texts)
        if channel == "webhook":
            texts = self._values("secrets", "secret_files", SECRETS)
            for text in texts:
                try:
                    secret_of(text)
                except ValueError as error:
                    self._wrong(f"секрет: {error}")
            return tuple(Secret(text) for text in texts)
        if any(key in self._entry for key in KEYS[4:]):
            self._wrong(f"{channel} не берёт ни токена, ни секретов; его настройки — в своём разделе конфигурации")
        return ()

    def _values(self, key: str, file_key: str, most: int) -> list[str]:
        if (key in self._entry) == (file_key in self._entry):
            self._wrong(f"нужно либо {key}, либо {file_key}; оставьте одно")
            return []
        used = key if key in self._entry else file_key
        values = self._entry[used] if most > 1 else [self._entry[used]]
        if not isinstance(values, list) or not 1 <= len(values) <= most or not all(isinstance(value, str) for value in values):
            self._wrong(f"{used}: {'нужен текст' if most == 1 else f'нужен список из 1–{most} текстов'}")
            return []
        if used == key:
            return [value.strip() for value in values]
        texts = []
        for value in values:
            try:
                texts.append((self._folder / value).read_text(encoding="utf-8").strip())
            except (OSError, ValueError):
                self._wrong(f"{used} {quoted(value)} не читается; проверьте путь и права")
        return texts

    def _text(self, key: str, default: str | None = None) -> str:
        value = self._entry.get(key, default)
        if value is None:
            self._wrong(f"нет {key}; напишите")
        elif not isinstance(value, str) or not value.strip():
            self._wrong(f"{key} — нужен непустой текст; напишите его в кавычках")
        else:
            return value.strip()
        return ""

    def _wrong(self, what: str) -> None:
        self._problems.add(*self._place, what)
