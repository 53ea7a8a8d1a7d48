"""How far everybody is: offsets that runners have done, for those who wait for them (crawlers, actions, replays, the watchdog)."""

from __future__ import annotations

import asyncio


class Board:
    """Offsets below which all is done, by topic and partition. Used in one event loop."""

    def __init__(self) -> None:
        self._done: dict[tuple[str, int], int] = {}
        self._changed = asyncio.Condition()

    def done(self, topic: str, partition: int) -> int:
        return self._done.get((topic, partition), 0)

    async def note(self, topic: str, partition: int, offset: int) -> None:
        async with self._changed:
            self._done[topic, partition] = offset
            self._changed.notify_all()

    async def reached(self, topic: str, partition: int, offset: int) -> None:
        """Returns when all below ``offset`` is done. Bound it with asyncio.timeout."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.done(topic, partition) >= offset)
