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
from monitor.problems import Problems, advice, quoted
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
    "telegram": (re.compile(r"-?\d{1,20}|@\w{4,64}"), "is no chat; write its number, or @name of a channel"),
    "max": (re.compile(r"(user:)?-?\d{1,20}"), "is no chat; write its number, or user:NUMBER"),
    "email": (re.compile(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+)*"), "is no e-mail address"),
    "sms": (re.compile(r"\+?\d{5,15}"), "is no phone number; write digits alone"),
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
        problems.add(shown, 1, f"cannot be read ({getattr(error, 'strerror', None) or error}); see deliver.destinations_file")
        problems.raise_any()
        raise
    lines = [number for number, line in enumerate(data.splitlines(), 1) if re.match(rb"\s*\[\[\s*destination\s*\]\]", line)]
    if (parsed := read_toml(data, shown, problems)) is not None:
        content, places = parsed
        for name in content:
            if name != "destination":
                problems.add(shown, places.of(name), f"unknown key {quoted(name)}; write [[destination]] and its keys below")
        entries = content.get("destination", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            problems.add(shown, places.of("destination"), "destination is a list of tables; write [[destination]] before each")
            entries = []
        for number, entry in enumerate(entries):
            line = lines[number] if len(lines) == len(entries) else places.of("destination")
            one = _Reader(entry, path.parent, shown, line, problems).read()
            if one is not None and any(one.name == other.name for other in found):
                problems.add(shown, line, f"a second destination named {quoted(one.name)}; give it another name")
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
                self._wrong(f"unknown key {quoted(key)}; {advice(key, KEYS)}")
        name, channel, address = self._text("name"), self._text("channel"), self._text("address")
        level = self._text("level", "urgent" if channel != "webhook" else "notice")
        if name and not _NAME.fullmatch(name):
            self._wrong("name must be of up to 64 letters, digits and . _ -")
        if level not in LEVELS:
            self._wrong(f"level {quoted(level)} is not known; {advice(level, LEVELS)}")
        secrets: tuple[Secret, ...] = ()
        if channel and channel not in CHANNELS:
            self._wrong(f"channel {quoted(channel)} is not known; {advice(channel, CHANNELS)}")
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
                self._wrong("address is no URL; write it in full, with https:// and without user or password")
            return
        pattern, what = _ADDRESSES[channel]
        if address and not pattern.fullmatch(address):
            self._wrong(f"address {what}")

    def _secrets(self, channel: str) -> tuple[Secret, ...]:
        if channel in WITH_TOKEN:
            texts = self._values("token", "token_file", 1)
            if any(not _TOKEN.fullmatch(text) for text in texts):
                self._wrong("the token is empty, has spaces or is none; write it as the network gave it")
            return tuple(Secret(text) for text in texts)
        if channel == "webhook":
            texts = self._values("secrets", "secret_files", SECRETS)
            for text in texts:
                try:
                    secret_of(text)
                except ValueError as error:
                    self._wrong(f"a secret {error}")
            return tuple(Secret(text) for text in texts)
        if any(key in self._entry for key in KEYS[4:]):
            self._wrong(f"{channel} takes no token and no secrets; see the section of the configuration")
        return ()

    def _values(self, key: str, file_key: str, most: int) -> list[str]:
        if (key in self._entry) == (file_key in self._entry):
            self._wrong(f"needs either {key} or {file_key}; keep one")
            return []
        used = key if key in self._entry else file_key
        values = self._entry[used] if most > 1 else [self._entry[used]]
        if not isinstance(values, list) or not 1 <= len(values) <= most or not all(isinstance(value, str) for value in values):
            self._wrong(f"{used} must be {'a text' if most == 1 else f'a list of 1 to {most} texts'}")
            return []
        if used == key:
            return [value.strip() for value in values]
        texts = []
        for value in values:
            try:
                texts.append((self._folder / value).read_text(encoding="utf-8").strip())
            except (OSError, ValueError):
                self._wrong(f"{used} {quoted(value)} cannot be read; check the path and its rights")
        return texts

    def _text(self, key: str, default: str | None = None) -> str:
        value = self._entry.get(key, default)
        if value is None:
            self._wrong(f"has no {key}; write it")
        elif not isinstance(value, str) or not value.strip():
            self._wrong(f"{key} must be a text that is not empty; write it in quotation marks")
        else:
            return value.strip()
        return ""

    def _wrong(self, what: str) -> None:
        self._problems.add(*self._place, what)
