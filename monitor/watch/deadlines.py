"""When an answer is due: hours of the calendar or around the clock, counted from a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.model.verdict import Urgency
from monitor.profile.model import Calendar, Profile

_MAX_DAYS = 366
"""A calendar whose next year has no working time is wrong; counting must end all the same."""


def due(profile: Profile, urgency: int, start: int, interim: bool = False) -> int:
    """The moment (ms) by which the body must have answered an incident registered at ``start``; 0 where no rule is given.

    ``interim`` asks for the extension that an interim answer gives.
    """
    rule = profile.deadlines.get(Urgency(urgency))
    if rule is None:
        return 0
    hours = rule.interim_hours if interim else rule.hours
    if hours <= 0:
        return 0
    if rule.clock == "always":
        return start + int(hours * 3_600_000)
    return _add_working(profile.calendar, start, int(hours * 60))


def _add_working(calendar: Calendar, start: int, minutes: int) -> int:
    zone = calendar.timezone
    now = datetime.fromtimestamp(start / 1000, UTC).astimezone(zone)
    day = now.date()
    for _ in range(_MAX_DAYS):
        if (day.weekday() in calendar.weekdays and day not in calendar.holidays) or day in calendar.working:
            midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
            begins = max(midnight + timedelta(minutes=calendar.starts), now)
            left = int((midnight + timedelta(minutes=calendar.ends) - begins).total_seconds() // 60)
            if left >= minutes:
                return int((begins + timedelta(minutes=minutes)).timestamp() * 1000)
            minutes -= max(left, 0)
        day += timedelta(days=1)
    return 0
