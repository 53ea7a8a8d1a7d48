"""An empty place for a log of every kind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from monitor.log.base import Log
from tests.kafka.broker import Broker
from tests.monitor.log.places import OPENERS, Place

NUMBERS = count()


@pytest.fixture
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Place]:
    """Makes places of a kind; Kafka is started by the first that needs it."""

    def make(kind: str) -> Place:
        number = next(NUMBERS)
        if kind == "sqlite":
            return Place(kind, str(tmp_path / f"log-{number}"))
        broker: Broker = request.getfixturevalue("kafka")
        return Place(kind, f"{broker.address}/log-{number}")

    return make


@pytest.fixture(params=sorted(OPENERS, reverse=True))
def place(request: pytest.FixtureRequest, new_place: Callable[[str], Place]) -> Place:
    return new_place(request.param)


@pytest_asyncio.fixture
async def log(place: Place) -> AsyncIterator[Log]:
    opened = await place.open()
    yield opened
    await opened.close()
