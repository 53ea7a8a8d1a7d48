"""A small region and one night in it, as rows: what the console's tests look at."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from monitor.log.base import Append
from monitor.model.rows import AlertRow, AppealRow, IncidentEventRow, IncidentRow, PostRow, ReplyRow, Row, SourceHealthRow
from monitor.model.source import Source
from monitor.outgoing import write
from monitor.profile.model import Body, Calendar, Profile, Territory

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NOW = int(datetime(2026, 1, 20, 23, 25, tzinfo=UTC).timestamp() * 1000)
"""03:25 of the 21st in Samara."""

REGION = "samara"
TERRITORIES = (
    Territory("samara", "Самарская область", "region", "", 3_130_000),
    Territory("togliatti", "Тольятти", "municipality", "samara", 668_000),
    Territory("avto", "Автозаводский район", "district", "togliatti", 428_000),
    Territory("central", "Центральный район", "district", "togliatti", 150_000),
    Territory("city", "Самара", "municipality", "samara", 1_159_000),
    Territory("syzran", "Сызрань", "municipality", "samara", 157_000),
    Territory("zhigulevsk", "Жигулёвск", "municipality", "samara", 51_000),
    Territory("sergievsky", "Сергиевский район", "municipality", "samara", 44_000),
    Territory("novy", "Новый городок", "municipality", "samara", None),
)
BODIES = (
    Body("heat", "Теплосети Тольятти", "utility", "togliatti"),
    Body("city-roads", "Департамент дорог Самары", "municipal", "city"),
    Body("uk", "Госжилинспекция", "regional"),
    Body("water", "Водоканал", "utility", "syzran"),
    Body("waste", "Региональный оператор ТКО", "utility"),
)
GROUPS = {
    "housing": "ЖКХ",
    "roads": "Дороги",
    "energy": "Энергетика",
    "waste": "Мусор",
    "transport": "Транспорт",
    "landscaping": "Благоустройство",
    "health": "Здравоохранение",
    "education": "Образование",
}
THEMES = {
    "heating": "Нет отопления",
    "burst": "Прорыв теплотрассы",
    "snow": "Не убран снег",
    "lift": "Не работает лифт",
    "no-water": "Нет воды",
    "rubbish": "Не вывозят мусор",
    "bus": "Автобусы не ходят по расписанию",
    "pothole": "Ямы на дороге",
    "light": "Нет света",
    "queue": "Не записаться к врачу",
}


def profile(count: int = 14) -> Profile:
    """The region with ``count`` sources."""
    names = ("Подслушано Тольятти", "Типичная Самара", "Сызрань онлайн", "ЧП Тольятти", "Жигулёвск: город", "Администрация Тольятти")
    sources = {}
    for number in range(count):
        network = "tg" if number % 5 == 4 else "vk"
        name = names[number] if number < len(names) else f"Двор и дом № {number}"
        ident = f"{network}:-{100 + number}"
        sources[ident] = Source(ident, network, "community", REGION, str(number), name, "togliatti")
    return Profile(
        id=REGION,
        name="Самарская область",
        digest="d1",
        calendar=Calendar(ZoneInfo("Europe/Samara")),
        territories={territory.id: territory for territory in TERRITORIES},
        bodies={body.id: body for body in BODIES},
        sources=sources,
        blocks={"housing": "ЖКХ и благоустройство", "landscaping": "ЖКХ и благоустройство", "housing.heating": "Тепло"},
    )


def health(ident: str, state: str = "ok", age: int = 40_000, name: str = "", error: str = "") -> SourceHealthRow:
    until = NOW - age
    return SourceHealthRow(REGION, ident, ident.split(":")[0], name, "community", "togliatti", state, until, until, 20, error, NOW)


def appeal(
    ident: str,
    incident: str,
    text: str,
    *,
    age: int = 10 * MINUTE,
    group: str = "housing",
    theme: str = "burst",
    territory: str = "avto",
    street: str = "",
    house: str = "",
    author: str = "a",
    source: str = "vk:-100",
    status: str = "active",
    kind: str = "complaint",
    duplicate_of: str = "",
    url: str = "https://vk.com/wall-100_1",
    urgency: int = 2,
    decided_by: str = "",
    version: int = 1,
) -> list[Row]:
    """A post and its appeal."""
    at = NOW - age
    network = source.split(":")[0]
    cluster = duplicate_of or ident
    post = PostRow(
        ident, REGION, network, source, "comment", at, 0, at + 4000, author, False, "", "", url, text, "[]", False, 1, 0, 0, 0, 0,
        kind, 900, group, theme, territory, urgency, duplicate_of, version,
    )  # fmt: skip
    found = AppealRow(
        ident, REGION, network, source, kind, 900, group, theme, territory, "", street, house, "", "", urgency, author, at, at + 4000,
        url, incident, cluster, duplicate_of, status, 1, decided_by, version,
    )  # fmt: skip
    return [post, found]


def incident(
    ident: str,
    *,
    group: str = "housing",
    theme: str = "burst",
    territory: str = "avto",
    street: str = "",
    house: str = "",
    body: str = "heat",
    urgency: int = 2,
    status: str = "open",
    age: int = 20 * MINUTE,
    due: int = 4 * HOUR,
    members: int = 1,
    authors: int = 1,
    duplicates: int = 0,
    replies: int = 0,
    last_reply: str = "",
    parent: str = "",
    cause: str = "",
    version: int = 1,
) -> IncidentRow:
    """``due``: ms from now to the deadline, negative for an overdue one."""
    at = NOW - age
    return IncidentRow(
        ident, REGION, status, group, theme, territory, "", street, house, "", body, urgency, f"{ident}/1", at, at, NOW - 2 * MINUTE,
        NOW + due, members, authors, duplicates, replies, last_reply, parent, cause, version,
    )  # fmt: skip


def alert(
    ident: str,
    title: str,
    *,
    kind: str = "urgent",
    level: str = "urgent",
    status: str = "firing",
    age: int = 5 * MINUTE,
    territory: str = "avto",
    group: str = "housing",
    theme: str = "burst",
    incident: str = "",
    observed: int = 0,
    expected: int = 0,
    authors: int = 0,
    text: str = "",
    words: tuple[str, ...] = (),
    examples: tuple[str, ...] = (),
    complete: bool = True,
    version: int = 1,
) -> AlertRow:
    at = NOW - age
    return AlertRow(
        ident, REGION, kind, incident or territory, level, status, at, title, text, territory, group, theme, incident,
        at - 8 * MINUTE, observed, expected, 70, authors, json.dumps(words), json.dumps(examples), complete,
        "", "", 0, 0, "", 1, "fired", "", "", 0, "", version,
    )  # fmt: skip


def reply(ident: str, appeal_id: str, incident_id: str, text: str, quality: str, age: int) -> list[Row]:
    at = NOW - age
    post = PostRow(
        ident, REGION, "vk", "vk:-105", "comment", at, 0, at, "", True, appeal_id, "", "https://vk.com/wall-100_9", text, "[]",
        False, 1, 0, 0, 0, 0, "", 0, "", "", "", 0, "", 1,
    )  # fmt: skip
    return [post, ReplyRow(ident, REGION, appeal_id, incident_id, "vk:-105", at, quality, "https://vk.com/wall-100_9", False, 1)]


def event(ident: str, incident_id: str, kind: str, age: int, detail: str = "{}", actor: str = "") -> IncidentEventRow:
    return IncidentEventRow(ident, REGION, incident_id, NOW - age, actor, kind, detail, 1)


def record(row: AlertRow | IncidentRow) -> Append:
    """What the watch stage appends to the log for such a row."""
    at = write.moment(NOW)
    one = write.alert(row, at) if isinstance(row, AlertRow) else write.incident(row, at)
    return Append(one.topic, 0, one.key, one.value, NOW)
