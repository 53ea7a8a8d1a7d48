"""The configuration as immutable objects, one class a section, each key with its documentation beside it.

``nabat check --defaults`` prints these as a complete TOML file: nothing can be configured that is not documented.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import orjson

from monitor.config.delivery import Deliver, Mail, Sms
from monitor.config.networks import Appeals, Max, Networks, Odnoklassniki, Push, Rss, Telegram, Vk
from monitor.config.option import Option, keys
from monitor.config.stores import DAYS, ClickHouse, Kafka, LogSettings

BATCH = (1, 10_000)
MEMORY = (1000, 100_000_000)
PORTS = (0, 65_535)


@dataclass(slots=True, frozen=True)
class Nabat:
    """What is watched, and where the data is."""

    region: Annotated[str, Option("Region profile: the name of a built-in one (samara, kursk) or a folder.")] = "samara"
    data: Annotated[Path, Option("Folder of the log, the embedded database and keys; owned by one process.")] = Path("data")
    log_level: Annotated[str, Option("How much is logged.", choices=("DEBUG", "INFO", "WARNING", "ERROR"))] = "INFO"


@dataclass(slots=True, frozen=True)
class Cluster:
    """What the workers of a cluster share."""

    regions: Annotated[
        str, Option("Regions of this cluster, comma-separated like nabat.region; empty: that one alone. The same in every process.")
    ] = ""


@dataclass(slots=True, frozen=True)
class Console:
    """The live console."""

    host: Annotated[
        str, Option("Address to listen on; others can be let in once there are users (nabat users add), by a proxy that does TLS.")
    ] = "127.0.0.1"
    names: Annotated[str, Option("Names and addresses by which others reach it, comma-separated.")] = ""
    port: Annotated[int, Option("Port to listen on; 0 takes a free one.", PORTS)] = 8620


@dataclass(slots=True, frozen=True)
class Crawl:
    """Reading of sources."""

    default_wait: Annotated[float, Option("Pause between two readings of a source that has nothing new, seconds.", (0.1, 86_400))] = (
        60.0
    )
    concurrency: Annotated[int, Option("Requests under way at once, of each network.", (1, 1000))] = 8
    critical_seconds: Annotated[
        float, Option("Between two readings of a critical source at most, at night too, seconds.", (10, 86_400))
    ] = 300.0
    ordinary_seconds: Annotated[float, Option("The same of an ordinary source.", (10, 604_800))] = 7200.0
    rare_seconds: Annotated[float, Option("The same of a rare source.", (10, 604_800))] = 43_200.0
    backfill_days: Annotated[
        float,
        Option("How far back the history of sources is read, days: it forms incidents and alarms nobody; 0: it is not.", (0, 3650)),
    ] = 0.0
    page_bytes: Annotated[int, Option("Size of a page at most, bytes; larger answers are split.", (1000, 900_000))] = 512_000
    post_bytes: Annotated[int, Option("Size of a post at most, bytes; a longer text is cut and marked.", (1000, 900_000))] = 256_000
    queue_pages: Annotated[int, Option("Crawling pauses while so many pages are not worked off yet.", (1, 1_000_000))] = 200


@dataclass(slots=True, frozen=True)
class Triage:
    """First stage: known posts, exact duplicates, the meaning of texts."""

    batch: Annotated[int, Option("Pages of one batch at most.", BATCH)] = 200
    remember_posts: Annotated[int, Option("Posts remembered in memory; older ones are looked up in the store.", MEMORY)] = 1_000_000
    remember_texts: Annotated[int, Option("Texts remembered to know exact duplicates.", MEMORY, decides=True)] = 500_000
    remember_words: Annotated[int, Option("Words whose meaning is remembered, of each region, about 1 kB each.", MEMORY)] = 100_000
    text_days: Annotated[int, Option("How long a text is remembered, days.", (1, 365), decides=True)] = 7
    park_share: Annotated[
        float, Option("A source is parked when more than this share of its posts becomes dead letters.", (0.01, 1))
    ] = 0.5
    park_minimum: Annotated[int, Option("Posts of a source before its share counts.", (1, 1_000_000))] = 20
    model: Annotated[Path | None, Option("Model made by nabat train of the region's own labels; empty: the shipped one.")] = None


@dataclass(slots=True, frozen=True)
class Watch:
    """Second stage: near-duplicates, incidents, series, deadlines, alerts."""

    batch: Annotated[int, Option("Records of one batch at most.", BATCH)] = 200
    bucket_seconds: Annotated[int, Option("Step of the series, seconds; a divisor of a day.", (10, 86_400), decides=True)] = 300
    grace_seconds: Annotated[int, Option("How long a bucket waits for late sources, seconds.", (0, 86_400), decides=True)] = 120
    tick_seconds: Annotated[float, Option("Time between two ticks, seconds.", (0.1, 300))] = 5.0
    snapshot_seconds: Annotated[float, Option("Time between two snapshots, seconds.", (1, 86_400))] = 60.0
    duplicates: Annotated[int, Option("Posts remembered to know near-duplicates.", MEMORY, decides=True)] = 200_000
    duplicate_days: Annotated[int, Option("How long a post is remembered for near-duplicates, days.", (1, 365), decides=True)] = 7
    incident_days: Annotated[
        int, Option("An appeal joins an incident last heard of so many days ago at most.", DAYS, decides=True)
    ] = 3
    appeals: Annotated[int, Option("Appeals remembered.", MEMORY, decides=True)] = 500_000
    incidents: Annotated[int, Option("Incidents remembered.", MEMORY, decides=True)] = 50_000
    rare: Annotated[
        str, Option("Rare dangers of which one mention is an alert with its own words, comma-separated; empty: none.", decides=True)
    ] = "gas, collapse, explosion, child, poisoning, mercury"


@dataclass(slots=True, frozen=True)
class Spikes:
    """When a rise is an alert. Surprise is in decibels: 40 is a chance of one in ten thousand in one bucket of one series."""

    minimum: Annotated[int, Option("Posts in a spike at least.", (1, 1_000_000), decides=True)] = 5
    authors: Annotated[int, Option("Distinct authors in a spike at least.", (1, 1_000_000), decides=True)] = 3
    per_week: Annotated[
        float, Option("Alerts a week by chance at most, over all series of a region.", (0.001, 100_000), decides=True)
    ] = 7.0
    notice: Annotated[int, Option("Surprise of the lowest level; per_week may move all three up.", (1, 10_000), decides=True)] = 40
    urgent: Annotated[int, Option("Surprise of the middle level.", (1, 10_000), decides=True)] = 70
    flash: Annotated[int, Option("Surprise of the highest level.", (1, 10_000), decides=True)] = 110


@dataclass(slots=True, frozen=True)
class Privacy:
    """Keys that protect people."""

    author_key_file: Annotated[Path | None, Option("Key of the hash of authors; empty: made in the data folder, mode 0600.")] = None
    dead_letter_key_file: Annotated[Path | None, Option("Key of the dead letters; empty: made in the data folder, mode 0600.")] = None


@dataclass(slots=True, frozen=True)
class Watchdog:
    """Notices a stage that stands still."""

    stalled_seconds: Annotated[float, Option("A stage with work and no progress for so long is stalled, seconds.", (1, 86_400))] = (
        120.0
    )


@dataclass(slots=True, frozen=True)
class Metrics:
    """Where the roles of a cluster serve /metrics; the embedded runtime does so beside its console."""

    host: Annotated[str, Option("Address to listen on; whoever reaches it reads figures, never texts or people.")] = "127.0.0.1"
    port: Annotated[int, Option("Port to listen on; 0 takes a free one.", PORTS)] = 9620


@dataclass(slots=True, frozen=True)
class Config:
    """The whole configuration."""

    nabat: Nabat = field(default_factory=Nabat)
    log: LogSettings = field(default_factory=LogSettings)
    kafka: Kafka = field(default_factory=Kafka)
    cluster: Cluster = field(default_factory=Cluster)
    clickhouse: ClickHouse = field(default_factory=ClickHouse)
    console: Console = field(default_factory=Console)
    crawl: Crawl = field(default_factory=Crawl)
    networks: Networks = field(default_factory=Networks)
    vk: Vk = field(default_factory=Vk)
    telegram: Telegram = field(default_factory=Telegram)
    odnoklassniki: Odnoklassniki = field(default_factory=Odnoklassniki)
    max: Max = field(default_factory=Max)
    rss: Rss = field(default_factory=Rss)
    appeals: Appeals = field(default_factory=Appeals)
    push: Push = field(default_factory=Push)
    triage: Triage = field(default_factory=Triage)
    watch: Watch = field(default_factory=Watch)
    spikes: Spikes = field(default_factory=Spikes)
    privacy: Privacy = field(default_factory=Privacy)
    watchdog: Watchdog = field(default_factory=Watchdog)
    metrics: Metrics = field(default_factory=Metrics)
    deliver: Deliver = field(default_factory=Deliver)
    mail: Mail = field(default_factory=Mail)
    sms: Sms = field(default_factory=Sms)

    def digest(self) -> str:
        """A hash of the settings that change results: the name by which the log's ``use`` records refer to them."""
        decisive = {
            f"{name}.{key.name}": getattr(getattr(self, name), key.name)
            for name, section in SECTIONS.items()
            for key in keys(section)
            if key.option.decides
        }
        return hashlib.blake2b(orjson.dumps(decisive, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


SECTIONS: dict[str, type] = {
    "nabat": Nabat,
    "log": LogSettings,
    "kafka": Kafka,
    "cluster": Cluster,
    "clickhouse": ClickHouse,
    "console": Console,
    "crawl": Crawl,
    "networks": Networks,
    "vk": Vk,
    "telegram": Telegram,
    "odnoklassniki": Odnoklassniki,
    "max": Max,
    "rss": Rss,
    "appeals": Appeals,
    "push": Push,
    "triage": Triage,
    "watch": Watch,
    "spikes": Spikes,
    "privacy": Privacy,
    "watchdog": Watchdog,
    "metrics": Metrics,
    "deliver": Deliver,
    "mail": Mail,
    "sms": Sms,
}
"""The classes of the sections by name, in the order of the reference."""
