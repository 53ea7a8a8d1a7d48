"""What the watch finds dangerous makes its place be read at once: the crawler follows the topic of alerts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

from monitor.log.base import ALERTS, Log
from monitor.model.codec import DecodeError
from monitor.model.errors import LogError, RetryableError
from monitor.outgoing.read import read
from monitor.outgoing.shapes import AlertData
from monitor.profile.model import Profile
from monitor.runtime.storing import ends

log = logging.getLogger(__name__)

WAIT: Final = 1.0
LEVELS: Final = frozenset({"urgent", "flash"})
KINDS: Final = frozenset({"urgent", "spike"})


async def follow(events: Log, profiles: Sequence[Profile], hurry: Callable[[Sequence[str]], int], stopping: asyncio.Event) -> None:
    """Tells ``hurry`` the territories of each new dangerous alert, the nearest first. What came before the start is past."""
    near = {profile.id: profile for profile in profiles}
    offset = -1
    while not stopping.is_set():
        try:
            if offset < 0:
                _, offset = await events.bounds(ALERTS, 0)
            if not await events.wait(ALERTS, 0, offset, WAIT):
                continue
            for record in await events.read(ALERTS, 0, offset):
                offset = record.offset + 1
                if territories := _dangerous(record.value, near):
                    hurry(territories)
        except LogError:
            # What we stood at was dropped meanwhile.
            offset = -1
        except RetryableError as error:
            log.warning("за тревогами сейчас не проследить: %s", error)
            await ends(error.retry_after, stopping)


def _dangerous(value: bytes, profiles: dict[str, Profile]) -> list[str]:
    """Where people write of it; empty if it is no new danger, or of the whole region: then nothing is nearer than anything else."""
    try:
        alert = read(ALERTS, value).data
    except DecodeError:
        return []
    if not isinstance(alert, AlertData) or alert.status != "firing" or alert.kind not in KINDS or alert.level not in LEVELS:
        return []
    profile = profiles.get(alert.region)
    if profile is None or not alert.territory or alert.territory == profile.id:
        return []
    below = [name for name in sorted(profile.territories) if name != alert.territory and alert.territory in profile.path(name)]
    around = [name for name in profile.path(alert.territory)[1:] if name != profile.id]
    return [alert.territory, *below, *around]
