"""What planned works explain: an alert that they explain makes no sound, unless their scope, their term or the frost exceeds them."""

from __future__ import annotations

from typing import NamedTuple

from monitor.model.rows import AlertRow
from monitor.model.verdict import Urgency
from monitor.model.works import Work, Works
from monitor.profile.model import Profile
from monitor.watch.wording import clock_time

HOUR = 3_600_000
BELIEVED = 6 * HOUR
"""Ms for which a temperature that somebody typed in counts: frost comes within a night."""


class Judged(NamedTuple):
    """``quiet``: the works explain it. ``note``: which works these are, or in what it goes beyond them; empty: none are known."""

    quiet: bool
    note: str


NOTHING = Judged(False, "")


class Explanations:
    """The works of a region that are in force. Danger to life is annotated, and never quiet."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._works = Works(profile.id, 0)

    def put(self, works: Works) -> None:
        self._works = works

    @property
    def works(self) -> Works:
        return self._works

    def temperature(self, now: int) -> int | None:
        """Of the air, °C, at ``now`` (ms), as far as somebody has said it lately."""
        age = now - (self._works.measured or self._works.at)
        return self._works.temperature if age <= BELIEVED else None

    def judge(self, row: AlertRow, street: str, urgency: int, now: int) -> Judged:
        """What is known about an alert at a street (empty: not known) at ``now`` (ms). Works that explain it count first."""
        found = [self._one(work, row, urgency, now) for work in self._works.works if self._meets(work, row, street)]
        return next((one for one in found if one.quiet), found[0] if found else NOTHING)

    def _meets(self, work: Work, row: AlertRow, street: str) -> bool:
        if work.group != row.group or (work.theme and row.theme not in ("", work.theme)) or row.since < work.begins:
            return False
        if work.territory and work.territory not in self._profile.path(row.territory):
            return False
        return not work.streets or not row.theme or street in work.streets

    def _cold(self, frost: int, now: int) -> str:
        """Why works that hold down to ``frost`` explain nothing now; empty where they do. An old temperature is none."""
        temperature, age = self._works.temperature, now - (self._works.measured or self._works.at)
        if temperature is None:
            return "температура воздуха неизвестна"
        hours = f"{age // HOUR} ч назад" if age >= HOUR else "только что"
        if age > BELIEVED:
            return f"температура воздуха введена {hours}, нынешняя неизвестна"
        return f"мороз {temperature} °C (введено {hours})" if temperature < frost else ""

    def _one(self, work: Work, row: AlertRow, urgency: int, now: int) -> Judged:
        until = clock_time(work.ends, self._profile.calendar.timezone)
        name = f"Плановые работы: {work.name}, до {until}"
        if now >= work.ends:
            return Judged(False, f"{name}: срок прошёл.")
        if row.authors > work.authors:
            return Judged(False, f"{name}: жалоб больше, чем они объясняют.")
        if work.frost is not None and (cold := self._cold(work.frost, now)):
            return Judged(False, f"{name}: {cold}.")
        if urgency >= Urgency.DANGER:
            return Judged(False, f"{name}: есть опасность для жизни.")
        return Judged(True, f"{name}.")
