"""After any edits, deletions, answers and corrections every figure is what a recount of the posts as they stand gives."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import orjson
import pytest

from monitor.model.rows import TABLES, IncidentEventRow, IncidentRow, Row
from sinks.clickhouse.connect import Target
from sinks.clickhouse.tables import BY_NAME
from sinks.clickhouse.writer import ClickHouseWriter
from sources.simulated.world import World
from tests.crash.region import WATCH, SteadyClassifier, profile
from tests.crash.tables import WATCH as NAMES
from tests.crash.tables import Rows, read_tables
from tests.monitor.watch.people import People

STEPS = 250


@pytest.mark.parametrize("seed", range(8))
def test_figures(region: World, seed: int) -> None:
    people = People(region, seed)
    people.live(STEPS)
    check(people, current(people.rows))
    check_overdue_is_told_once(people.rows)


async def test_figures_out_of_the_store(region: World, clickhouse: Target) -> None:
    people = People(region, 100)
    people.live(STEPS)
    writer = ClickHouseWriter(clickhouse)
    await writer.write(people.rows)
    await writer.close()
    check(people, await read_tables(clickhouse))


def current(rows: list[Row]) -> dict[str, Rows]:
    """The current row of each key, as the views give it."""
    latest: dict[str, dict[tuple[Any, ...], Row]] = {name: {} for name in NAMES}
    for row in rows:
        name = TABLES[type(row)]
        if name in latest:
            key = tuple(getattr(row, column) for column in BY_NAME[name].key.split(", "))
            before = latest[name].get(key)
            if before is None or before.version <= row.version:
                latest[name][key] = row
    return {name: [row._asdict() for row in found.values()] for name, found in latest.items()}


def check(people: People, tables: dict[str, Rows]) -> None:
    appeals = {row["id"]: row for row in tables["appeals"]}
    _check_appeals(people, appeals)
    _check_incidents(people, appeals, {row["id"]: row for row in tables["incidents"]}, tables["alerts"], tables["incident_events"])
    _check_series(appeals, tables["series"])
    _check_actions(people, tables["incident_events"])


def check_overdue_is_told_once(rows: list[Row]) -> None:
    """Until the incident is void or answered, or has more time; then it may be told again."""
    told: dict[str, int] = {}
    for row in rows:
        if isinstance(row, IncidentRow) and (
            row.status != "open" or row.last_reply == "substantive" or row.deadline != told.get(row.id)
        ):
            told.pop(row.id, None)
        if isinstance(row, IncidentEventRow) and row.kind == "overdue":
            assert row.incident not in told
            told[row.incident] = row.at


def _check_appeals(people: People, appeals: dict[str, dict[str, Any]]) -> None:
    assert set(appeals) == people.appeals
    for name, row in appeals.items():
        assert row["status"] == people.status(name), name
        if row["status"] == "active":
            post, verdict = people.posts[name], people.verdict(people.posts[name])
            assert (row["kind"], row["theme"], row["urgency"]) == (verdict.kind, verdict.theme, verdict.urgency)
            place = verdict.place
            assert (row["territory"], row["street"], row["house"]) == (place.territory, place.street, place.house)
            assert (row["author"], row["published_at"]) == (post.author, post.published_at)
        assert row["decided_by"] == ("operator" if name in people.rejected else "")


def _check_incidents(
    people: People,
    appeals: dict[str, dict[str, Any]],
    incidents: dict[str, dict[str, Any]],
    alerts: Rows,
    events: Rows,
) -> None:
    late = {name for name, row in incidents.items() if _is_late(row, people.now)}
    assert late <= {row["incident"] for row in events if row["kind"] == "overdue"}
    members: dict[str, list[dict[str, Any]]] = {name: [] for name in incidents}
    for row in appeals.values():
        if row["status"] == "active":
            members[row["incident"]].append(row)
    answers: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for number, post in enumerate(people.posts.values()):
        if post.official and not post.deleted:
            answers[appeals[post.reply_to]["incident"]].append((post.published_at, number, SteadyClassifier().judge([post])[0]))
    for name, incident in incidents.items():
        active = members[name]
        assert incident["status"] == ("open" if active else "void"), name
        assert incident["members"] == len(active)
        assert incident["authors"] == len({row["author"] or row["id"] for row in active})
        assert incident["duplicates"] == sum(row["cluster"] != row["id"] for row in active)
        assert incident["urgency"] == max((row["urgency"] for row in active), default=0)
        assert incident["replies"] == len(answers[name]), name
        assert incident["last_reply"] == max(answers[name], default=(0, 0, ""))[2], name
        if active:
            assert incident["first_seen"] == min(row["published_at"] for row in active)
            assert incident["last_seen"] == max(row["published_at"] for row in active)
    for alert in alerts:
        if alert["incident"] and alert["status"] == "firing":
            assert incidents[alert["incident"]]["status"] == "open"
            assert alert["kind"] != "overdue" or alert["incident"] in late


def _is_late(incident: dict[str, Any], now: int) -> bool:
    return bool(incident["status"] == "open" and 0 < incident["deadline"] <= now and incident["last_reply"] != "substantive")


def _check_series(appeals: dict[str, dict[str, Any]], series: Rows) -> None:
    """All buckets are closed: the last tick is hours after the last post."""
    posts: Counter[tuple[str, int]] = Counter()
    authors: dict[tuple[str, int], set[str]] = defaultdict(set)
    for row in appeals.values():
        if row["status"] != "active" or row["cluster"] != row["id"]:
            continue
        bucket = row["published_at"] // WATCH.bucket * WATCH.bucket
        names = [f"test|kind|{row['kind']}"]
        if row["kind"] == "complaint":
            for territory in _around(row["territory"]):
                names.append(f"{territory}|all|")
                names += [f"{territory}|group|{row['group']}"] * bool(row["group"])
                names += [f"{territory}|theme|{row['theme']}"] * bool(row["theme"])
        for name in names:
            posts[name, bucket] += 1
            authors[name, bucket].add(row["author"] or row["id"])
    for row in series:
        key = row["series"], row["bucket"]
        assert row["closed"]
        assert row["posts"] == posts.pop(key, 0) >= 0, key
        assert row["authors"] == len(authors[key]), key
    assert not posts, "an appeal is in no bucket"


def _around(territory: str) -> list[str]:
    """The territory and its parents, up to the region."""
    found = []
    while territory:
        found.append(territory)
        territory = profile().territories[territory].parent
    return found or ["test"]


def _check_actions(people: People, events: Rows) -> None:
    acted = [row for row in events if row["kind"] == "action"]
    assert sorted(row["id"] for row in acted) == sorted(people.told)
    for row in acted:
        told, detail = people.told[row["id"]], orjson.loads(row["detail"])
        assert (detail["post"], detail["conflict"]) == (told.subject, told.conflict)
        assert detail["accepted"] == (not told.conflict)
        assert row["actor"] == "operator"
