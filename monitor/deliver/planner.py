"""From events of the alerts topic to messages: what is new in an event, and whom it concerns. Pure, in the order of the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from monitor.deliver.message import Event, Kind, Message, message_id
from monitor.outgoing.shapes import AlertData

LEVELS = ("notice", "urgent", "flash")
KNOWN = 100_000
"""Alerts of which it is remembered what was told; then those go that have been over for longest, and where all fire the one that was
told of longest ago: if it is told of again it is a new one.
"""
LOOKED = 100
"""Of the oldest, for some that are over."""


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
    """Whom an alert concerns at a moment (ms): names of destinations."""

    reserved: frozenset[str]

    def body(self, alert: AlertData) -> Sequence[str]:
        """Who is told of what the alert's body owes."""

    def people(self, alert: AlertData, at: int) -> Sequence[str]: ...

    def quiet(self, destination: str, alert: AlertData, at: int) -> bool:
        """Whether it is to be told without a sound at that moment."""


@dataclass(slots=True)
class Told:
    """What was last told of an alert: its level and sounds, whether it is over, answered, and given to its body as a task; and as of
    which version, since watch repeats older events after a crash."""

    level: str
    over: bool
    answered: bool = False
    sounds: int = 1
    tasked: bool = False
    version: int = 0


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
        routes = self._routes.get(alert.region)
        people = () if event in ("changed", "task") else self._people(alert, now)
        reserved = routes.reserved if routes is not None else frozenset()
        told = [one.name for one in self._destinations.values() if not one.people and one.name not in reserved] + [*people]
        owed = event == "task" or (alert.why == "promise" and event in ("fired", "louder", "wider", "reopened"))
        tasks = [name for name in routes.body(alert) if name in self._destinations] if routes is not None and owed else []

        def message(name: str, kind: Kind) -> Message:
            parts = (event_id, name) if kind == "alert" else (event_id, name, kind)
            channel = self._destinations[name].channel
            return Message(message_id(*parts), alert.region, name, channel, kind, alert.id, event, alert.level, now, payload, version)

        wanted = [message(name, "alert") for name in told if self._wants(self._destinations[name], alert, event, now)]
        return wanted + [message(name, "task") for name in tasks]

    def event(self, alert: AlertData, version: int) -> Event | None:
        """What is new in the next event of an alert, of which ``version`` is told; remembers it. None for what is known already."""
        key = alert.region, alert.id
        before = self._told.get(key)
        if before is not None and version <= before.version:
            return None
        firing = alert.status == "firing"
        told = Told(alert.level, not firing, bool(alert.answered_by), alert.sounds, bool(alert.tasked_at), version)
        self._remember(key, told)
        if not firing:
            return "resolved" if before is None or not before.over else "changed"
        if before is None:
            return "fired"
        if before.over:
            return "reopened"
        if LEVELS.index(alert.level) > LEVELS.index(before.level):
            return "louder"
        if alert.sounds > before.sounds:
            return "reminded" if alert.why == "again" else "wider"
        if alert.tasked_at and not before.tasked:
            return "task"
        return "reminded" if before.answered and not alert.answered_by else "changed"

    def _remember(self, key: tuple[str, str], told: Told) -> None:
        self._told.pop(key, None)
        self._told[key] = told
        while len(self._told) > KNOWN:
            oldest = list(islice(self._told.items(), LOOKED))
            for one in [one for one, known in oldest if known.over] or [oldest[0][0]]:
                del self._told[one]

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
