"""works.toml of a region profile: planned works and known outages, which change from day to day.

It may be missing, and takes no part in the profile's digest: what it says goes through the log.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from monitor.model.errors import ConfigError
from monitor.model.verdict import GROUPS
from monitor.model.works import Work, Works
from monitor.problems import advice, quoted
from monitor.profile.model import Profile

FILE = "works.toml"


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    group: str
    begins: datetime
    ends: datetime
    theme: str = ""
    territory: str = ""
    streets: list[str] = []
    authors: int = 30
    frost: int | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    work: list[_Entry] = []
    temperature: int | None = None
    temperature_at: datetime | None = None


def read_works(folder: Path, profile: Profile, now: int) -> Works:
    """What is planned; times without a zone are the region's. Raises ConfigError with all that is wrong.

    A temperature without ``temperature_at`` is as old as the file.
    """
    path = folder / FILE
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
        changed = int(path.stat().st_mtime * 1000)
    except FileNotFoundError:
        return Works(profile.id, now)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigError([f"{path}:1: {error}"]) from None
    problems = [problem for one in found.work for problem in _wrong(one, profile)]
    if found.temperature is None and found.temperature_at is not None:
        problems.append("temperature_at: самой temperature нет")
    if problems:
        raise ConfigError([f"{path}:1: {problem}" for problem in problems])
    zone = profile.calendar.timezone

    def moment(at: datetime) -> int:
        return int((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp() * 1000)

    works = tuple(_work(one, moment) for one in found.work)
    if found.temperature is None:
        return Works(profile.id, now, works)
    return Works(profile.id, now, works, found.temperature, moment(found.temperature_at) if found.temperature_at else changed)


def _work(one: _Entry, moment: Callable[[datetime], int]) -> Work:
    begins, ends, streets = moment(one.begins), moment(one.ends), tuple(street.strip().lower() for street in one.streets)
    return Work(one.name, one.group, begins, ends, one.theme, one.territory, streets, one.authors, one.frost)


def _wrong(one: _Entry, profile: Profile) -> list[str]:
    found = []
    if one.group not in GROUPS:
        found.append(f"{quoted(one.name)}: неизвестная группа {quoted(one.group)}; {advice(one.group, GROUPS)}")
    if one.theme and not one.theme.startswith(f"{one.group}."):
        found.append(f"{quoted(one.name)}: тема {quoted(one.theme)} не из группы {one.group}")
    if one.territory and one.territory not in profile.territories:
        found.append(
            f"{quoted(one.name)}: территория {quoted(one.territory)} не существует; {advice(one.territory, profile.territories)}"
        )
    if (one.begins.tzinfo is None) == (one.ends.tzinfo is None) and one.ends <= one.begins:
        found.append(f"{quoted(one.name)}: ends не позже begins")
    return found
