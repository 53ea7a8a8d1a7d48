"""region.toml: the region's name and time, its calendar, deadlines and the heat map's thresholds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from monitor.model.verdict import Urgency
from monitor.problems import Problems, advice, quoted
from monitor.profile.model import Calendar, Deadline, Thresholds
from monitor.profile.table import ID
from monitor.toml_lines import Lines, read_toml

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
URGENCIES = {urgency.name.lower(): urgency for urgency in Urgency}
KEYS: dict[str, tuple[str, ...]] = {
    "": ("id", "name", "timezone", "calendar", "deadlines", "thresholds"),
    "calendar": ("starts", "ends", "weekdays", "holidays", "working"),
    "deadlines": tuple(URGENCIES),
    "deadline": ("hours", "clock", "interim_hours"),
    "thresholds": ("yellow", "red"),
}
YEAR_HOURS = 366 * 24
LONGEST_WEEKS = 40
"""Working time is counted within one year, from which holidays are taken."""


@dataclass(slots=True)
class RegionFile:
    """What region.toml says."""

    id: str = ""
    name: str = ""
    calendar: Calendar = field(default_factory=lambda: Calendar(ZoneInfo("UTC")))
    deadlines: dict[Urgency, Deadline] = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=Thresholds)


def read_region_file(data: bytes, shown: str, problems: Problems) -> RegionFile | None:
    """Reads the file and notes all that is wrong with it; None if it cannot be read at all."""
    parsed = read_toml(data, shown, problems)
    return None if parsed is None else _Reader(*parsed, shown, problems).read()


class _Reader:
    def __init__(self, values: dict[str, Any], lines: Lines, shown: str, problems: Problems) -> None:
        self._values = values
        self._lines = lines
        self._shown = shown
        self._problems = problems

    def read(self) -> RegionFile:
        self._known(self._values, KEYS[""], ())
        region = RegionFile(id=self._text("id"), name=self._text("name"))
        if region.id and not ID.fullmatch(region.id):
            self._wrong(f"id {quoted(region.id)} — не id; допустимы строчные латинские буквы, цифры, - и _", "id")
        region.calendar = self._calendar(self._zone())
        region.deadlines = self._deadlines(region.calendar)
        table = self._table("thresholds", KEYS["thresholds"])
        yellow, red = (
            self._number(table, key, default, 1000.0, ("thresholds", key)) for key, default in (("yellow", 0.5), ("red", 1.0))
        )
        if yellow >= red:
            self._wrong("red не больше yellow; увеличьте red", "thresholds", "red")
        region.thresholds = Thresholds(yellow, red)
        return region

    def _zone(self) -> ZoneInfo:
        name = self._text("timezone")
        try:
            return ZoneInfo(name or "UTC")
        except (KeyError, ValueError, OSError):  # not found; no proper name; the name of a folder
            what = f"timezone {quoted(name)} — неизвестный часовой пояс; допустимы имена базы tz, например Europe/Moscow"
            self._wrong(what, "timezone")
            return ZoneInfo("UTC")

    def _calendar(self, zone: ZoneInfo) -> Calendar:
        table = self._table("calendar", KEYS["calendar"])
        starts, ends = self._minutes(table, "starts", 9 * 60), self._minutes(table, "ends", 18 * 60)
        if starts >= ends:
            self._wrong("рабочий день кончается раньше, чем начинается; ends должно быть позже starts", "calendar", "ends")
        weekdays: list[int] = []
        for at, day in enumerate(self._list(table, "weekdays", WEEKDAYS[:5])):
            if day in WEEKDAYS:
                weekdays.append(WEEKDAYS.index(day))
            else:
                self._wrong(f"неизвестный день недели {quoted(day)}; допустимы: {', '.join(WEEKDAYS)}", "calendar", "weekdays", at)
        if not weekdays:
            self._wrong("нет ни одного рабочего дня; назовите хотя бы один", "calendar", "weekdays")
        holidays, working = self._dates(table, "holidays"), self._dates(table, "working")
        for day in sorted(holidays & working):
            self._wrong(f"{day} и выходной, и рабочий; уберите из одного списка", "calendar", "working")
        return Calendar(zone, starts, ends, tuple(sorted(set(weekdays))), holidays, working)

    def _deadlines(self, calendar: Calendar) -> dict[Urgency, Deadline]:
        table = self._table("deadlines", KEYS["deadlines"])
        found: dict[Urgency, Deadline] = {}
        for name, urgency in URGENCIES.items():
            if name not in table:
                self._wrong(f"нет срока {name}; добавьте [deadlines.{name}] с hours и clock", "deadlines")
                continue
            one = table[name]
            if not isinstance(one, dict):
                self._wrong(f"deadlines.{name} — не таблица; напишите [deadlines.{name}] и под ним hours", "deadlines", name)
                continue
            self._known(one, KEYS["deadline"], ("deadlines", name))
            hours = self._number(one, "hours", 0.0, YEAR_HOURS, ("deadlines", name, "hours"))
            if hours == 0 and "hours" not in one:
                self._wrong("нет hours; впишите, сколько времени у исполнителя", "deadlines", name)
            elif hours == 0:
                self._wrong("hours равно 0; срок должен быть больше", "deadlines", name, "hours")
            clock = one.get("clock", "always")
            if clock not in ("working", "always"):
                self._wrong(f"clock {quoted(clock)} — неизвестное значение; допустимы working и always", "deadlines", name, "clock")
            interim = self._number(one, "interim_hours", 0.0, YEAR_HOURS, ("deadlines", name, "interim_hours"))
            week = (calendar.ends - calendar.starts) / 60 * len(calendar.weekdays)
            if clock == "working" and max(hours, interim) > week * LONGEST_WEEKS:
                what = f'больше рабочего времени за {LONGEST_WEEKS} недель; сократите или поставьте clock = "always"'
                key = "hours" if hours >= interim else "interim_hours"
                self._wrong(f"{key} {what}", "deadlines", name, key)
            found[urgency] = Deadline(urgency, hours, cast('Literal["working", "always"]', clock), interim)
        return found

    def _minutes(self, table: dict[str, Any], key: str, default: int) -> int:
        value = table.get(key)
        if value is None:
            return default
        if isinstance(value, str) and len(value) == 5 and value[2] == ":" and (value[:2] + value[3:]).isascii():
            hours, minutes = value[:2], value[3:]
            if hours.isdigit() and minutes.isdigit() and int(minutes) < 60 and int(hours) * 60 + int(minutes) <= 24 * 60:
                return int(hours) * 60 + int(minutes)
        self._wrong(f'{key} {quoted(value)} — не время суток; напишите как "09:00"', "calendar", key)
        return default

    def _dates(self, table: dict[str, Any], key: str) -> frozenset[date]:
        found: set[date] = set()
        for at, day in enumerate(self._list(table, key, ())):
            if isinstance(day, date) and not isinstance(day, datetime):
                found.add(day)
            else:
                self._wrong(f"{quoted(day)} — не дата; напишите как 2026-01-01, без кавычек", "calendar", key, at)
        return frozenset(found)

    def _text(self, key: str) -> str:
        value = self._values.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if value is None:
            self._wrong(f'нет {key}; добавьте {key} = "…"')
        else:
            self._wrong(f"{key} — нужен непустой текст; напишите его в кавычках", key)
        return ""

    def _number(self, table: dict[str, Any], key: str, default: float, high: float, path: tuple[str, ...]) -> float:
        value = table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or (isinstance(value, float) and math.isnan(value)):
            self._wrong(f"{key} — нужно число", *path)
        elif not 0 <= value <= high:
            self._wrong(f"{key} вне пределов; допустимо от 0 до {high:g}", *path)
        else:
            return float(value)
        return default

    def _list(self, table: dict[str, Any], key: str, default: tuple[str, ...]) -> list[Any]:
        value = table.get(key, list(default))
        if isinstance(value, list):
            return value
        self._wrong(f"{key} — нужен список; напишите его в квадратных скобках", "calendar", key)
        return list(default)

    def _table(self, name: str, keys: tuple[str, ...]) -> dict[str, Any]:
        value = self._values.get(name, {})
        if not isinstance(value, dict):
            self._wrong(f"{name} — нужна таблица; напишите [{name}] и его ключи ниже", name)
            return {}
        self._known(value, keys, (name,))
        return value

    def _known(self, table: dict[str, Any], keys: tuple[str, ...], path: tuple[str, ...]) -> None:
        for key in table:
            if key not in keys:
                self._wrong(f"неизвестный ключ {quoted(key)}; {advice(key, keys)}", *path, key)

    def _wrong(self, what: str, *path: str | int) -> None:
        self._problems.add(self._shown, self._lines.of(*path), what)
