"""What VK says of a pasted address."""

from __future__ import annotations

import pytest

from monitor.model.errors import SourceRefused
from sources.vk.about import Community
from tests.sources.vk.town import OWNER, town


async def test_a_community() -> None:
    async with town() as here:
        here.open(-202, "gorod", "Наш город").members = 4321
        expected = Community(-202, "Наш город", "gorod", 4321, False)
        for pasted in ("https://vk.com/gorod", "club202", "https://vk.com/wall-202_5"):
            assert await here.adapter().describe(pasted, here.now) == expected
        assert here.methods() == ["groups.getById"] * 3


async def test_what_is_no_community() -> None:
    async with town() as here:
        for pasted in ("id77", "search:нет воды", "ivan.ivanov"):
            assert await here.adapter().describe(pasted, here.now) is None


async def test_a_closed_one_and_those_that_are_gone() -> None:
    async with town() as here:
        wall = here.open(-202, "gorod")
        wall.access = "closed"
        found = await here.adapter().describe("gorod", here.now)
        assert found is not None
        assert found.closed
        wall.access = "banned"
        for pasted in ("gorod", "club999", "https://t.me/x"):
            with pytest.raises(SourceRefused) as caught:
                await here.adapter().describe(pasted, here.now)
            assert caught.value.state == "gone"
        assert (await here.adapter().describe(f"club{-OWNER}", here.now)) is not None
