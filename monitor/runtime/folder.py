"""The data folder of the embedded runtime: its log and its keys."""

from __future__ import annotations

from pathlib import Path

from monitor.config import Config
from monitor.log.base import PAGES, TOPICS, WATCH
from monitor.log.sqlite import SqliteLog
from monitor.runtime.keys import load_key

HOUR = 3_600_000


def log_path(config: Config) -> Path:
    return Path(config.nabat.data) / "log.sqlite"


async def open_log(config: Config) -> SqliteLog:
    """The log in the data folder, made if it is missing. LogError if another process has it or its layout is another."""
    section = config.log
    partitions = dict.fromkeys(TOPICS, 1) | {PAGES: section.partitions}
    hours = dict.fromkeys(TOPICS, section.outgoing_hours) | {PAGES: section.pages_hours, WATCH: section.watch_hours}
    return await SqliteLog.open(log_path(config), partitions, {topic: count * HOUR for topic, count in hours.items()})


def prepare(config: Config) -> bytes:
    """The folder, made if it is missing, and the key of the dead letters."""
    data = Path(config.nabat.data)
    data.mkdir(parents=True, exist_ok=True)
    return load_key(config.privacy.dead_letter_key_file, data / "keys" / "dead-letters.key")
