"""Reads from the store what a backtest needs: appeals by bucket, what was read when, and the alerts of that time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from detectors.spikes import Spikes
from monitor.model.rows import AppealRow
from monitor.profile.model import Profile
from monitor.runtime.compose import DAY, names
from monitor.watch.backtest import Backtest, Fired
from monitor.watch.settings import WatchSettings
from sinks.base import Reader

HOUR = 3_600_000
LEARN_DAYS = 28
"""Days before the beginning that teach what is usual: four of each weekday."""

_TIME = """published_at >= fromUnixTimestamp64Milli({since:Int64}) AND published_at < fromUnixTimestamp64Milli({until:Int64})"""
_COUNTED = f"region = {{region:String}} AND status = 'active' AND cluster = id AND {_TIME}"


@dataclass(slots=True, frozen=True)
class Replayed:
    """Alerts that fired and that would fire, and how many appeals and days of history they come from."""

    then: list[Fired]
    now: list[Fired]
    appeals: int
    learned_days: int


async def backtest(
    reader: Reader, profile: Profile, settings: WatchSettings, since: int, until: int, progress: Callable[[float], None]
) -> Replayed:
    """Replays the time from ``since`` to ``until`` (ms, whole buckets) as its appeals stand now; ``progress`` is told its share.

    What teaches and what is counted are appeals; a bucket was complete if its rows of series say so.
    """
    test = Backtest(profile, settings, names(), Spikes(settings.spikes))
    learned = 0
    first = (since - LEARN_DAYS * DAY) // HOUR * HOUR
    counts: dict[str, list[int]] = {}
    for at in range(first, since, DAY):
        rows = await _ask(
            reader, profile, at, min(at + DAY, since),
            f"""SELECT territory, `group`, intDiv(toUnixTimestamp64Milli(published_at) - {{first:Int64}}, {HOUR}) AS hour,
                count() AS posts FROM current_appeals WHERE {_COUNTED} AND kind = 'complaint' AND `group` != ''
            GROUP BY territory, `group`, hour ORDER BY territory, `group`, hour""",
            first=first,
        )  # fmt: skip
        learned += bool(rows)
        for row in rows:
            series = f"{row['territory'] or profile.id}|group|{row['group']}"
            column = counts.setdefault(series, [0] * -(-(since - first) // HOUR))
            column[int(row["hour"])] = int(row["posts"])
    known = min((next(hour for hour, posts in enumerate(column) if posts) for column in counts.values()), default=0)
    if counts:
        test.teach(first + known * HOUR, HOUR, {series: column[known:] for series, column in counts.items()})
    appeals = 0
    for at in range(since, until, DAY):
        end = min(at + DAY, until)
        rows = await _ask(
            reader, profile, at, end, f"SELECT * FROM current_appeals WHERE {_COUNTED} ORDER BY published_at, id"
        )  # fmt: skip
        partly = {
            row["bucket"]
            for row in await _ask(
                reader, profile, at, end,
                """SELECT bucket FROM current_series WHERE region = {region:String} AND closed
                    AND bucket >= fromUnixTimestamp64Milli({since:Int64}) AND bucket < fromUnixTimestamp64Milli({until:Int64})
                GROUP BY bucket HAVING NOT min(complete)""",
            )
        }  # fmt: skip
        appeals += len(rows)
        taken = 0
        for bucket in range(at, end, settings.bucket):
            some = []
            while taken < len(rows) and rows[taken]["published_at"] < bucket + settings.bucket:
                some.append(AppealRow(**{name: rows[taken][name] for name in AppealRow._fields}))
                taken += 1
            test.bucket(bucket, some, complete=bucket not in partly)
        progress((end - since) / (until - since))
    return Replayed(await _then(reader, profile, since, until), test.fired(), appeals, learned)


async def _then(reader: Reader, profile: Profile, since: int, until: int) -> list[Fired]:
    rows = await _ask(
        reader, profile, since, until,
        """SELECT subject, title, level, status, since, at, bucket_at FROM
            (SELECT *, toInt64OrZero(splitByChar(':', id)[-1]) AS bucket_at FROM current_alerts
                WHERE region = {region:String} AND kind = 'spike')
        WHERE bucket_at >= {since:Int64} AND bucket_at < {until:Int64} ORDER BY bucket_at, id""",
    )  # fmt: skip
    return [
        Fired(
            row["subject"], row["title"], row["level"], row["since"], row["bucket_at"], row["at"] if row["status"] != "firing" else 0
        )
        for row in rows
    ]


async def _ask(reader: Reader, profile: Profile, since: int, until: int, sql: str, **more: int) -> list[dict[str, Any]]:
    return await reader.query(sql, {"region": profile.id, "since": since, "until": until, **more})
