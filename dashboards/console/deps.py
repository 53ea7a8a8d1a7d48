"""What the console is given by whoever composes the program; it opens nothing of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from dashboards.console.gate import Gate
from dashboards.console.standing import Stage
from monitor.clock import Clock
from monitor.log.base import Log
from monitor.model.watch import Action
from monitor.profile.model import Profile
from sinks.base import Reader


@dataclass(slots=True, frozen=True)
class ActionResult:
    """What became of a person's action, told when its effect can be read back.

    ``conflict`` says in Russian why it was not accepted, ``version`` is the row's version now (decimal).
    """

    accepted: bool
    conflict: str = ""
    version: str = ""


class Trials(Protocol):
    """Tries destinations; see monitor.deliver.trials."""

    def destinations(self) -> list[dict[str, Any]]: ...

    async def test(self, region: str, name: str) -> str: ...

    async def resend(self, region: str, message: str) -> str: ...


def _same(slug: str) -> str:
    return slug


@dataclass(slots=True, frozen=True)
class ConsoleDeps:
    """The console's surroundings.

    ``act`` carries an action through the log and returns when it has taken effect. ``metrics_text`` is the Prometheus exposition.
    ``notice`` is a permanent banner, empty for none. ``group_name`` and ``theme_name`` turn slugs into Russian. ``hosts`` are names
    beside the loopback ones under which people may open the page. ``gate`` knows who they are; without one everybody may do all.
    ``trials`` is there where delivery runs in the same process; elsewhere ``nabat destinations test`` does it. ``stages`` are those
    whose standstill the page tells of.
    """

    reader: Reader
    log: Log
    profile: Profile
    clock: Clock
    act: Callable[[Action], Awaitable[ActionResult]]
    metrics_text: Callable[[], bytes]
    notice: str = ""
    group_name: Callable[[str], str] = _same
    theme_name: Callable[[str], str] = _same
    hosts: frozenset[str] = frozenset()
    gate: Gate | None = None
    trials: Trials | None = None
    stages: Sequence[Stage] = ()


DEPS = web.AppKey("deps", ConsoleDeps)
