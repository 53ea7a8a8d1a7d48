"""The networks as the configuration sets them up: one HTTP client, the budgets, an adapter for each network, and its inlets.

Client and budgets are of a process, whose regions share them; adapters are of a region, whose time zone and people they know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from monitor.config import Config
from monitor.config.hooks import PushSecret
from monitor.log.base import Log, partition_of
from monitor.model.source import Source
from monitor.profile.model import Profile
from monitor.runtime.limits import LogRecords, limits_of
from sources.appeals.adapter import AppealsAdapter, read_mappings
from sources.appeals.export import Limits
from sources.base import Adapter
from sources.bots import Hook
from sources.budgets.budgets import Budgets
from sources.budgets.time import Time
from sources.budgets.token import Token
from sources.files import FilesAdapter
from sources.http.addresses import networks
from sources.http.client import HttpClient, HttpSettings
from sources.max.adapter import MaxAdapter
from sources.max.bot import MaxSettings
from sources.max.inlet import MaxInlet
from sources.odnoklassniki.adapter import OkAdapter, OkSettings
from sources.rss.adapter import RssAdapter, RssSettings
from sources.telegram.adapter import TelegramAdapter
from sources.telegram.bot import BotAdapter, BotSettings
from sources.telegram.channel import ChannelAdapter, PreviewSettings
from sources.telegram.inlet import TelegramInlet
from sources.telegram.mtproto import MtprotoAdapter, MtprotoSettings
from sources.vk.adapter import VkAdapter
from sources.vk.address import recognise
from sources.vk.callback import Hook as VkHook
from sources.vk.callback import VkCallback
from sources.vk.settings import VkSettings
from sources.wire import Inlet

KNOWN: Final = ("vk", "tg", "ok", "max", "rss", "appeal", "file")
"""The networks that sources may be of."""
_WHOLE: Final = frozenset(("vk", "tg", "ok", "max", "appeal"))


class Connections:
    """What all adapters of a process ask networks by. ``lease``, ``owner``: see sources.budgets.budgets; alone without them."""

    def __init__(self, config: Config, tokens: Sequence[Token], time: Time, *, lease: float = 0.0, owner: str = "") -> None:
        section = config.networks
        self.http = HttpClient(HttpSettings(networks(section.allow_private), section.timeout, section.answer_bytes, section.proxy))
        self.budgets = Budgets(tokens, limits_of(config), time, lease=lease, owner=owner)
        self._alone = not lease

    async def open(self, log: Log) -> None:
        """Counts of requests are kept beside the log. All tokens are ours, unless a lease says that others may have them."""
        self.budgets.open(LogRecords(log))
        if self._alone:
            await self.budgets.own([token.id for token in self.budgets.tokens])

    async def close(self) -> None:
        await self.http.close()


def share_of(name: str, network: str, count: int, address: str = "") -> int:
    """The partition whose crawler reads a source with this ``address``, of ``count``, or has a token of its network.

    What a network, or the host of a feed, allows is shared by all of its sources, so one crawler reads them all; others are read
    each by itself.
    """
    try:
        host = urlsplit(address).hostname if network == "rss" else ""
    except ValueError:
        # Whoever reads it will tell that it is no address.
        host = ""
    return partition_of(network if network in _WHOLE else host or name, count)


def adapters_of(config: Config, profile: Profile, key: bytes, connections: Connections) -> dict[str, Adapter]:
    """The adapters of a region by network. Raises ConfigError where a mapping of appeals is wrong."""
    http, budgets = connections.http, connections.budgets
    zone, wait = profile.calendar.timezone, config.crawl.default_wait
    telegram, ok, maximum, rss = config.telegram, config.odnoklassniki, config.max, config.rss
    return {
        "vk": VkAdapter(_vk(config, profile), http, budgets["vk"], key),
        "tg": TelegramAdapter(
            ChannelAdapter(
                PreviewSettings(
                    telegram.preview, history_hours=telegram.history_hours, reread_hours=telegram.reread_hours, wait=wait
                ),
                http,
                budgets["tg"],
                key,
            ),
            BotAdapter(
                BotSettings(telegram.api, telegram.poll_seconds, officials=numbers(telegram.officials)), http, budgets["tg"], key
            ),
            MtprotoAdapter(MtprotoSettings(), budgets["tg"], key),
        ),
        "ok": OkAdapter(
            OkSettings(
                ok.api,
                ok.poll_seconds,
                ok.depth_hours,
                ok.edit_hours,
                zone=ZoneInfo(ok.time_zone),
                topic_fields=ok.topic_fields,
            ),
            http,
            budgets["ok"],
            key,
        ),
        "max": MaxAdapter(
            maximum.api,
            MaxSettings(maximum.poll_seconds, officials=numbers(maximum.officials), history_hours=maximum.history_hours, wait=wait),
            http,
            budgets["max"],
            key,
        ),
        "rss": RssAdapter(RssSettings(rss.poll_seconds, rss.feed_bytes, zone=ZoneInfo(rss.time_zone)), http, budgets["rss"], key),
        "appeal": _appeals(config, profile, key, connections),
        "file": FilesAdapter(key, zone=zone),
    }


def inlets_of(
    config: Config, profile: Profile, key: bytes, adapters: Mapping[str, Adapter], secrets: Iterable[PushSecret]
) -> list[Inlet]:
    """What takes the pushes of a region's sources; none where nothing listens. Secrets of other regions' sources are left out."""
    if not config.push.port:
        return []
    appeals = adapters["appeal"]
    found: list[Inlet] = [*appeals.inlets(profile.sources.values())] if isinstance(appeals, AppealsAdapter) else []
    pushed = [(profile.sources[one.source], one) for one in secrets if one.source in profile.sources]
    vk = {-_owner(source): VkHook(source, one.secret, one.confirmation) for source, one in pushed if source.network == "vk"}
    telegram = [Hook(source, one.secret) for source, one in pushed if source.network == "tg"]
    maximum = [Hook(source, one.secret) for source, one in pushed if source.network == "max"]
    if vk:
        found.append(VkCallback(vk, key, _vk(config, profile).officials))
    if telegram:
        found.append(TelegramInlet(telegram, key, numbers(config.telegram.officials)))
    if maximum:
        found.append(MaxInlet(maximum, key, numbers(config.max.officials)))
    return found


def numbers(text: str) -> frozenset[int]:
    """Comma-separated numbers. Raises ValueError for anything else."""
    return frozenset(int(part) for part in text.split(",") if part.strip())


def _vk(config: Config, profile: Profile) -> VkSettings:
    section = config.vk
    walls = [source for source in profile.sources.values() if source.network == "vk"]
    owners = {source.id: owner for source in walls if (owner := _owner(source))}
    return VkSettings(
        section.api,
        section.version,
        officials=numbers(section.officials) | {owners[one.id] for one in walls if one.kind == "official" and one.id in owners},
        watched=frozenset(owners.values()),
        first_days=section.first_days,
        follow_days=section.follow_days,
        wait=config.crawl.default_wait,
        walls_a_request=section.walls_a_request,
        search_hours=section.search_hours,
    )


def _owner(source: Source) -> int:
    """The number of a wall; 0 where the address is a name, which only VK can tell the number of."""
    address = recognise(source.address)
    return address.owner if address is not None else 0


def _appeals(config: Config, profile: Profile, key: bytes, connections: Connections) -> AppealsAdapter:
    section, zone = config.appeals, profile.calendar.timezone
    # A town by its bare name could be a surname or an adjective to the classifier.
    named = {one.oktmo: one.name if " " in one.name else f"г. {one.name}" for one in profile.territories.values() if one.oktmo}
    return AppealsAdapter(
        read_mappings(profile.sources.values(), section.mappings or Path(), zone),
        key,
        http=connections.http,
        budget=connections.budgets["appeal"],
        territories=named,
        limits=Limits(section.file_bytes, section.unpacked_bytes),
        settle=section.settle_seconds,
        listens=bool(config.push.port),
    )
