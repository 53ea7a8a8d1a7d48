"""Alerts as watch keeps them: what incidents and spikes tell of, one alert a cause. What sounds is said in monitor.watch.bell.

The second finding of a cause joins the alert that tells of it: an incident the alert of a spike, a spike the alert of an incident.
It is louder if that makes it so, and grows silently else.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Final

from monitor.model.incident import Spike
from monitor.model.plain import Plain
from monitor.model.rows import AlertRow, AppealRow, IncidentRow
from monitor.profile.model import Profile
from monitor.watch import rows
from monitor.watch.alert_rows import AlertRows
from monitor.watch.bell import NEVER, REPEAT, Bell
from monitor.watch.cause import NIGHT, Seen
from monitor.watch.causes import WINDOW, Causes
from monitor.watch.levels import LEVELS, stepped
from monitor.watch.quotes import GONE, unquoted
from monitor.watch.settings import Names

GROWTH: Final = 60_000
"""Ms after which figures that grew by less than a step are shown."""


class Alerts(Bell):
    """The firing alerts of a region by id, and the spike that each active series fires."""

    def __init__(self, profile: Profile, names: Names, repeat: int = REPEAT) -> None:
        super().__init__(profile, repeat)
        self.rows = AlertRows(profile, names)
        self._region = profile.id
        self._causes = Causes(profile)
        self._spikes: dict[str, str] = {}
        # What is told of a cause that has both: the incident's row and the spike's.
        self._parts: dict[str, tuple[AlertRow, AlertRow]] = {}

    def spike(self, spike: Spike, seen: Seen, at: int, version: int) -> tuple[AlertRow | None, bool]:
        """A spike begins, or rises a level: a new alert, the same alert, or the one that tells of its cause already. With whether
        that is a new alert or a louder one. None: a person has closed it, and it is no louder.
        """
        name = self._causes.spike(self._spikes.get(spike.series) or f"spike:{spike.series}:{spike.bucket}", seen.posts, at)
        self._spikes[spike.series] = name
        row = self.rows.spike(name, spike, at, seen.authors, seen.texts, seen.complete, version)
        place = self.places.begin(name, "", 0)
        place.sources = list(dict.fromkeys([*place.sources, *seen.sources]))
        before = self.get(name) or self.closed(name)
        if before is None:
            return self.ring(row, "fired", at), True
        parts = self._parts.get(name)
        if spike.series != (parts[1] if parts else before).subject and (parts or not before.incident):
            # Another group of the same cause: the first one is told of, as loudly as the louder one.
            row = before._replace(level=row.level, at=at, version=version)
        elif before.incident:
            parts = self._parts[name] = (parts[0] if parts else before), row._replace(kind=before.kind)
            row = self.rows.both(*parts)
        if LEVELS.index(row.level) > LEVELS.index(self.level(name)):
            return self.ring(row, "level", at), True
        return (self.grow(row) if self.get(name) else None), False

    def sources(self, series: str) -> list[str]:
        """The sources that told of what fires in a series."""
        return self.places.of(self._spikes.get(series, "")).sources

    def spiking(self, series: str) -> bool:
        return series in self._spikes

    def active(self) -> list[str]:
        """The series that fire."""
        return list(self._spikes)

    def calm(self, series: str, at: int, version: int) -> AlertRow | None:
        """A series is back to its usual self. None: there is more to tell of its cause."""
        alert = self._spikes.pop(series)
        if name := self._causes.calm(alert, series):
            return self.end(name, at, version)
        if not self._causes.has_spikes(alert):
            self._parts.pop(alert, None)
        return None

    def stands(self, incident: IncidentRow) -> None:
        """How an incident stands now, whatever has changed it."""
        self._causes.stands(incident)

    def settle(self, unread: Container[str], at: int, version: int) -> list[AlertRow]:
        """Ends the alerts of what is over, answered, or written of no more; not while a source that told of it is ``unread``."""
        ended = []
        for name in self._causes.settled(at, self._patience):
            if self.get(name) is not None and not any(source in unread for source in self.places.of(name).sources):
                self._causes.settle(name)
                ended += [row for row in [self.end(name, at, version)] if row is not None]
        return ended

    def _patience(self, name: str) -> int:
        """Ms of silence after which an alert is over; whoever works on it ends it, and a catastrophe can sleep for a night."""
        row = self.get(name)
        if row is None or row.claimed_by or (row.tasked_at and not row.taken_by):
            return NEVER
        return NIGHT if row.level == "flash" else WINDOW

    def danger(
        self, incident: IncidentRow, telling: int, at: int, text: str, version: int, appeal: AppealRow | None = None, rare: str = ""
    ) -> list[AlertRow]:
        """An urgent incident: a sound when it appears and for what is new about it; nothing where there is nothing to tell.

        ``telling`` of its authors write of what is urgent. ``appeal`` is the one that brings it, by whose place new towns and places
        of the vulnerable are known, ``rare`` the rare danger that it tells of. Incidents of one cause have one alert, with the sums
        of them all; the last row is that alert's, one before it of an alert that has gone into it.
        """
        author = (appeal.author or appeal.id) if appeal is not None else incident.first_member
        before = self._causes.alert(incident.id)
        name, over = self._causes.join(incident, (author,), telling, at, rare)
        ended = self.end(over, at, version) if over else self._left(before, at, version)
        row = self._danger(name, incident, at, text, version, appeal)
        return [one for one in (ended, row) if one is not None]

    def regrouped(self, incident: IncidentRow, authors: Iterable[str], telling: int, at: int, version: int) -> list[AlertRow]:
        """Parents have become one, or one has begun: what another alert tells of goes into that one. Rows as of ``danger``.

        Not into one that a person has closed: what is told of would be told of nowhere.
        """
        told = self.get(self._causes.elsewhere(incident))
        if told is None:
            return []
        before = self._causes.alert(incident.id)
        name, over = self._causes.join(incident, authors, telling, at)
        ended = self.end(over, at, version) if over else self._left(before, at, version)
        row = self._danger(name, incident, at, None, version, None)
        if over and ended is not None and ended.claimed_by and not told.claimed_by:
            # Whoever works on the one works on both.
            row = self.put(
                self._firing[name]._replace(
                    claimed_by=ended.claimed_by, answered_by=ended.answered_by, answered_at=ended.answered_at, version=version
                )
            )
            self.asked(row)
        return [one for one in (ended, row) if one is not None]

    def _danger(
        self, name: str, incident: IncidentRow, at: int, text: str | None, version: int, appeal: AppealRow | None
    ) -> AlertRow | None:
        """``text`` None: what was said stays, and no growth is too small to be shown."""
        row = self.rows.danger(name, self._causes.whole(name, incident), at, text or "", version)
        before = self.get(name) or self.closed(name)
        if text is None and before is not None:
            row = row._replace(text=self._parts[name][0].text if name in self._parts else before.text)
        place = self.places.begin(name, incident.street, incident.urgency)
        place.urgency = max(place.urgency, incident.urgency)
        if appeal is not None and appeal.source not in place.sources:
            place.sources = [*place.sources, appeal.source]
        new = self.places.new(name, appeal) if appeal is not None else None
        if before is None:
            return self.ring(row, "fired", at)
        parts = self._parts.get(name)
        if parts or not before.incident:
            parts = self._parts[name] = row, (parts[1] if parts else before)
            row = self.rows.both(*parts)
        if LEVELS.index(row.level) > LEVELS.index(self.level(name)):
            return self.ring(row, "level", at)
        if name not in self._firing:
            # A person has closed it.
            return self.ring(row, "fired", at) if new is not None or stepped(before, row) else None
        row = row._replace(level=self.level(name))
        if self.held(name):
            return self.recheck(self.kept(row), at)
        # In the whole region each town is a new one.
        if new is not None and not (new.why == "territory" and row.territory == self._region):
            where = "Новая территория" if new.why == "territory" else "Среди адресов"
            return self.ring(row._replace(text=f"{where}: {new.name}. {row.text}"), new.why, at)
        if (
            before.incident
            and text is not None
            and not stepped(before, row)
            and (at - place.shown < GROWTH or (row.authors, row.title) == (before.authors, before.title))
        ):
            return None
        place.shown = at
        return self.grow(row)

    def over(self, incident: str, at: int, version: int) -> list[AlertRow]:
        """An incident is void or closed: its alert ends, or tells of what else there is."""
        alert = self._causes.alert(incident)
        ended = self.end(self._causes.leave(incident), at, version)
        return [row for row in (ended, self._left(alert, at, version)) if row is not None]

    def _left(self, name: str, at: int, version: int) -> AlertRow | None:
        """The spike whose incidents are over."""
        if name not in self._parts or self._causes.has_incidents(name):
            return None
        _, spike = self._parts.pop(name)
        return self.grow(spike._replace(at=at, version=version))

    def gone(self, incident: str) -> None:
        """An incident is kept no more."""
        self.forget(self._causes.leave(incident))

    def telling(self, incident: IncidentRow, at: int, rare: str = "") -> AlertRow | None:
        """The alert that tells of an incident or of its cause (``rare``: a rare danger) at a moment (ms)."""
        return self.get(self._causes.known(incident, at, rare))

    def silenced(self, appeal: AppealRow, version: int) -> list[AlertRow]:
        """What tells of an appeal's incident quotes nobody any more (whom it quotes is not known) and forgets its author."""
        name = self._causes.alert(appeal.incident)
        if appeal.author:
            self._causes.unname(appeal.author, appeal.id)
        text = GONE
        if name in self._parts:
            danger, spike = self._parts[name]
            self._parts[name] = danger._replace(text=GONE), spike
            text = self.rows.both(*self._parts[name]).text
        return self.reword(lambda row: row._replace(text=text) if row.id == name else row, version)

    def unquoted(self, quotes: frozenset[str], version: int) -> list[AlertRow]:
        """Examples with these hashes are examples no more."""
        self._parts = {name: (unquoted(one, quotes), unquoted(two, quotes)) for name, (one, two) in self._parts.items()}
        return self.reword(lambda row: unquoted(row, quotes), version)

    def of(self, incident: str) -> str:
        """The alert that tells of this very incident; empty for none."""
        return self._causes.alert(incident)

    def answered(self, name: str) -> bool:
        """Whether nothing that an alert tells of goes on."""
        return self._causes.answered(name)

    def end(self, name: str, at: int, version: int) -> AlertRow | None:
        self._parts.pop(name, None)
        return super().end(name, at, version)

    def forget(self, name: str) -> None:
        self._parts.pop(name, None)
        super().forget(name)

    def dump(self) -> Plain:
        firing, *rest = super().dump()
        parts = {name: [rows.plain(one) for one in both] for name, both in self._parts.items()}
        return [firing, self._spikes, *rest[:4], self._causes.dump(), parts, *rest[4:]]

    def load(self, state: Plain) -> None:
        # Snapshots of before have the firing alerts and spikes alone, or no parts.
        firing, self._spikes, *later = state
        super().load([firing, *later[:4], *later[6:]])
        self._causes.load(later[4] if len(later) > 4 else {})
        parts = later[5] if len(later) > 5 else {}
        self._parts = {
            name: (rows.restored(AlertRow, danger), rows.restored(AlertRow, spike)) for name, (danger, spike) in parts.items()
        }
