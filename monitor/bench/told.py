"""What the log tells of a run: when posts, incidents and alerts were stored, by the runners' clocks.

A runner appends what follows from a batch after its rows were stored and acknowledged: findings after the posts, events of incidents
and alerts after their rows. So the time of such a record is one at which the rows could certainly be read, a moment later than the
insert's end. Nothing is asked of the system while it runs; it is read afterwards, embedded and in a cluster alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from monitor.log.base import ALERTS, INCIDENTS, WATCH, Log, Record
from monitor.model.position import Position
from monitor.model.watch import Findings, Tick, decode_record
from monitor.outgoing.read import read
from monitor.outgoing.shapes import AlertData

Mark = dict[tuple[str, int], int]
TOPICS = (WATCH, INCIDENTS, ALERTS)


@dataclass(slots=True, frozen=True)
class Stored:
    """Something of which ``count`` are there since ``at``; it could have been from ``since`` on (ms). ``partition``: of its page."""

    at: int
    since: int
    count: int = 1
    partition: int = 0

    @property
    def late(self) -> int:
        return self.at - self.since


@dataclass(slots=True)
class Told:
    """``since`` is when a page was fetched: what made a post, incident or alert; of spikes what closed their bucket."""

    posts: list[Stored] = field(default_factory=list)
    incidents: list[Stored] = field(default_factory=list)
    urgent: list[Stored] = field(default_factory=list)
    spikes: list[Stored] = field(default_factory=list)
    appeals: int = 0

    @property
    def last(self) -> int:
        """When the last of all was stored, ms."""
        return max((one.at for one in (*self.posts, *self.incidents)), default=0)


async def mark(log: Log) -> Mark:
    """Where the log ends now."""
    return {
        (topic, number): (await log.bounds(topic, number))[1] for topic in TOPICS for number in range(log.layout.partitions[topic])
    }


async def told(log: Log, since: Mark) -> Told:
    """What was stored after ``since`` was taken; the system must have come to rest before it and now."""
    found = Told()
    fetched: dict[tuple[int, int], int] = {}
    closed: dict[tuple[int, int], int] = {}
    for record in await _records(log, WATCH, since):
        entry = decode_record(record.value)
        slot = record.partition, record.offset
        if isinstance(entry, Tick):
            closed[slot] = entry.at
        if not isinstance(entry, Findings):
            continue
        fetched[slot] = closed[slot] = entry.fetched_at
        # An empty page brings nothing that could be late, but it may close a bucket.
        if entry.posts:
            found.posts.append(Stored(record.at, entry.fetched_at, entry.posts, entry.origin[1]))
            found.appeals += len(entry.appeals)
    for topic, into in ((INCIDENTS, found.incidents), (ALERTS, found.urgent)):
        for record in await _records(log, topic, since):
            event = read(topic, record.value)
            position = Position.unpack(event.version)
            # Deadlines and the ends of alerts follow from time alone: they have no page.
            page = fetched.get((position.partition, position.offset))
            if not isinstance(event.data, AlertData):
                if page is not None:
                    into.append(Stored(record.at, page))
            elif event.data.kind == "spike" and event.data.status == "firing":
                found.spikes.append(Stored(record.at, closed[position.partition, position.offset]))
            elif event.data.kind == "urgent" and event.data.status == "firing" and page is not None:
                into.append(Stored(record.at, page))
    return found


async def _records(log: Log, topic: str, since: Mark) -> list[Record]:
    records: list[Record] = []
    for number in range(log.layout.partitions[topic]):
        _, end = await log.bounds(topic, number)
        offset = since[topic, number]
        while offset < end:
            got = await log.read(topic, number, offset)
            if not got:
                # Only old events of a compacted topic were left.
                break
            offset = got[-1].offset + 1
            records += got
    return records


def percentiles(stored: Iterable[Stored], shares: Sequence[float] = (0.5, 0.95, 0.99, 1.0)) -> list[float] | None:
    """Delays in seconds of which these shares are no longer; None where there is nothing. Each one counts."""
    ordered = sorted((one.late, one.count) for one in stored)
    total = sum(count for _, count in ordered)
    if not total:
        return None
    found: list[float] = []
    below = 0
    for late, count in ordered:
        below += count
        while len(found) < len(shares) and below >= shares[len(found)] * total:
            found.append(late / 1000)
    return found


def rate(found: Told) -> int | None:
    """Posts a second of a backlog: from the end of the first batch of all to the end of everything.

    The first batch of each partition is not counted: part of that work was done before. None where there is no other.
    """
    first: dict[int, int] = {}
    for one in found.posts:
        first[one.partition] = min(one.at, first.get(one.partition, one.at))
    posts = sum(one.count for one in found.posts if one.at > first[one.partition])
    return round(1000 * posts / (found.last - min(first.values()))) if posts else None
