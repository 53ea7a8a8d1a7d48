"""From events of the alerts topic to messages: what is new in an event, and whom it concerns. Pure, in the order of the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor.deliver.message import Event, Message, message_id
from monitor.outgoing.shapes import AlertData

LEVELS = ("notice", "urgent", "flash")


@dataclass(slots=True, frozen=True)
class Destination:
    """Where messages go. ``people``: it rings; systems (webhooks) are told everything. ``level``: the lowest that it is told of.

    ``silent``: it can be told without a sound; what has to be quiet is not told to one that can't.
    """

    name: str
    channel: str
    people: bool
    level: str = "notice"
    silent: bool = True


class Routes(Protocol):
    """Whom an alert concerns at a moment (ms): names of destinations for people."""

    def people(self, alert: AlertData, at: int) -> Sequence[str]: ...

    def quiet(self, destination: str, alert: AlertData, at: int) -> bool:
        """Whether it is to be told without a sound at that moment."""


@dataclass(slots=True)
class Told:
    """What was last told of an alert: its level, whether it is over, and whether somebody has answered it."""

    level: str
    over: bool
    answered: bool = False


class Planner:
    """``routes`` by region; a region without any tells all people's destinations. ``told`` is by region and alert."""

    def __init__(
        self, destinations: Mapping[str, Destination], routes: Mapping[str, Routes], told: dict[tuple[str, str], Told]
    ) -> None:
        self._destinations = destinations
        self._routes = routes
        self._told = told

    def take(self, alert: AlertData, event: Event, event_id: str, payload: str, version: int, now: int) -> list[Message]:
        """The messages of one event; ``now`` is ms. Growth within a level is told to systems alone."""
        people = () if event == "changed" else self._people(alert, now)
        told = [one.name for one in self._destinations.values() if not one.people] + [*people]
        return [
            Message(
                message_id(event_id, name),
                alert.region,
                name,
                self._destinations[name].channel,
                "alert",
                alert.id,
                event,
                alert.level,
                now,
                payload,
                version,
            )
            for name in told
            if self._wants(self._destinations[name], alert, event, now)
        ]

    def event(self, alert: AlertData) -> Event:
        """What is new in the next event of an alert; remembers it."""
        key = alert.region, alert.id
        before = self._told.get(key)
        firing = alert.status == "firing"
        self._told[key] = Told(alert.level, not firing, bool(alert.answered_by))
        if not firing:
            return "resolved" if before is None or not before.over else "changed"
        if before is None:
            return "fired"
        if before.over:
            return "reopened"
        if LEVELS.index(alert.level) > LEVELS.index(before.level):
            return "louder"
        return "reminded" if before.answered and not alert.answered_by else "changed"

    def _people(self, alert: AlertData, now: int) -> Sequence[str]:
        routes = self._routes.get(alert.region)
        if routes is None:
            return [one.name for one in self._destinations.values() if one.people]
        return [name for name in routes.people(alert, now) if name in self._destinations]

    def _wants(self, destination: Destination, alert: AlertData, event: Event, now: int) -> bool:
        if destination.people and not destination.silent:
            routes = self._routes.get(alert.region)
            if event == "resolved" or (routes is not None and routes.quiet(destination.name, alert, now)):
                return False
        return LEVELS.index(alert.level) >= LEVELS.index(destination.level)
