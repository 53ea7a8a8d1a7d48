"""Alerts as watch keeps them: a sound for each new level, town, place of the vulnerable, broken promise; else they grow silently.

``sounds`` of a row counts what people were to hear, ``why`` says what the last was for: ``fired``, ``level``, ``territory``,
``facility``, ``promise``, ``works`` (they explain it no more), ``again`` (nobody has answered for long) and ``reopened``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from msgspec import convert, to_builtins

from monitor.model.incident import Spike
from monitor.model.plain import Plain
from monitor.model.rows import AlertRow, AppealRow, IncidentRow
from monitor.model.works import Works
from monitor.profile.model import Profile
from monitor.watch import rows
from monitor.watch.alert_places import Places
from monitor.watch.alert_rows import AlertRows
from monitor.watch.causes import Causes
from monitor.watch.settings import Names
from monitor.watch.works import Explanations

LEVELS = ("notice", "urgent", "flash")
STEPS = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1_000, 2_000, 5_000)
"""Authors at which an alert that grows silently is shown and told to systems anew: each further one would flood them."""
GROWTH = 60_000
"""Ms after which figures that grew by less than a step are shown."""
REPEAT = 4 * 3_600_000
"""Ms after which an alert that nobody works on asks again."""
LATER_FIELDS: tuple[object, ...] = ("", "", 0, 0, "", 1, "fired", "", "", 0, "")
"""What rows of older snapshots lack between their fields and the version."""


class Alerts:
    """The firing alerts of a region by id, and the spike that each active series fires."""

    def __init__(self, profile: Profile, names: Names, repeat: int = REPEAT) -> None:
        self.rows = AlertRows(profile, names)
        self._profile = profile
        self._repeat = repeat
        self._firing: dict[str, AlertRow] = {}
        self._spikes: dict[str, str] = {}
        self._held: dict[str, str] = {}
        self._ended: dict[str, int] = {}
        self._places = Places(profile)
        self._causes = Causes(profile)
        self._works = Explanations(profile)

    def spike(
        self,
        spike: Spike,
        at: int,
        authors: int,
        texts: Sequence[str],
        complete: bool,
        version: int,
        sources: Sequence[str] = (),
    ) -> AlertRow | None:
        """A spike begins (a new alert) or rises a level (the same alert, louder). None: a dangerous incident tells of it."""
        name = self._spikes.get(spike.series)
        row = self.rows.spike(name or f"spike:{spike.series}:{spike.bucket}", spike, at, authors, texts, complete, version)
        if name is None and self._told(row):
            return None
        self._spikes[spike.series] = row.id
        place = self._places.begin(row.id, "", 0)
        place.sources = list(dict.fromkeys([*place.sources, *sources]))
        return self.put(self._ring(row, "level" if name else "fired", at))

    def sources(self, series: str) -> list[str]:
        """The sources that told of what fires in a series."""
        return self._places.of(self._spikes.get(series, "")).sources

    def _told(self, spike: AlertRow) -> bool:
        """One cause, one alert: most of those who write do so about one incident that is told of."""
        around = self._profile.path(spike.territory)
        return any(
            row.kind == "urgent"
            and row.group == spike.group
            and (spike.territory in self._profile.path(row.territory) or row.territory in around)
            and 2 * row.authors >= spike.authors
            for row in self._firing.values()
        )

    def spiking(self, series: str) -> bool:
        return series in self._spikes

    def active(self) -> list[str]:
        """The series that fire."""
        return list(self._spikes)

    def calm(self, series: str, at: int, version: int) -> AlertRow | None:
        """A series is back to its usual self."""
        name = self._spikes.pop(series, None)
        return self._end(name, at, version) if name else None

    def danger(self, incident: IncidentRow, at: int, text: str, version: int, appeal: AppealRow | None = None) -> AlertRow | None:
        """An urgent incident: a sound when it appears and for what is new about it; None where there is nothing to tell.

        ``appeal`` is the one that brings it, by whose place new towns and places of the vulnerable are known. Incidents of one cause
        have one alert, with the sums of them all.
        """
        name = self._causes.join(incident, (appeal.author or appeal.id) if appeal is not None else incident.first_member, at)
        whole, addresses = self._causes.whole(name, incident)
        row = self.rows.danger(name, whole, addresses, at, text, version)
        before = self._firing.get(name)
        self._places.begin(name, incident.street, incident.urgency)
        new = self._places.new(name, appeal) if appeal is not None else None
        if before is None:
            return self.put(self._ring(row, "reopened" if name in self._ended else "fired", at))
        was = self._held.get(name, before.level)
        row = row._replace(level=max(was, row.level, key=LEVELS.index))
        if LEVELS.index(row.level) > LEVELS.index(was):
            return self.put(self._ring(row, "level", at))
        if name in self._held:
            return self._recheck(self._same(row, before), at)
        if new is not None:
            where = "Новая территория" if new.why == "territory" else "Среди адресов"
            return self.put(self._ring(row._replace(text=f"{where}: {new.name}. {row.text}"), new.why, at))
        place = self._places.of(name)
        step = bisect_right(STEPS, row.authors) > bisect_right(STEPS, before.authors)
        if not step and (at - place.shown < GROWTH or (row.authors, row.title) == (before.authors, before.title)):
            return None
        place.shown = at
        return self.put(self._same(row, before))

    def overdue(self, incident: IncidentRow, at: int, version: int) -> AlertRow:
        """No answer in time; ``promise``: one that was announced."""
        row = self.rows.overdue(f"overdue:{incident.id}", incident, at, version)
        return self.put(self._ring(row, "promise" if row.level != "notice" else "fired", at))

    def over(self, incident: str, at: int, version: int) -> list[AlertRow]:
        """An incident is void or closed: its alerts end."""
        names = (self._causes.leave(incident), f"overdue:{incident}")
        return [row for name in names if (row := self._end(name, at, version)) is not None]

    def forget(self, incident: str) -> None:
        """An incident is kept no more. Its alerts stay as they were told last: nobody knows better."""
        for name in (self._causes.leave(incident), f"overdue:{incident}"):
            for known in (self._firing, self._held, self._ended):
                known.pop(name, None)
            self._places.drop(name)

    def answered(self, incident: str, at: int, version: int) -> AlertRow | None:
        """An overdue incident has its answer, or more time for it."""
        return self._end(f"overdue:{incident}", at, version)

    def telling(self, incident: IncidentRow, at: int) -> AlertRow | None:
        """The alert that tells of an incident or of its cause at a moment (ms)."""
        return self._firing.get(self._causes.known(incident, at))

    def end(self, name: str, at: int, version: int) -> AlertRow | None:
        """What an alert tells of is over; None where it does not fire."""
        return self._end(name, at, version)

    def get(self, name: str) -> AlertRow | None:
        """The alert as it stands, while it fires."""
        return self._firing.get(name)

    def put(self, row: AlertRow) -> AlertRow:
        """Takes what became of a firing alert."""
        self._firing[row.id] = row
        return row

    def show(self, row: AlertRow, at: int) -> AlertRow:
        """An alert about no one place: it sounds when it begins and when its level rises, else it changes silently."""
        before = self._firing.get(row.id)
        if before is None or LEVELS.index(row.level) > LEVELS.index(before.level):
            return self.put(self._ring(row, "level" if before else "fired", at))
        return self.put(self._same(row, before)._replace(title=row.title))

    @property
    def planned(self) -> Works:
        """The works that are in force."""
        return self._works.works

    def plan(self, works: Works, at: int, version: int) -> list[AlertRow]:
        """Other works are planned from here on. Alerts that sounded are annotated; those that were explained may sound now."""
        self._works.put(works)
        return self._rechecked(list(self._firing), at, version)

    def expire(self, at: int, version: int) -> list[AlertRow]:
        """Alerts that works explain no more, as time goes by."""
        return self._rechecked(list(self._held), at, version)

    def waiting(self, now: int) -> list[AlertRow]:
        """Alerts whose snooze is over or that nobody works on for long: they ask for an answer again, once a repeat interval."""
        return [
            row._replace(answered_by="", answered_at=0, snoozed_until=0, sounds=row.sounds + 1, why="again")
            for row in self._firing.values()
            if (row.snoozed_until <= now if row.snoozed_until else self._forgotten(row, now))
        ]

    def rang(self, row: AlertRow, at: int) -> None:
        """Notes that an alert has asked for people's ears."""
        self._places.begin(row.id, "", 0).rung = at

    def _forgotten(self, row: AlertRow, now: int) -> bool:
        last = max(self._places.of(row.id).rung, row.answered_at)
        return row.level != "notice" and not row.claimed_by and now - last >= self._repeat

    def _ring(self, row: AlertRow, why: str, at: int) -> AlertRow:
        """A state that people are to hear of, if works do not explain it. Whoever works on it still does; answers are wanted anew."""
        before = self._firing.get(row.id)
        place = self._places.begin(row.id, "", 0)
        place.shown = at
        judged = self._works.judge(row, place.street, place.urgency, at)
        sounds = before.sounds if before else self._ended.pop(row.id, 0)
        row = row._replace(note=judged.note, sounds=sounds, why=before.why if before else "")
        if before is not None:
            row = row._replace(
                claimed_by=before.claimed_by, tasked_by=before.tasked_by, tasked_at=before.tasked_at, taken_by=before.taken_by
            )
        if judged.quiet:
            self._held[row.id] = row.level
            return row._replace(level="notice")
        self._held.pop(row.id, None)
        if row.level == "notice":
            return row
        place.rung = at
        return row._replace(sounds=sounds + 1, why=why)

    @staticmethod
    def _same(row: AlertRow, before: AlertRow) -> AlertRow:
        """The figures of a row in the state that an alert has."""
        return before._replace(
            at=row.at,
            title=row.title,
            theme=row.theme,
            text=row.text,
            observed=row.observed,
            authors=row.authors,
            body=row.body,
            version=row.version,
        )

    def _recheck(self, row: AlertRow, at: int) -> AlertRow | None:
        """An alert looked at again in the light of the works; None where that changes nothing but figures that are no step."""
        before = self._firing[row.id]
        place = self._places.of(row.id)
        judged = self._works.judge(row, place.street, place.urgency, at)
        if row.id in self._held and not judged.quiet:
            return self.put(self._ring(row._replace(level=self._held[row.id]), "works", at))
        if judged.note == before.note and bisect_right(STEPS, row.authors) <= bisect_right(STEPS, before.authors):
            return None
        return self.put(row._replace(note=judged.note))

    def _rechecked(self, names: list[str], at: int, version: int) -> list[AlertRow]:
        found = (self._recheck(self._firing[name]._replace(version=version), at) for name in names)
        return [row for row in found if row is not None]

    def _end(self, name: str, at: int, version: int) -> AlertRow | None:
        row = self._firing.pop(name, None)
        self._held.pop(name, None)
        self._places.drop(name)
        if row is None:
            return None
        if row.incident:
            self._ended[name] = row.sounds
        return row._replace(status="resolved", at=at, version=version)

    def dump(self) -> Plain:
        firing = [rows.plain(row) for row in self._firing.values()]
        return [
            firing,
            self._spikes,
            self._held,
            self._ended,
            self._places.dump(),
            to_builtins(self._works.works),
            self._causes.dump(),
        ]

    def load(self, state: Plain) -> None:
        firing, self._spikes, *later = state
        width = len(AlertRow._fields)
        # Snapshots of before alerts could be answered, or counted their sounds, lack what is between the fields and the version.
        known = (
            [*row[:-1], *LATER_FIELDS[len(LATER_FIELDS) - (width - len(row)) :], row[-1]] if len(row) < width else row
            for row in firing
        )
        self._firing = {row[0]: rows.restored(AlertRow, row) for row in known}
        if later:
            self._held, self._ended, places, planned, causes = later
            self._causes.load(causes)
            self._places.load(places)
            self._works.put(convert(planned, Works))
