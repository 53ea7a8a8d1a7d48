"""What becomes of a push: durable before it is answered, repeats without effect, room, bugs, and a crash in between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client import CollectorRegistry

from detectors.classifier import RuleClassifier
from monitor.clock import ManualClock
from monitor.intake.pushes import Pushes
from monitor.log.base import PAGES, Record
from monitor.log.sqlite import SqliteLog
from monitor.metrics.catalogue import Metrics
from monitor.metrics.labels import PushOutcome
from monitor.model.codec import decode
from monitor.model.errors import RetryableError
from monitor.model.post import Page, Post
from monitor.model.rows import Row
from monitor.model.source import Source
from monitor.runtime import faults
from monitor.runtime.appending import Appender
from monitor.runtime.board import Board
from monitor.runtime.health import Health
from monitor.triage.stage import Triage, TriageSettings
from sources.base import Fetched
from sources.wire import Pushed, Taken
from tests.sources.region import profile

NOW = 1_800_000_000_000
ONE = Source("appeal:one", "appeal", "intake", "test", "one.toml")
TWO = Source("appeal:two", "appeal", "intake", "test", "two.toml")


class Nowhere:
    """A writer that forgets."""

    async def write(self, rows: Sequence[Row]) -> None: ...


class Letters:
    """Each letter of the body is a post of both sources, ``!`` is broken, ``?`` a bug, ``-`` refused; the header id is the event."""

    network = "appeal"
    path = "/push/letters"

    async def take(self, request: Pushed, now: int) -> Taken:
        body = request.body.decode()
        if body == "-":
            return Taken(403, "no")
        if body == "?":
            raise ZeroDivisionError
        taken = Taken(body="done", event=request.headers.get("id", ""))
        for source in (ONE, TWO) if body else ():
            posts = [Post(f"{source.id}:{letter}", letter, now) for letter in body if letter != "!"]
            broken = [("тел. 8 (927) 123-45-67", "broken")] if "!" in body else []
            taken.fetched.append((source, Fetched([Page(source.id, "test", "appeal", now, posts=posts)], broken=broken)))
        return taken


class World:
    """A log with pushes into it. ``crash`` names the fault point at which the process dies."""

    def __init__(self, log: SqliteLog, *, sources: Sequence[Source] = (ONE, TWO), queue: int = 4, remember: int = 2) -> None:
        self.log = log
        self.crash = ""
        self.board = Board()
        self.clock = ManualClock(NOW)
        self.metrics = Metrics(CollectorRegistry())
        self.health = Health(sources, Nowhere(), self.metrics, self.clock)  # type: ignore[arg-type]
        appender = Appender(log, self.board, self.health, self.metrics, self.clock, queue_pages=queue, fault=self._fault)
        self.pushes = Pushes(appender, self.metrics, self.clock, remember)

    def _fault(self, name: str) -> None:
        if name == self.crash:
            raise KeyboardInterrupt

    async def push(self, body: str, event: str = "") -> Taken:
        return await self.pushes.answer(Letters(), Pushed({"id": event}, {}, body.encode()))

    async def records(self) -> list[Record]:
        return [record for partition in range(2) for record in await self.log.read(PAGES, partition, 0)]

    async def letters(self) -> list[str]:
        return sorted(post.id for record in await self.records() for post in decode(record.value, Page).posts)

    def counted(self) -> dict[str, float]:
        return {name: value for name in get_args(PushOutcome) if (value := self.metrics.pushes[name]._value.get())}


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SqliteLog]:
    made = await SqliteLog.open(tmp_path / "log.sqlite", {PAGES: 2}, {PAGES: 3_600_000})
    yield made
    await made.close()


async def test_what_was_taken_is_in_the_log_of_each_source_and_moves_no_cursor(log: SqliteLog) -> None:
    world = World(log)
    await log.append([], cursors={ONE.id: "kept"})
    taken = await world.push("ab!")
    assert (taken.status, taken.body) == (200, "done")
    assert await world.letters() == ["appeal:one:a", "appeal:one:b", "appeal:two:a", "appeal:two:b"]
    for record in await world.records():
        page = decode(record.value, Page)
        assert (record.key, page.cursor, page.covered_until) == (page.source, "", 0)
        assert [(one.detail, one.payload) for one in page.broken] == [("broken", "тел. <PHONE>")]
    assert await log.cursor(ONE.id) == "kept"
    assert world.health._rows[ONE.id].state == "ok"
    assert world.health._rows[ONE.id].posts == 2
    assert world.counted() == {"taken": 1}


async def test_repeats_are_answered_and_not_taken_within_memory(log: SqliteLog) -> None:
    world = World(log, queue=100)
    for event in ("e-1", "e-1", "", ""):
        assert (await world.push("a", event)).body == "done"
    assert len(await world.letters()) == 6
    for event in ("e-2", "e-1", "e-3"):
        await world.push("b", event)
    # The memory holds two: the first is fresh, as it was asked for, and the second is forgotten.
    for event in ("e-1", "e-3", "e-2"):
        await world.push("c", event)
    assert [letter[-1] for letter in await world.letters()].count("c") == 2
    assert world.counted() == {"taken": 6, "repeated": 4}


async def test_what_is_refused_or_empty_leaves_nothing(log: SqliteLog) -> None:
    world = World(log)
    assert (await world.push("-")).status == 403
    assert (await world.push("")).body == "done"
    assert await world.letters() == []
    assert world.counted() == {"refused": 1, "taken": 1}


async def test_a_bug_is_an_error_to_the_sender_and_to_nobody_else(log: SqliteLog) -> None:
    world = World(log)
    taken = await world.push("?", "e-1")
    assert (taken.status, taken.body) == (500, "ошибка в программе")
    assert (await world.push("a", "e-1")).status == 200
    assert world.counted() == {"failed": 1, "taken": 1}


async def test_a_full_queue_sends_them_away_until_there_is_room(log: SqliteLog) -> None:
    world = World(log, queue=2)
    pushed = 0
    while (taken := await world.push("a", f"e-{pushed}")).status == 200:
        pushed += 1
    assert (taken.status, taken.headers) == (503, {"Retry-After": "10"})
    before = await world.letters()
    assert (await world.push("b", "e-x")).status == 503
    assert await world.letters() == before
    for partition in range(2):
        await world.board.note(PAGES, partition, (await log.bounds(PAGES, partition))[1])
    assert (await world.push("b", "e-x")).status == 200


async def test_a_log_that_can_not_take_it_is_no_success(log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(log)

    async def fail(*_: object, **__: object) -> list[int]:
        raise RetryableError("the disk is busy", retry_after=2.5)

    with monkeypatch.context() as patch:
        patch.setattr(log, "append", fail)
        taken = await world.push("a", "e-1")
    assert (taken.status, taken.headers) == (503, {"Retry-After": "3"})
    assert await world.letters() == []
    assert (await world.push("a", "e-1")).status == 200
    assert len(await world.letters()) == 2


async def test_a_source_of_another_crawler_is_taken_and_its_health_left_alone(log: SqliteLog) -> None:
    world = World(log, sources=[TWO])
    assert (await world.push("a")).status == 200
    assert len(await world.letters()) == 2
    assert list(world.health._rows) == [TWO.id]


async def test_a_crash_between_log_and_answer_brings_the_event_again_and_the_post_once(
    log: SqliteLog, triage: Callable[[], Triage]
) -> None:
    world = World(log)
    world.crash = faults.PAGE_APPENDED
    with pytest.raises(KeyboardInterrupt):
        await world.push("a", "e-1")
    heir = World(log)
    assert (await heir.push("a", "e-1")).status == 200
    assert await heir.letters() == ["appeal:one:a", "appeal:one:a", "appeal:two:a", "appeal:two:a"]
    stage = triage()
    outcomes = stage.process(stage.decode(await heir.records())).outcomes
    assert (outcomes["new"], outcomes["known"], outcomes["changed"]) == (2, 2, 0)


@pytest.fixture
def triage() -> Callable[[], Triage]:
    sources = {source.id: source for source in (ONE, TWO)}
    return lambda: Triage(1, {"test": RuleClassifier(profile())}, sources, TriageSettings(), lambda data, place: data)
