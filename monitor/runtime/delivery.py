"""Builds delivery out of configuration: destinations, channels, pace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from monitor.config import Config
from monitor.config.destinations import Entry, load_destinations
from monitor.deliver.channels.base import Channel
from monitor.deliver.channels.mail import Mail, Security, Server
from monitor.deliver.channels.max import Max
from monitor.deliver.channels.sms import Gateway, Sms
from monitor.deliver.channels.telegram import Telegram
from monitor.deliver.channels.webhook import Webhook
from monitor.deliver.duty import Duty
from monitor.deliver.lane import Pace
from monitor.deliver.planner import Destination
from monitor.model.errors import ConfigError
from monitor.problems import advice, quoted
from monitor.profile.model import Profile
from sources.http.addresses import networks
from sources.http.client import HttpClient, HttpSettings
from sources.webhook import secret_of
from sources.wire import Http

MINUTE = 60_000


@dataclass(slots=True)
class Delivery:
    """Destinations, and the channels to them. ``close`` ends what they share."""

    destinations: dict[str, Destination] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    http: HttpClient | None = None

    async def close(self) -> None:
        for channel in self.channels.values():
            await channel.close()
        if self.http is not None:
            await self.http.close()


def routes_of(profiles: Iterable[Profile]) -> dict[str, Duty]:
    """The duty directories, by region; a region without one tells everybody."""
    return {profile.id: Duty(profile) for profile in profiles if profile.duty}


def delivery_of(config: Config, profiles: Iterable[Profile] = ()) -> Delivery:
    """What the configuration names; nothing where it names no file. Raises ConfigError with all problems, those of roles too."""
    entries = load_destinations(config.deliver.destinations_file)
    if problems := _missing(config, entries) + _unknown(profiles, [one.name for one in entries]):
        raise ConfigError(problems)
    section = config.networks
    http = HttpClient(HttpSettings(networks(section.allow_private), section.timeout, section.answer_bytes, section.proxy))
    return Delivery(
        {one.name: Destination(one.name, one.channel, one.channel != "webhook", one.level, one.channel != "sms") for one in entries},
        {one.name: _channel(config, one, http) for one in entries},
        http,
    )


def pace_of(config: Config) -> Pace:
    section = config.deliver
    return Pace(
        first=int(section.retry_seconds * 1000),
        longest=int(section.retry_longest_seconds * 1000),
        messages=section.people_messages,
        window=section.people_minutes * MINUTE,
        summary=section.summary_minutes * MINUTE,
        expire=section.expire_hours * 60 * MINUTE,
    )


def _missing(config: Config, entries: Sequence[Entry]) -> list[str]:
    """What destinations need and the configuration does not have."""
    used = {one.channel for one in entries}
    problems = []
    if "email" in used and not config.mail.host:
        problems.append("mail.host: names no server, and there are destinations by e-mail")
    if "email" in used and "@" not in config.mail.sender:
        problems.append("mail.sender: names no address, and there are destinations by e-mail")
    if "sms" in used and not config.sms.url:
        problems.append("sms.url: names no gateway, and there are destinations by SMS")
    if any("=" not in part for part in config.sms.extra.split(",") if part.strip()):
        problems.append("sms.extra: write name=value, separated by commas")
    return problems


def _unknown(profiles: Iterable[Profile], names: Sequence[str]) -> list[str]:
    """Roles that name destinations which nobody has. Without destinations a directory waits for its installation."""
    if not names:
        return []
    return [
        f"{role.place}: {quoted(name)} is no destination of deliver.destinations_file; {advice(name, names)}"
        for profile in profiles
        for role in profile.duty
        for name in sorted(role.destinations() - set(names))
    ]


def _channel(config: Config, entry: Entry, http: Http) -> Channel:
    match entry.channel:
        case "telegram":
            return Telegram(http, config.telegram.api, entry.secrets[0].reveal(), entry.address)
        case "max":
            return Max(http, config.max.api, entry.secrets[0].reveal(), entry.address)
        case "email":
            return Mail(_server(config), entry.address)
        case "sms":
            return Sms(http, _gateway(config), entry.address)
        case _:
            return Webhook(http, entry.address, [secret_of(secret.reveal()) for secret in entry.secrets])


def _server(config: Config) -> Server:
    section = config.mail
    return Server(
        section.host,
        section.port,
        section.sender,
        cast(Security, section.security),
        section.user,
        section.password.reveal(),
        str(section.ca_file or ""),
        section.timeout,
    )


def _gateway(config: Config) -> Gateway:
    section = config.sms
    extra: Mapping[str, str] = dict(part.strip().split("=", 1) for part in section.extra.split(",") if part.strip())
    names = section.phone_field, section.text_field, section.id_field
    return Gateway(section.url, *names, section.format == "json", section.password.reveal(), extra)
