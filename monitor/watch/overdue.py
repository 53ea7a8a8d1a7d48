"""Incidents whose deadline has passed without an answer of substance: what is told of them, one alert a cause.

Incidents of one parent are told of as one. Their alert grows with each that is late too, and ends when none of them owes any more. It
is named for the first of them, whatever heads the parent later; whoever has been told of stays with it.

Many answers are late on any day. From MANY causes on they are one alert, a silent one that says which bodies owe how many; which they
are, the queue shows. It takes what nobody works on, and ends with the last that owes. A promise that is broken is told of apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from monitor.model.plain import Plain
from monitor.model.rows import AlertRow
from monitor.model.verdict import Urgency
from monitor.watch.alerts import GROWTH, Alerts
from monitor.watch.effects import Changes, WatchEffects
from monitor.watch.incident import Incident
from monitor.watch.incidents import Incidents

PROMISES: Final = 3_600_000
"""Ms in which promises about one cause are broken together."""
MANY: Final = 5


class Overdue:
    """Of one region. Times are ms."""

    def __init__(self, incidents: Incidents, alerts: Alerts) -> None:
        self._incidents = incidents
        self._alerts = alerts
        self._owing: dict[str, dict[str, None]] = {}
        self._told: dict[str, str] = {}
        # The alert of many, and whether its figures have changed since they were told.
        self._all = ""
        self._stale = False

    def alert(self, incident: str) -> str:
        """The alert that tells that an incident is late; empty for none."""
        return self._told.get(incident, "")

    def late(self, passed: Iterable[tuple[int, Incident]], now: int, changes: Changes, effects: WatchEffects) -> None:
        """Deadlines have passed at their moments. What is urgent is told of."""
        promised: dict[str, bool] = {}
        for at, incident in passed:
            changes.event(incident.id, at, "", "overdue", {})
            changes.incidents[incident.id] = incident.row(changes.region, changes.version)
            if incident.urgency >= Urgency.URGENT:
                broken = incident.last_reply == "interim"
                name = self._cause(incident) or ("" if broken else self._all) or f"overdue:{incident.id}"
                self._put(name, [incident.id])
                promised[name] = promised.get(name, False) or broken
        if promised:
            self._collect(promised, now, changes)
        for name, broken in promised.items():
            if name not in self._owing or name == self._all:
                continue
            known = self._alerts.get(name)
            row = self._more(name, broken, now, changes)
            if row is not None:
                changes.alerts[name] = row
                if known is None or row.sounds > known.sounds:
                    effects.alerts.append((row.kind, row.level))
        self._show_all(now, changes, effects)

    def shown(self, incident: Incident, now: int, changes: Changes) -> None:
        """An incident has changed, and perhaps its parent has: two that were told of apart may have one cause now."""
        name, other = self.alert(incident.id), self._cause(incident)
        if name not in ("", self._all) and other not in ("", name):
            # The alert that people know of is the one that sounded; else the older one.
            order = [one for one in self._owing if one in (name, other)]
            older, younger = sorted(order, key=lambda one: self._alerts.level(one) in ("", "notice"))
            self._put(older, self._owing.pop(younger))
            self._less(younger, now, changes)
            self._less(older, now, changes)

    def settled(self, incident: Incident, now: int, changes: Changes) -> None:
        """An incident owes no answer any more."""
        incident.overdue = False
        if name := self._drop(incident.id):
            self._less(name, now, changes)

    def forget(self, incident: str) -> None:
        """An incident is kept no more. Its alert goes with the last one that it tells of."""
        name = self._drop(incident)
        if name and name == self._all:
            self._stale = True
        if name and name not in self._owing:
            self._alerts.forget(name)
            self._all = "" if name == self._all else self._all
            self._stale = self._stale and bool(self._all)

    def _cause(self, incident: Incident) -> str:
        """The alert of others of the incident's parent, its own one last; never the alert of many."""
        mine = self.alert(incident.id)
        told = (self.alert(one) for one in self._incidents.parents.kin(incident))
        return next((name for name in told if name not in ("", mine, self._all)), mine)

    def _collect(self, promised: Mapping[str, bool], now: int, changes: Changes) -> None:
        """What is late becomes one alert where it is much. ``promised``: as what is about to be told breaks a promise, by alert."""
        if self._all:
            self._stale = True
            return
        single = [name for name in self._owing if self._waits(name, promised)]
        if len(single) < MANY:
            return
        self._all, self._stale = f"overdue:{changes.region}:{now}", True
        for name in single:
            self._put(self._all, self._owing.pop(name))
            if (row := self._alerts.end(name, now, changes.version)) is not None:
                changes.alerts[name] = row

    def _waits(self, name: str, promised: Mapping[str, bool]) -> bool:
        """Whether an alert is a silent one that nobody works on."""
        row = self._alerts.get(name)
        if row is None:
            return not promised.get(name, True) and self._alerts.closed(name) is None
        return self._alerts.level(name) == "notice" and not promised.get(name) and not row.claimed_by and not row.tasked_at

    def _show_all(self, now: int, changes: Changes, effects: WatchEffects) -> None:
        """The alert of many is told anew once a minute at most: its figures change with each answer."""
        name = self._all
        if not self._stale or now - self._alerts.places.of(name).shown < GROWTH:
            return
        self._stale = False
        owing = [one.row(changes.region, changes.version) for one in self._of(name)]
        new = self._alerts.get(name) is None and self._alerts.closed(name) is None
        row = self._alerts.rows.late(name, owing, now, changes.version)
        changes.alerts[name] = self._alerts.show(row, now)
        self._alerts.places.begin(name, "", 0).shown = now
        if new:
            effects.alerts.append((row.kind, row.level))

    def _of(self, name: str) -> list[Incident]:
        return [one for one in map(self._incidents.get, self._owing[name]) if one is not None]

    def _put(self, name: str, incidents: Iterable[str]) -> None:
        for one in incidents:
            self._owing.setdefault(name, {})[one] = None
            self._told[one] = name

    def _drop(self, incident: str) -> str:
        name = self._told.pop(incident, "")
        if name:
            del self._owing[name][incident]
            if not self._owing[name]:
                del self._owing[name]
        return name

    def _more(self, name: str, broken: bool, now: int, changes: Changes) -> AlertRow | None:
        """More incidents of a cause owe than before. ``broken``: to one an answer was promised, which sounds; promises that are
        broken together sound once. None where works explain it, and nothing is to be told.
        """
        alerts = self._alerts
        row = self._row(name, now, changes)
        if alerts.get(name) is None:
            return alerts.ring(row, "promise" if row.level != "notice" else "fired", now)
        if broken and (alerts.level(name) == "notice" or now - alerts.places.of(name).rung >= PROMISES):
            return alerts.ring(row, "promise", now)
        return alerts.recheck(alerts.kept(row), now) if alerts.held(name) else alerts.grow(row)

    def _less(self, name: str, now: int, changes: Changes) -> None:
        """Other incidents owe than before, and none of them newly."""
        row = None
        if name == self._all:
            self._stale = name in self._owing
            self._all = name if self._stale else ""
            if self._stale:
                return
        if name not in self._owing:
            row = self._alerts.end(name, now, changes.version)
        elif self._alerts.get(name) is not None:
            row = self._alerts.grow(self._row(name, now, changes))
        if row is not None:
            changes.alerts[name] = row

    def _row(self, name: str, now: int, changes: Changes) -> AlertRow:
        found = self._of(name)
        authors = {author for one in found for author in one.authors}
        owing = [one.row(changes.region, changes.version) for one in found]
        return self._alerts.rows.overdue(name, owing, len(authors), now, changes.version)

    def dump(self) -> Plain:
        return [{name: list(owing) for name, owing in self._owing.items()}, self._all, self._stale]

    def load(self, state: Plain) -> None:
        """After the incidents and the alerts."""
        self._owing, self._told = {}, {}
        if state is None:
            # In snapshots of before each incident had an alert of its own.
            fired = [row for row in self._alerts.firing() if row.kind == "overdue"]
            state = {row.id: [row.incident] for row in fired if self._incidents.get(row.incident) is not None}
        # Snapshots of before many were one alert have these alone.
        owings, self._all, self._stale = (state, "", False) if isinstance(state, dict) else state
        for name, owing in owings.items():
            self._put(name, owing)
