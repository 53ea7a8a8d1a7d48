"""What the configuration allows for each network, and where budgets keep their records: beside the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from monitor.config import Config
from monitor.log.base import Log
from monitor.model.source import Source
from sources.budgets.limits import ANY, COMMUNITY, FEEDS, MAX, ODNOKLASSNIKI, SERVICE, TELEGRAM, USER, VK, Limits, Rate
from sources.schedule.lanes import Settings

NO_LIMIT = Limits()


def limits_of(config: Config) -> dict[str, Limits]:
    """By network, all that Nabat can ask."""
    vk, rate = config.vk, Rate.per_second
    rates = {USER: rate(vk.user_rate), SERVICE: rate(vk.service_rate), COMMUNITY: rate(vk.community_rate)}
    quotas = {"wall.get": vk.wall_get_day, "wall.search": vk.wall_search_day, "newsfeed.search": vk.newsfeed_search_day}
    return {
        "vk": replace(VK, rates=rates, quotas=quotas),
        "tg": replace(TELEGRAM, rates={ANY: rate(config.telegram.bot_rate)}, host=rate(config.telegram.preview_rate)),
        "ok": replace(ODNOKLASSNIKI, rates={ANY: rate(config.odnoklassniki.rate)}),
        "max": replace(MAX, rates={ANY: rate(config.max.rate)}),
        "rss": replace(FEEDS, host=rate(config.rss.host_rate)),
        "appeal": replace(FEEDS, rates={ANY: rate(config.appeals.host_rate)}, host=rate(config.appeals.host_rate)),
    }


def ceilings_of(config: Config) -> Settings:
    section = config.crawl
    return Settings({"critical": section.critical_seconds, "ordinary": section.ordinary_seconds, "rare": section.rare_seconds})


def lane_of(source: Source, limits: Mapping[str, Limits]) -> str:
    """The method whose limit reading this source costs; empty: none that sources would have to share.

    An address with a prefix is read by another way than those of its network without one: a bot, a search.
    """
    way, separator, rest = source.address.partition(":")
    if separator and not rest.startswith("//"):
        return limits.get(source.network, NO_LIMIT).polls.get(way.lower(), "")
    return limits.get(source.network, NO_LIMIT).polls.get(ANY, "")


class LogRecords:
    """Fulfils sources.budgets.budgets.Records."""

    def __init__(self, log: Log) -> None:
        self._log = log

    async def read(self, name: str) -> str:
        return await self._log.budget(name)

    async def write(self, values: Mapping[str, str]) -> None:
        await self._log.append([], budgets=values)
