"""Alerts as watch keeps them: raised once, raised again only by level, resolved when what they tell of is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import orjson

from monitor.model.incident import Spike
from monitor.model.plain import Plain
from monitor.model.rows import AlertRow, IncidentRow
from monitor.profile.model import Profile
from monitor.watch import rows, wording
from monitor.watch.settings import Names

LEVELS = ("notice", "urgent", "flash")
UNANSWERED = len(AlertRow._fields) - 4
FLASH_AUTHORS = 10
"""So many people about one dangerous incident, and it is no longer a single voice: the highest level."""


class Alerts:
    """The firing alerts of a region by id, and the spike that each active series fires."""

    def __init__(self, profile: Profile, names: Names) -> None:
        self._profile = profile
        self._names = names
        self._firing: dict[str, AlertRow] = {}
        self._spikes: dict[str, str] = {}

    def spike(
        self,
        spike: Spike,
        at: int,
        authors: int,
        texts: Sequence[str],
        complete: bool,
        version: int,
    ) -> AlertRow:
        """A spike begins (a new alert) or rises a level (the same alert, louder)."""
        territory, _, group = spike.series.split("|", 2)
        zone = self._profile.calendar.timezone
        name = self._spikes.get(spike.series) or f"spike:{spike.series}:{spike.bucket}"
        where = wording.territory_name(self._profile, territory)
        problem = self._names.group(group)
        since = spike.onset or spike.bucket
        words = wording.top_words(texts, wording.USUAL)
        lines = [
            f"{where}: {wording.plural(spike.observed, 'жалоба', 'жалобы', 'жалоб')} на тему «{problem}» "
            f"с {wording.clock_time(since, zone)}, обычно за это время {wording.amount(spike.expected)}.",
            f"Пишут {wording.plural(authors, 'автор', 'автора', 'авторов')}.",
        ]
        if words:
            lines.append("Чаще всего: " + ", ".join(words) + ".")
        if not complete:
            lines.append("Не все источники прочитаны: данные неполные.")
        row = AlertRow(
            name,
            self._profile.id,
            "spike",
            spike.series,
            spike.level,
            "firing",
            at,
            f"Всплеск: {problem}, {where}",
            " ".join(lines),
            territory,
            group,
            "",
            "",
            since,
            spike.observed,
            spike.expected,
            spike.surprise,
            authors,
            orjson.dumps(words).decode(),
            orjson.dumps([wording.example(text) for text in texts[:3]]).decode(),
            complete,
            self._claimed(name),
            "",
            0,
            0,
            version,
        )
        self._spikes[spike.series] = name
        self._firing[name] = row
        return row

    def spiking(self, series: str) -> bool:
        return series in self._spikes

    def calm(self, series: str, at: int, version: int) -> AlertRow | None:
        """A series is back to its usual self."""
        name = self._spikes.pop(series, None)
        return self._end(name, at, version) if name else None

    def danger(self, incident: IncidentRow, at: int, text: str, version: int) -> AlertRow | None:
        """An urgent incident: an alert when it appears, another level when many tell of it; None where nothing new is to be said."""
        name = f"urgent:{incident.id}"
        level: Literal["urgent", "flash"] = "flash" if incident.authors >= FLASH_AUTHORS else "urgent"
        before = self._firing.get(name)
        if before is not None and LEVELS.index(before.level) >= LEVELS.index(level):
            return None
        doubt = "Пока один автор, не подтверждено. " if incident.authors == 1 else ""
        return self._incident(name, "urgent", level, incident, at, f"{doubt}{wording.example(text)}", "Опасно", version)

    def overdue(self, incident: IncidentRow, at: int, version: int) -> AlertRow:
        zone = self._profile.calendar.timezone
        text = f"Срок ответа истёк в {wording.clock_time(incident.deadline, zone)}, ответа по существу нет."
        return self._incident(f"overdue:{incident.id}", "overdue", "notice", incident, at, text, "Просрочено", version)

    def over(self, incident: str, at: int, version: int) -> list[AlertRow]:
        """An incident is void or closed: its alerts end."""
        names = (f"urgent:{incident}", f"overdue:{incident}")
        return [row for name in names if (row := self._end(name, at, version)) is not None]

    def forget(self, incident: str) -> None:
        """An incident is kept no more. Its alerts stay as they were told last: nobody knows better."""
        for name in (f"urgent:{incident}", f"overdue:{incident}"):
            self._firing.pop(name, None)

    def answered(self, incident: str, at: int, version: int) -> AlertRow | None:
        """An overdue incident has its answer, or more time for it."""
        return self._end(f"overdue:{incident}", at, version)

    def _incident(
        self, name: str, kind: str, level: str, incident: IncidentRow, at: int, text: str, title: str, version: int
    ) -> AlertRow:
        what = self._names.theme(incident.theme) if incident.theme else self._names.group(incident.group)
        row = AlertRow(
            name,
            self._profile.id,
            kind,
            incident.id,
            level,
            "firing",
            at,
            f"{title}: {what}, {wording.address(self._profile, incident)}",
            text,
            incident.territory,
            incident.group,
            incident.theme,
            incident.id,
            incident.first_seen,
            incident.members,
            0,
            0,
            incident.authors,
            "[]",
            "[]",
            True,
            self._claimed(name),
            "",
            0,
            0,
            version,
        )
        self._firing[name] = row
        return row

    def _claimed(self, name: str) -> str:
        """A level that rises wants a new answer, but whoever works on it still does."""
        return self._firing[name].claimed_by if name in self._firing else ""

    def get(self, name: str) -> AlertRow | None:
        """The alert as it stands, while it fires."""
        return self._firing.get(name)

    def put(self, row: AlertRow) -> None:
        """Takes what a person made of a firing alert."""
        self._firing[row.id] = row

    def snoozed(self) -> Iterator[AlertRow]:
        return (row for row in self._firing.values() if row.snoozed_until)

    def _end(self, name: str, at: int, version: int) -> AlertRow | None:
        row = self._firing.pop(name, None)
        return row._replace(status="resolved", at=at, version=version) if row else None

    def dump(self) -> Plain:
        return [[rows.plain(row) for row in self._firing.values()], self._spikes]

    def load(self, state: Plain) -> None:
        firing, self._spikes = state
        # A snapshot of the time before alerts could be answered lacks what is between the fields and the version.
        known = ([*row[:-1], "", "", 0, 0, row[-1]] if len(row) == UNANSWERED else row for row in firing)
        self._firing = {row[0]: rows.restored(AlertRow, row) for row in known}
