"""What all parts of an embedded runtime share, once it is open."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.clock import Clock
from monitor.config import Config
from monitor.log.base import Log
from monitor.metrics.catalogue import Metrics
from monitor.model.source import Source
from monitor.profile.model import Profile
from monitor.runtime import faults
from monitor.runtime.board import Board
from monitor.runtime.store import Store
from sinks.clickhouse.reader import ClickHouseReader


@dataclass(frozen=True, slots=True)
class Shared:
    """``stopping`` is set when the end begins, ``give_up`` when a store that takes nothing is not waited for any more."""

    config: Config
    profile: Profile
    sources: Sequence[Source]
    log: Log
    store: Store
    reader: ClickHouseReader
    board: Board
    metrics: Metrics
    clock: Clock
    stopping: asyncio.Event
    give_up: asyncio.Event
    fault: faults.Fault
