"""duty.toml of a region profile: who is told of which alerts, when, and who is told where nobody answers.

It names roles and destinations, never persons. It may be missing; and it takes no part in the profile's digest, since a change of the
shift changes no result.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, get_args

from monitor.model.incident import AlertLevel
from monitor.model.verdict import GROUPS
from monitor.problems import Problems, advice, quoted
from monitor.profile.duty import DAY, Role, Span
from monitor.profile.region_file import WEEKDAYS
from monitor.toml_lines import read_toml

FILE = "duty.toml"
LEVELS = get_args(AlertLevel)
KEYS = (
    "name",
    "title",
    "channels",
    "level",
    "territories",
    "groups",
    "hours",
    "weekdays",
    "quiet",
    "quiet_level",
    "deputy",
    "deputy_minutes",
    "head",
    "head_minutes",
    "escalate_level",
    "bodies",
)
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)")


def read_duty(
    data: bytes, shown: str, territories: Collection[str] | None, problems: Problems, bodies: Collection[str] | None = None
) -> tuple[Role, ...]:
    """The roles in their order; notes all that is wrong. ``territories``, ``bodies``: known ids, None where they can't be told."""
    parsed = read_toml(data, shown, problems)
    if parsed is None:
        return ()
    content, places = parsed
    for name in content:
        if name != "duty":
            problems.add(shown, places.of(name), f"неизвестный ключ {quoted(name)}; напишите [[duty]] и его ключи ниже")
    entries = content.get("duty", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        problems.add(shown, places.of("duty"), "duty — это список таблиц; напишите [[duty]] перед каждой")
        return ()
    lines = [number for number, line in enumerate(data.splitlines(), 1) if re.match(rb"\s*\[\[\s*duty\s*\]\]", line)]
    roles: list[Role] = []
    for number, entry in enumerate(entries):
        line = lines[number] if len(lines) == len(entries) else places.of("duty")
        role = _Reader(entry, shown, line, territories, bodies, problems).read()
        if any(role.name == other.name for other in roles):
            problems.add(shown, line, f"вторая роль с именем {quoted(role.name)}; дайте другое имя")
        roles.append(role)
    return tuple(roles)


class _Reader:
    def __init__(
        self,
        entry: dict[str, Any],
        shown: str,
        line: int,
        territories: Collection[str] | None,
        bodies: Collection[str] | None,
        problems: Problems,
    ) -> None:
        self._entry = entry
        self._place = shown, line
        self._territories = territories
        self._bodies = bodies
        self._problems = problems

    def read(self) -> Role:
        for key in self._entry:
            if key not in KEYS:
                self._wrong(f"неизвестный ключ {quoted(key)}; {advice(key, KEYS)}")
        name = self._text("name", "")
        if not name:
            self._wrong("нет name; напишите")
        channels = self._list("channels")
        if not channels:
            self._wrong("channels не называет ни одного адресата; назовите хотя бы одного")
        territories, groups = self._list("territories"), self._list("groups")
        if self._territories is not None:
            self._among("territories", territories, self._territories)
        self._among("groups", groups, GROUPS)
        bodies = self._list("bodies")
        if self._bodies is not None:
            self._among("bodies", bodies, self._bodies)
        days = self._list("weekdays") or WEEKDAYS
        self._among("weekdays", days, WEEKDAYS)
        deputy, head = self._minutes("deputy_minutes", 10), self._minutes("head_minutes", 20)
        if self._list("deputy") and self._list("head") and head <= deputy:
            self._wrong("head_minutes не больше deputy_minutes; руководителю говорят после заместителя")
        return Role(
            name,
            self._text("title", name),
            channels,
            self._level("level", "urgent"),
            frozenset(territories),
            frozenset(groups),
            self._span("hours", Span(0, DAY)),
            frozenset(WEEKDAYS.index(day) for day in days if day in WEEKDAYS),
            self._span("quiet", Span(0, 0)),
            self._level("quiet_level", "flash"),
            self._list("deputy"),
            deputy,
            self._list("head"),
            head,
            self._level("escalate_level", "urgent"),
            frozenset(bodies),
            ":".join(map(str, self._place)),
        )

    def _text(self, key: str, default: str) -> str:
        value = self._entry.get(key, default)
        if isinstance(value, str):
            return value.strip()
        self._wrong(f"{key} — нужен текст; напишите его в кавычках")
        return default

    def _list(self, key: str) -> tuple[str, ...]:
        value = self._entry.get(key, [])
        if isinstance(value, list) and all(isinstance(one, str) and one for one in value):
            return tuple(value)
        self._wrong(f"{key} — нужен список текстов; напишите его в квадратных скобках")
        return ()

    def _among(self, key: str, values: tuple[str, ...], known: Collection[str]) -> None:
        for value in values:
            if value not in known:
                near = advice(value, known)
                self._wrong(
                    f"{key}: {quoted(value)} — неизвестное значение; {near if near.endswith('?') else 'напишите id из файла'}"
                )

    def _level(self, key: str, default: str) -> str:
        value = self._text(key, default)
        if value not in LEVELS:
            self._wrong(f"{key} {quoted(value)} — неизвестное значение; {advice(value, LEVELS)}")
        return value

    def _minutes(self, key: str, default: int) -> int:
        value = self._entry.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= DAY:
            return value
        self._wrong(f"{key} — нужно целое число от 1 до {DAY}")
        return default

    def _span(self, key: str, default: Span) -> Span:
        if key not in self._entry:
            return default
        value = self._text(key, "")
        found = _HOURS.fullmatch(value)
        begins, ends = (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])) if found else (0, 0)
        if begins == ends or ends > DAY:
            self._wrong(f'{key} {quoted(value)} — не время; напишите как "22:00-07:00", а весь день — "00:00-24:00"')
            return default
        return Span(begins, ends)

    def _wrong(self, what: str) -> None:
        self._problems.add(*self._place, what)
