"""What fires, and what asks for people's ears: a sound for each new level and each new thing, unless planned works explain it.

``sounds`` of a row counts what people were to hear, ``why`` says what the last was for: ``fired``, ``level``, ``territory``,
``facility``, ``promise``, ``works`` (they explain it no more), ``again`` (nobody has answered for long) and ``reopened``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec import convert, to_builtins

from monitor.model.plain import Plain
from monitor.model.rows import AlertRow
from monitor.model.works import Works
from monitor.profile.model import Profile
from monitor.watch import rows
from monitor.watch.alert_places import Places
from monitor.watch.levels import louder, stepped
from monitor.watch.works import Explanations

REPEAT: Final = 4 * 3_600_000
"""Ms after which an alert that nobody works on asks again, at the next full hour: all that wait do so with one sound."""
HOUR: Final = 3_600_000
NEVER: Final = 1 << 62
"""Ms since 1970, of what does not come."""
KEPT: Final = (
    "kind", "level", "status", "claimed_by", "answered_by", "answered_at", "snoozed_until", "sounds", "why", "note", "tasked_by",
    "tasked_at", "taken_by",
)  # fmt: skip
"""What an alert that grows silently keeps: its level, its sounds, and what people made of it."""


class Bell:
    """The firing alerts of a region by id. Times are ms."""

    def __init__(self, profile: Profile, repeat: int = REPEAT) -> None:
        self._repeat = repeat
        self._firing: dict[str, AlertRow] = {}
        self._held: dict[str, str] = {}
        self._ended: dict[str, int] = {}
        self._closed: dict[str, AlertRow] = {}
        self.places = Places(profile)
        self._works = Explanations(profile)
        # Nothing asks again before this moment; what asks then is looked for.
        self._asks = NEVER

    def get(self, name: str) -> AlertRow | None:
        """The alert as it stands, while it fires."""
        return self._firing.get(name)

    def firing(self) -> list[AlertRow]:
        return list(self._firing.values())

    def put(self, row: AlertRow) -> AlertRow:
        """Takes what became of a firing alert."""
        self._firing[row.id] = row
        self._asks = min(self._asks, self._due(row))
        return row

    def level(self, name: str) -> str:
        """The level that an alert has reached, though works keep it quiet; empty where there was none."""
        row = self._firing.get(name) or self._closed.get(name)
        return self._held.get(name, row.level) if row is not None else ""

    def held(self, name: str) -> bool:
        """Whether works explain it, so that it is quiet."""
        return name in self._held

    def closed(self, name: str) -> AlertRow | None:
        """An alert that a person has closed, as it stood then, while what it tells of goes on."""
        return self._closed.get(name)

    def asked(self, row: AlertRow) -> None:
        """Notes that this version asks people for something, or has taken an answer of theirs."""
        self.places.begin(row.id, "", 0).asked = f"{row.version:x}"

    def holds(self, row: AlertRow, based_on: str) -> bool:
        """Whether what somebody saw at a version (decimal) still holds: since then it has grown silently and no more."""
        asked = int(self.places.of(row.id).asked or f"{row.version:x}", 16)
        return based_on.isdecimal() and asked <= int(based_on) <= row.version

    def close(self, row: AlertRow, note: str) -> AlertRow:
        """A person ends an alert. It begins anew when what it tells of grows."""
        del self._firing[row.id]
        self._held.pop(row.id, None)
        self._ended[row.id] = row.sounds
        row = self._closed[row.id] = row._replace(status="resolved", note=note, snoozed_until=0)
        return row

    def back(self, row: AlertRow) -> AlertRow:
        """What a person has closed fires as it did before."""
        del self._closed[row.id]
        self._ended.pop(row.id, None)
        return self.put(row._replace(status="firing", note=""))

    def forgive(self, name: str) -> None:
        """What a person has closed may begin anew."""
        self._closed.pop(name, None)

    def show(self, row: AlertRow, at: int) -> AlertRow:
        """An alert about no one place: it sounds when it begins and when its level rises, else it changes silently. One that was
        closed begins anew by its level, or where it tells of twice as much.
        """
        before = self._firing.get(row.id)
        shut = self._closed.get(row.id)
        if shut is not None and not louder(shut, row) and row.observed <= 2 * shut.observed:
            return shut._replace(version=row.version)
        if before is None or louder(before, row):
            return self.ring(row, "level" if before else "fired", at)
        return self.grow(row)

    def ring(self, row: AlertRow, why: str, at: int) -> AlertRow:
        """A state that people are to hear of, if works do not explain it. Whoever works on it still does; answers are wanted anew."""
        before = self._firing.get(row.id)
        place = self.places.begin(row.id, "", 0)
        place.shown = at
        self.asked(row)
        self._closed.pop(row.id, None)
        judged = self._works.judge(row, place.street, place.urgency, at)
        again = before is None and row.id in self._ended
        sounds = before.sounds if before else self._ended.pop(row.id, 0)
        row = row._replace(note=judged.note, sounds=sounds, why=before.why if before else "")
        if before is not None:
            row = row._replace(
                kind=before.kind,
                claimed_by=before.claimed_by,
                tasked_by=before.tasked_by,
                tasked_at=before.tasked_at,
                taken_by=before.taken_by,
            )
        if judged.quiet:
            self._held[row.id] = row.level
            return self.put(row._replace(level="notice"))
        self._held.pop(row.id, None)
        if row.level == "notice":
            return self.put(row)
        place.rung = at
        return self.put(row._replace(sounds=sounds + 1, why="reopened" if again else why))

    def kept(self, row: AlertRow) -> AlertRow:
        """Other figures and words of an alert, in the state that it has."""
        before = self._firing[row.id]
        return row._replace(**{name: getattr(before, name) for name in KEPT})

    def grow(self, row: AlertRow) -> AlertRow:
        """It changes silently."""
        return self.put(self.kept(row))

    def reword(self, change: Callable[[AlertRow], AlertRow], version: int) -> list[AlertRow]:
        """Gives alerts other words, silently; returns those that fire and have got some."""
        self._closed = {name: change(row) for name, row in self._closed.items()}
        changed = ((row, change(row)) for row in list(self._firing.values()))
        return [self.put(now._replace(version=version)) for row, now in changed if now != row]

    def recheck(self, row: AlertRow, at: int) -> AlertRow | None:
        """An alert looked at again in the light of the works; None where that changes nothing but figures that are no step."""
        before = self._firing[row.id]
        place = self.places.of(row.id)
        judged = self._works.judge(row, place.street, place.urgency, at)
        if row.id in self._held and not judged.quiet:
            return self.ring(row._replace(level=self._held[row.id]), "works", at)
        if judged.note == before.note and not stepped(before, row):
            return None
        return self.put(row._replace(note=judged.note))

    def end(self, name: str, at: int, version: int) -> AlertRow | None:
        """What an alert tells of is over; None where it does not fire."""
        row = self._firing.pop(name, None)
        self._held.pop(name, None)
        self._closed.pop(name, None)
        self.places.drop(name)
        if row is None:
            return None
        if row.incident:
            self._ended[name] = row.sounds
        return row._replace(status="resolved", at=at, version=version)

    def forget(self, name: str) -> None:
        """An alert stays as it was told last: nobody knows better."""
        for known in (self._firing, self._held, self._ended, self._closed):
            known.pop(name, None)
        self.places.drop(name)

    @property
    def planned(self) -> Works:
        """The works that are in force."""
        return self._works.works

    def temperature(self, at: int) -> int | None:
        """Of the air in the region, °C; None where it is not known."""
        return self._works.temperature(at)

    def plan(self, works: Works, at: int, version: int) -> list[AlertRow]:
        """Other works are planned from here on. Alerts that sounded are annotated; those that were explained may sound now."""
        self._works.put(works)
        return self._rechecked(list(self._firing), at, version)

    def expire(self, at: int, version: int) -> list[AlertRow]:
        """Alerts that works explain no more, as time goes by."""
        return self._rechecked(list(self._held), at, version)

    def waiting(self, now: int) -> list[AlertRow]:
        """Alerts whose snooze is over or that nobody works on for long: they ask for an answer again, once a repeat interval."""
        if now < self._asks:
            return []
        due = {name: self._due(row) for name, row in self._firing.items()}
        self._asks = min(due.values(), default=NEVER)
        return [
            self._firing[name]._replace(
                answered_by="", answered_at=0, snoozed_until=0, sounds=self._firing[name].sounds + 1, why="again"
            )
            for name, at in due.items()
            if at <= now
        ]

    def rang(self, row: AlertRow, at: int) -> None:
        """Notes that an alert has asked for people's ears."""
        self.places.begin(row.id, "", 0).rung = at

    def _due(self, row: AlertRow) -> int:
        """When a firing alert asks for an answer again."""
        if row.snoozed_until:
            return row.snoozed_until
        if row.level == "notice" or row.claimed_by:
            return NEVER
        return -(-(max(self.places.of(row.id).rung, row.answered_at) + self._repeat) // HOUR) * HOUR

    def _rechecked(self, names: list[str], at: int, version: int) -> list[AlertRow]:
        found = (self.recheck(self._firing[name]._replace(version=version), at) for name in names)
        return [row for row in found if row is not None]

    def dump(self) -> Plain:
        firing = [rows.plain(row) for row in self._firing.values()]
        closed = [rows.plain(row) for row in self._closed.values()]
        return [firing, self._held, self._ended, self.places.dump(), to_builtins(self._works.works), closed]

    def load(self, state: Plain) -> None:
        firing, *later = state
        self._firing = {row[0]: rows.alert(row) for row in firing}
        self._asks = 0
        if later:
            self._held, self._ended, places, planned, *closed = later
            # Older snapshots know none that a person has closed.
            self._closed = {row[0]: rows.restored(AlertRow, row) for row in (closed[0] if closed else [])}
            self.places.load(places)
            self._works.put(convert(planned, Works))
