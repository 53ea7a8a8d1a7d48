"""Whom the duty directory of a region names for an alert: routing by level, group, territory and hour, quiet hours, escalation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from monitor.outgoing.shapes import AlertData
from monitor.profile.duty import Role
from monitor.profile.duty_file import LEVELS
from monitor.profile.model import Profile

MINUTE = 60_000


class Turn(NamedTuple):
    """Who is told when an alert has had no answer for so long (ms)."""

    after: int
    destinations: tuple[str, ...]


class Duty:
    """The directory of one region. An alert from ``urgent`` on that no role is there for goes to all roles: nobody is worse."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._roles = [role for role in profile.duty if not role.bodies]
        self._bodies = [role for role in profile.duty if role.bodies]
        watched = {name for role in self._roles for name in role.destinations()}
        self.reserved = frozenset(name for role in self._bodies for name in role.destinations() if name not in watched)
        """Destinations of bodies alone: they are told of nothing but what is theirs."""

    def people(self, alert: AlertData, at: int) -> Sequence[str]:
        return _once(name for role in self._concerned(alert, at) for name in role.channels)

    def body(self, alert: AlertData) -> Sequence[str]:
        """Who is told at the body that has to act. Tasks know no hours: whoever sends one wants it done."""
        return _once(name for role in self._bodies if alert.body in role.bodies for name in role.channels)

    def task_turns(self, alert: AlertData) -> list[Turn]:
        """Deputies and heads of the body, for a task that nobody takes there."""
        return _turns(role for role in self._bodies if alert.body in role.bodies)

    def quiet(self, destination: str, alert: AlertData, at: int) -> bool:
        """Whether the destination is to make no sound: all the roles that it is told for have their quiet hours, and this is less."""
        _, minute = self._time(at)
        told = [role for role in self._concerned(alert, at) if destination in role.channels]
        return bool(told) and all(role.quiet.holds(minute) and _rank(alert.level) < _rank(role.quiet_level) for role in told)

    def turns(self, alert: AlertData, at: int) -> list[Turn]:
        """Deputies and heads of the roles that the alert concerns, the soonest first. In quiet hours nobody is told later either."""
        _, minute = self._time(at)
        return _turns(
            role
            for role in self._concerned(alert, at)
            if _rank(alert.level) >= _rank(role.escalate_level)
            and not (role.quiet.holds(minute) and _rank(alert.level) < _rank(role.quiet_level))
        )

    def _concerned(self, alert: AlertData, at: int) -> list[Role]:
        around = set(self._profile.path(alert.territory))
        loud = [role for role in self._roles if _rank(alert.level) >= _rank(role.level)]
        mine = [
            role
            for role in loud
            if (not role.territories or role.territories & around)
            and (not role.groups or alert.group in role.groups)
            and self._works(role, at)
        ]
        return mine or (loud if _rank(alert.level) >= _rank("urgent") else [])

    def _works(self, role: Role, at: int) -> bool:
        day, minute = self._time(at)
        if role.hours.begins > role.hours.ends and minute < role.hours.ends:
            # After midnight it is still the shift of the day before.
            day = (day - 1) % 7
        return day in role.weekdays and role.hours.holds(minute)

    def _time(self, at: int) -> tuple[int, int]:
        now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)
        local = now.astimezone(self._profile.calendar.timezone)
        return local.weekday(), local.hour * 60 + local.minute


def _turns(roles: Iterable[Role]) -> list[Turn]:
    found: dict[int, list[str]] = {}
    for role in roles:
        for minutes, names in ((role.deputy_minutes, role.deputy), (role.head_minutes, role.head)):
            found.setdefault(minutes * MINUTE, []).extend(names)
    return [Turn(after, tuple(_once(names))) for after, names in sorted(found.items()) if names]


def _rank(level: str) -> int:
    return LEVELS.index(level)


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
