"""Several walls by one request: VK's ``execute`` runs a script that calls wall.get for each.

At most 25 calls a script, and an answer of at most 5 MB: so the more walls, the fewer posts of each. Only tokens of users can do it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import orjson

from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.vk import decode
from sources.vk.address import Address
from sources.vk.call import Api, Refusal
from sources.vk.errors import error_of, meaning_of
from sources.vk.objects import Fault
from sources.vk.parse import Reading, WallAnswer, parse_wall
from sources.vk.settings import VkSettings

_CALLS: Final = 25
_POSTS: Final = 1_000
"""Posts of one answer: 5 kB each, which posts with ten photos have."""


class Batch:
    """Looks at up to ``most`` walls at once."""

    def __init__(self, settings: VkSettings, api: Api) -> None:
        self.most = min(_CALLS, settings.walls_a_request)
        self._api = api

    @staticmethod
    def page(walls: int) -> int:
        """How many posts of each wall are asked for."""
        return min(100, _POSTS // walls)

    async def look(self, walls: Sequence[Address], readings: Sequence[Reading], now: int) -> list[WallAnswer | SourceRefused | None]:
        """The newest posts of each wall; a wall that refuses; None where VK failed for the moment. Raises as Adapter.fetch."""
        try:
            answers, faults = await self._api.ask(
                "execute",
                {"code": script(walls, self.page(len(walls)))},
                decode.many,
                now,
                kinds=("user",),
                booked="wall.get",
                calls=len(walls),
                fault=_of_token,
            )
        except Refusal as refusal:
            raise refusal.error from None
        if len(answers) != len(walls):
            raise SourceUnavailable("VK: execute ответил не на все запросы", 30.0)
        # Errors come in the order of the calls; one of execute itself may follow them. Where one is missing, nobody knows whose.
        errors = [fault for fault in faults if fault.method == "wall.get"]
        failed = iter(errors if len(errors) == answers.count(None) else [])
        return [
            _refused(next(failed, None)) if answer is None else _read(answer, reading)
            for answer, reading in zip(answers, readings, strict=True)
        ]


def script(walls: Sequence[Address], count: int) -> str:
    """VKScript that returns an array with the answer of each wall.get."""
    calls = []
    for wall in walls:
        whose = {"owner_id": wall.owner} if wall.owner else {"domain": wall.domain}
        calls.append(f"API.wall.get({orjson.dumps({**whose, 'count': count, 'filter': 'all'}).decode()})")
    return f"return [{','.join(calls)}];"


def _of_token(result: tuple[list[bytes | None], list[Fault]]) -> int:
    """The first error that says something of the token: the others are of the walls."""
    return next((fault.error_code for fault in result[1] if meaning_of(fault.error_code).outcome != "failed"), 0)


def _read(answer: bytes, reading: Reading) -> WallAnswer | None:
    try:
        return parse_wall(answer, reading)
    except decode.Unreadable:
        return None


def _refused(fault: Fault | None) -> SourceRefused | None:
    error = error_of(fault.error_code) if fault else None
    return error if isinstance(error, SourceRefused) else None
