"""What watch is told of sources: changes of what people have to know, each once, none lost."""

from __future__ import annotations

from monitor.bench.virtual import VirtualClock, run
from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.source import Source
from monitor.runtime.telling import ERROR, SOURCES, Telling
from tests.monitor.runtime.crawling import START, MemoryLog, Network, World, communities


def told(log: MemoryLog) -> list[tuple[str, str]]:
    return [(one.source, one.state) for states in log.told for one in states.sources]


async def flushed(world: World) -> None:
    await world.health._flush()


def test_a_change_and_not_every_reading() -> None:
    async def main() -> None:
        network, log = Network(), MemoryLog()
        world = World(communities(3, weight="critical"), [network], log)
        await world.run(600)
        await flushed(world)
        assert sorted(told(log)) == [("vk:0", "ok"), ("vk:1", "ok"), ("vk:2", "ok")]
        assert len(log.told) == 1, "one record for all of a region"
        network.trouble = refuse
        await world.run(3000)
        await flushed(world)
        assert told(log)[3:] == [("vk:1", "gone")]
        assert log.told[1].sources[0].error == "VK: сообщества нет"
        assert START + 600_000 < log.told[1].sources[0].at <= log.told[1].at
        await world.run(7200)
        await flushed(world)
        assert len(log.told) == 2
        network.trouble = lambda source, now: None
        await world.run(7200)
        await flushed(world)
        await world.kill()
        assert told(log)[4:] == [("vk:1", "ok")]
        assert log.told[2].sources[0].error == ""

    run(main)


def refuse(source: Source, now: int) -> None:
    if source.id == "vk:1":
        raise SourceRefused("VK: сообщества нет", "gone")


def test_a_new_process_tells_what_it_finds() -> None:
    """Who died may have told watch of a trouble that is over by now."""

    async def main() -> None:
        network, log = Network(), MemoryLog()
        network.trouble = refuse
        for _ in range(2):
            world = World(communities(2, weight="critical"), [network], log)
            await world.run(600)
            await flushed(world)
            await world.kill()
        assert sorted(told(log)) == [("vk:0", "ok")] * 2 + [("vk:1", "gone")] * 2

    run(main)


def test_what_the_log_does_not_take_is_told_later() -> None:
    async def main() -> None:
        log = MemoryLog()
        telling = Telling(log, VirtualClock(START))  # type: ignore[arg-type]
        telling.note("samara", "vk:1", "gone", "нет" * 200, START)
        telling.note("kursk", "vk:2", "silent", "", START)
        log.fails = 1
        await telling.append()
        assert log.told == []
        telling.note("samara", "vk:1", "ok", "", START + 5)
        telling.note("samara", "vk:3", "broken", "ничего", START + 5)
        await telling.append()
        assert told(log) == [("vk:1", "ok"), ("vk:3", "broken"), ("vk:2", "silent")]
        await telling.append()
        assert len(log.told) == 2

    run(main)


def test_errors_and_records_are_bounded() -> None:
    async def main() -> None:
        log = MemoryLog()
        telling = Telling(log, VirtualClock(START))  # type: ignore[arg-type]
        for number in range(SOURCES + 1):
            telling.note("samara", f"vk:{number}", "gone", "нет" * 200, START)
        await telling.append()
        assert [len(states.sources) for states in log.told] == [SOURCES, 1]
        assert len(log.told[0].sources[0].error) == ERROR

    run(main)


def test_states_that_mean_the_same_are_one() -> None:
    async def main() -> None:
        network, log = Network(every=1e9), MemoryLog()
        world = World(communities(1, weight="critical"), [network], log)
        await world.run(600)
        assert world.row(world.sources[0]).state in ("ok", "empty")
        network.every = 60.0
        await world.run(600)
        assert world.row(world.sources[0]).state == "ok"
        network.trouble = busy
        await world.run(600)
        await flushed(world)
        await world.kill()
        assert told(log) == [("vk:0", "unavailable")], "of several changes the last one"

    run(main)


def busy(source: Source, now: int) -> None:
    raise SourceUnavailable("VK не отвечает", 5.0)
