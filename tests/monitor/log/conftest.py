"""An empty place for a log of every kind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from monitor.log.base import Log
from tests.monitor.log.places import OPENERS, Place


@pytest.fixture(params=sorted(OPENERS))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Place(request.param, str(tmp_path / "log"))


@pytest_asyncio.fixture
async def log(place: Place) -> AsyncIterator[Log]:
    opened = await place.open()
    yield opened
    await opened.close()
