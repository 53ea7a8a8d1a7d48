"""Ticks go on after a clock was put back, and meet it again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from monitor.clock import ManualClock
from monitor.config import Config
from monitor.profile.load import load_profile
from monitor.runtime.embedded import Embedded
from monitor.runtime.ticking import AHEAD, Ticking
from sinks.clickhouse.connect import Target

SECOND, HOUR = 1000, 3_600_000
NOW = 1_770_000_000_000


class Machine:
    """A clock that people set, and seconds that nobody does; watch gets to what it is told."""

    def __init__(self) -> None:
        self.wall, self.seconds, self.known = NOW, 5.0, 0
        self.start()

    def start(self) -> None:
        self.ticking = Ticking(lambda: self.seconds)

    def tick(self, seconds: float = 10.0) -> int:
        self.seconds += seconds
        self.wall += int(seconds * SECOND)
        told = self.wall + self.ticking.lead(self.wall, self.known)
        self.known = max(self.known, told)
        return told


def test_as_the_clock_says() -> None:
    machine = Machine()
    assert [machine.tick() for _ in range(3)] == [NOW + at * SECOND for at in (10, 20, 30)]
    machine.wall += HOUR
    assert machine.tick() == NOW + HOUR + 40 * SECOND, "put forward"


def test_a_crawler_whose_clock_is_a_little_ahead() -> None:
    machine = Machine()
    for _ in range(5):
        machine.tick()
        machine.known = machine.wall + AHEAD - 10 * SECOND
    assert machine.tick() == machine.wall


def test_put_back() -> None:
    machine = Machine()
    before = machine.tick()
    machine.wall -= HOUR
    told = [machine.tick() for _ in range(3)]
    assert told == [before + at * SECOND for at in (5, 10, 15)]
    for _ in range(2 * 3600 // 10):
        last, told_now = machine.known, machine.tick()
        assert told_now >= min(last, machine.wall)
    assert machine.tick() == machine.wall, "twice the time that it was put back by, and it is there"


def test_a_restart_meanwhile() -> None:
    machine = Machine()
    before = machine.tick()
    machine.wall -= HOUR
    machine.tick()
    machine.start()
    assert machine.tick() == before + 10 * SECOND


def test_put_right_again() -> None:
    machine = Machine()
    machine.tick()
    machine.wall -= HOUR
    machine.tick()
    machine.wall += HOUR
    assert machine.tick() == machine.wall


async def test_time_goes_on_in_the_engine(tmp_path: Path, clickhouse: Target) -> None:
    clock, seconds = ManualClock(NOW), [5.0]
    config = Config()
    config = replace(config, nabat=replace(config.nabat, data=tmp_path / "data"))
    engine = Embedded(config, load_profile("samara"), [], {}, clock, linger=0.0, target=clickhouse)
    await engine.open()
    try:
        await engine.start(crawl=False, ticks=False, console=False)
        engine._ticking = Ticking(lambda: seconds[0])
        times = []
        for back in (0, HOUR, 0):
            clock._now -= back
            seconds[0] += 10.0
            await engine._tick()
            await engine.drain()
            times.append(engine._stages.watch.stage.clock)
        assert times == [NOW, NOW + 5 * SECOND, NOW + 10 * SECOND]
    finally:
        await engine.stop()
