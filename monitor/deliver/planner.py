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

    ``ends``: people there are told that an alert is over.
    """

    name: str
    channel: str
    people: bool
    level: str = "notice"
    ends: bool = True


class Routes(Protocol):
    """Whom an alert concerns at a moment (ms): names of destinations for people."""

    def people(self, alert: AlertData, at: int) -> Sequence[str]: ...


@dataclass(slots=True)
class Told:
    """What was last told of an alert: its greatest level while it fires, and whether it is over."""

    level: str
    over: bool


class Planner:
    """``routes`` by region; a region without any tells all people's destinations. ``told`` is by region and alert."""

    def __init__(
        self, destinations: Mapping[str, Destination], routes: Mapping[str, Routes], told: dict[tuple[str, str], Told]
    ) -> None:
        self._destinations = destinations
        self._routes = routes
        self._told = told

    def take(self, alert: AlertData, event_id: str, payload: str, version: int, now: int) -> list[Message]:
        """The messages of one event; ``now`` is ms. Growth within a level is told to systems alone."""
        event = self._event(alert)
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
            if self._wants(self._destinations[name], alert, event)
        ]

    def _event(self, alert: AlertData) -> Event:
        key = alert.region, alert.id
        before = self._told.get(key)
        firing = alert.status == "firing"
        self._told[key] = Told(alert.level, not firing)
        if not firing:
            return "resolved" if before is None or not before.over else "changed"
        if before is None:
            return "fired"
        if before.over:
            return "reopened"
        return "louder" if LEVELS.index(alert.level) > LEVELS.index(before.level) else "changed"

    def _people(self, alert: AlertData, now: int) -> Sequence[str]:
        routes = self._routes.get(alert.region)
        if routes is None:
            return [one.name for one in self._destinations.values() if one.people]
        return [name for name in routes.people(alert, now) if name in self._destinations]

    def _wants(self, destination: Destination, alert: AlertData, event: Event) -> bool:
        if destination.people and event == "resolved" and not destination.ends:
            return False
        return LEVELS.index(alert.level) >= LEVELS.index(destination.level)
