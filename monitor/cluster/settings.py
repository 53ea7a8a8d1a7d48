"""What the roles of a cluster take from the configuration: where Kafka is, how the log is cut, its regions, shared keys."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from monitor.config import Config
from monitor.log.base import PAGES, TOPICS, WATCH
from monitor.log.kafka.log import KafkaLog
from monitor.log.kafka.settings import KafkaSettings
from monitor.model.errors import ConfigError
from monitor.model.source import Source
from monitor.profile.load import load_profile, profile_folder
from monitor.profile.model import Profile
from monitor.runtime.keys import load_key

HOUR = 3_600_000


def kafka_settings(config: Config) -> KafkaSettings:
    """ConfigError where no broker is named."""
    section = config.kafka
    if not section.servers:
        raise ConfigError(["kafka.servers: не назван ни один брокер; командам кластера он нужен, nabat run обходится без него"])
    return KafkaSettings(
        section.servers,
        section.prefix,
        section.replication_factor,
        section.min_insync_replicas,
        section.timeout,
        security_protocol=section.security_protocol,
        sasl_mechanism=section.sasl_mechanism,
        username=section.user,
        password=section.password.reveal(),
        ca_file=str(section.ca_file or ""),
        certificate_file=str(section.certificate_file or ""),
        key_file=str(section.key_file or ""),
    )


async def open_log(config: Config) -> KafkaLog:
    """The cluster's log, made if it is missing. Errors as of KafkaLog.open."""
    section = config.log
    cut = {PAGES: section.partitions, WATCH: section.watch_partitions}
    hours = {PAGES: section.pages_hours, WATCH: section.watch_hours}
    # What other systems read is little, and one partition keeps it in one order.
    partitions = {topic: cut.get(topic, 1) for topic in TOPICS}
    retention = {topic: hours.get(topic, section.outgoing_hours) * HOUR for topic in TOPICS}
    return await KafkaLog.open(kafka_settings(config), partitions, retention)


def regions_of(config: Config) -> list[Profile]:
    """The profiles of the cluster's regions. ConfigError where one is wrong or two have the same id or source."""
    profiles = [load_profile(name) for name in (config.cluster.regions or config.nabat.region).split(",")]
    ids = [profile.id for profile in profiles]
    ids += [source for profile in profiles for source in profile.sources]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise ConfigError(
            [f"cluster.regions: {', '.join(twice)} — больше чем в одном регионе; в кластере id различны: исправьте профили"]
        )
    return profiles


def folders_of(config: Config) -> dict[str, Path]:
    """Where the profiles of the cluster's regions lie, by region."""
    names = (config.cluster.regions or config.nabat.region).split(",")
    return {load_profile(name).id: profile_folder(name) for name in names}


def sources_of(profiles: Iterable[Profile]) -> list[Source]:
    return [source for profile in profiles for source in profile.sources.values()]


def shared_key(path: Path | None, name: str) -> bytes:
    """A key that all processes of a cluster must have alike. ConfigError if it is not given: none is made here."""
    if path is None:
        raise ConfigError(
            [f"privacy.{name}: не задан; в кластере всем процессам нужен один и тот же ключ: openssl rand -hex 64 > ФАЙЛ"]
        )
    return load_key(path, path)
