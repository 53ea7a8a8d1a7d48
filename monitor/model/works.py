"""Planned works and known outages of a region, as its file says and as the log carries them to watch."""

from __future__ import annotations

from msgspec import Struct


class Work(Struct, omit_defaults=True, frozen=True):
    """What is known to be off, where and until when. Empty ``theme``: all of ``group``; empty ``streets``: the whole ``territory``.

    It explains no more than ``authors`` people writing, and nothing in a frost below ``frost`` (°C; None: it does not matter).
    """

    name: str
    group: str
    begins: int
    ends: int
    theme: str = ""
    territory: str = ""
    streets: tuple[str, ...] = ()
    authors: int = 30
    frost: int | None = None


class Works(Struct, tag_field="type", tag="works", omit_defaults=True):
    """All that is planned in a region from here on. ``temperature``: of the air, °C, at ``measured`` (ms); None where nobody says."""

    region: str
    at: int
    works: tuple[Work, ...] = ()
    temperature: int | None = None
    measured: int = 0
