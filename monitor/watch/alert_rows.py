"""Rows of alerts as they are when nothing has happened to them yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import orjson

from detectors.rare import rare
from monitor.model.incident import Spike
from monitor.model.rows import AlertRow, IncidentRow
from monitor.model.verdict import Urgency
from monitor.profile.model import Profile
from monitor.watch import wording
from monitor.watch.cause import Whole
from monitor.watch.levels import LEVELS
from monitor.watch.settings import Names
from monitor.watch.spots import addresses

FLASH_AUTHORS = 10
"""So many people about one dangerous incident, and it is no longer a single voice: the highest level."""
MOST = 5
"""Bodies that an alert of many late answers names."""


class AlertRows:
    """Makes rows of a region in the words that people read. Times are ms."""

    def __init__(self, profile: Profile, names: Names) -> None:
        self._profile = profile
        self._names = names

    def spike(self, name: str, spike: Spike, at: int, authors: int, texts: Sequence[str], complete: bool, version: int) -> AlertRow:
        territory, _, group = spike.series.split("|", 2)
        zone = self._profile.calendar.timezone
        where = wording.territory_name(self._profile, territory)
        problem = self._names.group(group)
        since = spike.onset or spike.bucket
        words = wording.top_words(texts, wording.USUAL)
        lines = [
            f"{wording.plural(spike.observed, 'жалоба', 'жалобы', 'жалоб')} на тему «{problem}» "
            f"с {wording.clock_time(since, zone)}, обычно за это время {wording.amount(spike.expected)}.",
            f"Пишут {wording.plural(authors, 'автор', 'автора', 'авторов')}.",
        ]
        if words:
            lines.append("Чаще всего: " + ", ".join(words) + ".")
        if not complete:
            lines.append("Не все источники прочитаны: данные неполные.")
        row = self.plain(name, "spike", spike.series, spike.level, at, f"Всплеск: {problem}, {where}", " ".join(lines), version)
        return row._replace(
            territory=territory,
            group=group,
            since=since,
            observed=spike.observed,
            expected=spike.expected,
            surprise=spike.surprise,
            authors=authors,
            words=orjson.dumps(words).decode(),
            examples=orjson.dumps([wording.example(text) for text in texts[:3]]).decode(),
            complete=complete,
        )

    def danger(self, name: str, whole: Whole, at: int, text: str, version: int) -> AlertRow:
        """A rare danger is called by its name, and says that one mention counts."""
        incident = whole.row
        level = "flash" if whole.sure >= FLASH_AUTHORS else "urgent"
        doubt = "Пока один автор, не подтверждено. " if incident.authors == 1 else ""
        if whole.addresses < 2 and 0 < whole.sure < incident.authors:
            doubt = f"Об опасности пишут {whole.sure} из {incident.authors}. "
        if whole.rare:
            doubt = f"Редкая опасность: достаточно и одного сообщения. {doubt}"
        row = self._incident(name, "urgent", level, incident, at, f"{doubt}{wording.example(text)}", "Опасно", version)
        if whole.rare:
            row = row._replace(title=f"{rare()[whole.rare].name}: {wording.address(self._profile, incident)}")
        if whole.addresses < 2:
            return row
        return row._replace(title=f"{row.title} ({wording.plural(whole.addresses, 'адрес', 'адреса', 'адресов')})")

    def both(self, danger: AlertRow, spike: AlertRow) -> AlertRow:
        """Of an incident and a spike with one cause: the place and the problem of the incident, and how much is written of them.

        ``subject`` is the series, whose plot the card shows; ``spike.kind`` says which of both came first: its figures are told. What
        the whole region suffers keeps its name, whichever house is the first in danger.
        """
        level = max(danger.level, spike.level, key=LEVELS.index)
        people, posts = max(danger.authors, spike.authors), max(danger.observed, spike.observed)
        if spike.territory == self._profile.id:
            text = f"{spike.text} {danger.title}. {danger.text}"
            return spike._replace(
                level=level,
                at=max(danger.at, spike.at),
                text=text,
                incident=danger.incident,
                authors=people,
                body=danger.body,
                version=max(danger.version, spike.version),
            )
        if spike.kind != "spike":
            people, posts = danger.authors, danger.observed
        return spike._replace(
            level=level,
            at=max(danger.at, spike.at),
            title=danger.title,
            text=f"{danger.text} {spike.title}. {spike.text}",
            territory=danger.territory,
            group=danger.group,
            theme=danger.theme,
            incident=danger.incident,
            since=min(danger.since, spike.since),
            observed=posts,
            authors=people,
            body=danger.body,
            version=max(danger.version, spike.version),
        )

    def overdue(self, name: str, owing: Sequence[IncidentRow], authors: int, at: int, version: int) -> AlertRow:
        """Incidents with one cause, of which at least one owes. A promised time that has passed is louder than a deadline: people
        were told of it.
        """
        zone = self._profile.calendar.timezone
        whole = owing[0] if len(owing) == 1 else _together(owing, authors)
        more = f" Без ответа {wording.plural(len(owing), 'инцидент', 'инцидента', 'инцидентов')}." if len(owing) > 1 else ""
        if promised := [one.deadline for one in owing if one.last_reply == "interim"]:
            text = f"Обещали до {wording.clock_time(max(promised), zone)}, ответа по существу нет.{more}"
            row = self._incident(name, "overdue", "urgent", whole, at, text, "Обещание не выполнено", version)
        else:
            when = wording.clock_time(min(one.deadline for one in owing), zone)
            text = f"Срок ответа истёк в {when}, ответа по существу нет.{more}"
            row = self._incident(name, "overdue", "notice", whole, at, text, "Просрочено", version)
        places = addresses(owing)
        if places < 2:
            return row
        return row._replace(title=f"{row.title} ({wording.plural(places, 'адрес', 'адреса', 'адресов')})")

    def late(self, name: str, owing: Sequence[IncidentRow], at: int, version: int) -> AlertRow:
        """Many incidents that owe, whatever their causes: how many, of which bodies, since when."""
        bodies = Counter(one.body for one in owing)
        known = self._profile.bodies
        names = {body: known[body].name if body in known else "исполнитель не определён" for body in bodies}
        most = [f"{names[body]}: {count}" for body, count in bodies.most_common(MOST)]
        earliest = min(one.deadline for one in owing)
        grave = sum(one.urgency >= Urgency.DANGER for one in owing)
        lines = [
            f"Ответа по существу нет в срок, самый ранний истёк {wording.day_time(earliest, self._profile.calendar.timezone)}.",
            f"Из них опасных: {grave}." if grave else "",
            f"Больше всего: {'; '.join(most)}." if len(bodies) > 1 else f"{most[0]}.",
        ]
        title = f"Просрочены ответы: {wording.plural(len(owing), 'инцидент', 'инцидента', 'инцидентов')}"
        if len(bodies) > 1:
            title += f", {wording.plural(len(bodies), 'исполнитель', 'исполнителя', 'исполнителей')}"
        text = " ".join(line for line in lines if line)
        row = self.plain(name, "overdue", self._profile.id, "notice", at, title, text, version)
        return row._replace(since=earliest, observed=len(owing), body=next(iter(bodies)) if len(bodies) == 1 else "")

    def plain(self, name: str, kind: str, subject: str, level: str, at: int, title: str, text: str, version: int) -> AlertRow:
        """An alert about anything; ``_replace`` what is known beside."""
        return AlertRow(
            name, self._profile.id, kind, subject, level, "firing", at, title, text, "", "", "", "", at, 0, 0, 0, 0, "[]", "[]",
            True, "", "", 0, 0, "", 0, "", "", "", 0, "", version,
        )  # fmt: skip

    def _incident(
        self, name: str, kind: str, level: str, incident: IncidentRow, at: int, text: str, title: str, version: int
    ) -> AlertRow:
        what = self._names.theme(incident.theme) if incident.theme else self._names.group(incident.group)
        title = f"{title}: {what}, {wording.address(self._profile, incident)}"
        return self.plain(name, kind, incident.id, level, at, title, text, version)._replace(
            territory=incident.territory,
            group=incident.group,
            theme=incident.theme,
            incident=incident.id,
            since=incident.first_seen,
            observed=incident.members,
            authors=incident.authors,
            body=incident.body,
        )


def _together(owing: Sequence[IncidentRow], authors: int) -> IncidentRow:
    """Called by what most people tell of, and where all of it is."""
    streets = {one.street for one in owing if one.street}
    return max(owing, key=lambda one: one.members)._replace(
        id=owing[0].id,
        street=next(iter(streets)) if len(streets) == 1 else "",
        house="",
        facility="",
        first_seen=min(one.first_seen for one in owing),
        members=sum(one.members for one in owing),
        authors=authors,
    )
