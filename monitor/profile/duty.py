"""The duty roles of a region as immutable objects; monitor.profile.duty_file reads them."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 24 * 60


@dataclass(slots=True, frozen=True)
class Span:
    """From a minute of the day to another; one that begins after its end goes over midnight. Equal ones: never."""

    begins: int
    ends: int

    def holds(self, minute: int) -> bool:
        if self.begins <= self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends


@dataclass(slots=True, frozen=True)
class Role:
    """A duty role. ``channels``, ``deputy`` and ``head`` are names of destinations; empty ``territories`` or ``groups``: all.

    Told of alerts from ``level`` on, in ``hours`` of ``weekdays`` (0 = Monday, of the day on which the hours begin). In ``quiet``
    hours alerts below ``quiet_level`` make no sound. Alerts from ``escalate_level`` on that nobody has answered go to the deputy and
    to the head after so many minutes. ``place`` is where the role is written, ``file:line``.

    A role of ``bodies`` is told of tasks to them and of what they owe, and of nothing else.
    """

    name: str
    title: str
    channels: tuple[str, ...]
    level: str = "urgent"
    territories: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    hours: Span = Span(0, DAY)
    weekdays: frozenset[int] = frozenset(range(7))
    quiet: Span = Span(0, 0)
    quiet_level: str = "flash"
    deputy: tuple[str, ...] = ()
    deputy_minutes: int = 10
    head: tuple[str, ...] = ()
    head_minutes: int = 20
    escalate_level: str = "urgent"
    bodies: frozenset[str] = frozenset()
    place: str = ""

    def destinations(self) -> set[str]:
        return {*self.channels, *self.deputy, *self.head}
