"""Planned works on their way from the profile's file into the log: at a start, and whenever the file says something else."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from msgspec.structs import replace

from monitor.clock import Clock
from monitor.log.base import WATCH, Append, Log, partition_of
from monitor.model.errors import ConfigError, RetryableError
from monitor.model.watch import encode_record
from monitor.model.works import Works
from monitor.profile.model import Profile
from monitor.profile.works_file import read_works

log = logging.getLogger(__name__)

LOOK_SECONDS = 15.0


class Planned:
    """``folder`` is the profile's, ``known`` what watch goes by. A file that can't be read changes nothing, and our log says why."""

    def __init__(self, events: Log, folder: Path, profile: Profile, clock: Clock, known: Works) -> None:
        self._log = events
        self._folder = folder
        self._profile = profile
        self._clock = clock
        self._known = known
        self._trouble = ""

    async def look(self) -> bool:
        """Appends what the file says if that has changed; whether it has."""
        now = self._clock.now()
        try:
            found = await asyncio.to_thread(read_works, self._folder, self._profile, now)
        except ConfigError as error:
            if str(error) != self._trouble:
                log.error("плановые работы остались прежними: %s", error)
            self._trouble = str(error)
            return False
        self._trouble = ""
        if replace(found, at=0) == replace(self._known, at=0):
            return False
        partition = partition_of(self._profile.id, self._log.layout.partitions[WATCH])
        await self._log.append([Append(WATCH, partition, self._profile.id, encode_record(found), now)])
        self._known = found
        return True

    async def run(self, stopping: asyncio.Event) -> None:
        """Until ``stopping`` is set."""
        while not stopping.is_set():
            try:
                await self.look()
            except RetryableError as error:
                log.warning("о плановых работах сейчас не сообщить: %s", error)
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await stopping.wait()
            except TimeoutError:
                continue
