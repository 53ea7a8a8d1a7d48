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

    region: Annotated[str, Option("Профиль региона: имя встроенного (samara, kursk) или папка.")] = "samara"
    data: Annotated[Path, Option("Папка журнала, встроенной базы и ключей; ею владеет один процесс.")] = Path("data")
    log_level: Annotated[str, Option("Насколько подробен журнал программы.", choices=("DEBUG", "INFO", "WARNING", "ERROR"))] = "INFO"


@dataclass(slots=True, frozen=True)
class Cluster:
    """What the workers of a cluster share."""

    regions: Annotated[
        str, Option("Регионы кластера через запятую, как в nabat.region; пусто: он один. Во всех процессах одинаково.")
    ] = ""


@dataclass(slots=True, frozen=True)
class Console:
    """The live console."""

    host: Annotated[
        str, Option("На каком адресе слушать; других пускают, когда есть пользователи (nabat users add), через прокси с TLS.")
    ] = "127.0.0.1"
    names: Annotated[str, Option("Имена и адреса, под которыми его открывают другие, через запятую.")] = ""
    port: Annotated[int, Option("На каком порту слушать; 0: на любом свободном.", PORTS)] = 8620


@dataclass(slots=True, frozen=True)
class Crawl:
    """Reading of sources."""

    default_wait: Annotated[float, Option("Пауза между чтениями источника, где нет нового, секунды.", (0.1, 86_400))] = 60.0
    concurrency: Annotated[int, Option("Сколько запросов сразу, к каждой сети.", (1, 1000))] = 8
    critical_seconds: Annotated[
        float, Option("Самое долгое между чтениями критичного источника, и ночью, секунды.", (10, 86_400))
    ] = 300.0
    ordinary_seconds: Annotated[float, Option("То же для обычного источника.", (10, 604_800))] = 7200.0
    rare_seconds: Annotated[float, Option("То же для редкого источника.", (10, 604_800))] = 43_200.0
    backfill_days: Annotated[
        float,
        Option(
            "На сколько дней назад читать историю источников: из неё складываются инциденты, тревог она не даёт; 0: не читать.",
            (0, 3650),
        ),
    ] = 0.0
    page_bytes: Annotated[int, Option("Наибольший размер страницы, байты; большие ответы делятся.", (1000, 900_000))] = 512_000
    post_bytes: Annotated[
        int, Option("Наибольший размер сообщения, байты; длинный текст обрезается с пометкой.", (1000, 900_000))
    ] = 256_000
    queue_pages: Annotated[int, Option("Сбор ждёт, пока не разобрано столько страниц.", (1, 1_000_000))] = 200


@dataclass(slots=True, frozen=True)
class Triage:
    """First stage: known posts, exact duplicates, the meaning of texts."""

    batch: Annotated[int, Option("Страниц в одной пачке, не больше.", BATCH)] = 200
    remember_posts: Annotated[int, Option("Сколько сообщений помнить; о старых спрашивают хранилище.", MEMORY)] = 1_000_000
    remember_texts: Annotated[int, Option("Сколько текстов помнить, чтобы узнавать точные повторы.", MEMORY, decides=True)] = 500_000
    remember_words: Annotated[int, Option("Сколько слов с их значением помнить для каждого региона, около 1 кБ каждое.", MEMORY)] = (
        100_000
    )
    text_days: Annotated[int, Option("Сколько дней помнить текст.", (1, 365), decides=True)] = 7
    park_share: Annotated[float, Option("При какой доле непринятых сообщений источник останавливается.", (0.01, 1))] = 0.5
    park_minimum: Annotated[int, Option("С какого числа сообщений источника эта доля считается.", (1, 1_000_000))] = 20
    model: Annotated[Path | None, Option("Модель, которую nabat train сделала по разметке региона; пусто: поставляемая.")] = None


@dataclass(slots=True, frozen=True)
class Watch:
    """Second stage: near-duplicates, incidents, series, deadlines, alerts."""

    batch: Annotated[int, Option("Записей в одной пачке, не больше.", BATCH)] = 200
    bucket_seconds: Annotated[int, Option("Шаг рядов, секунды; делитель суток.", (10, 86_400), decides=True)] = 300
    grace_seconds: Annotated[int, Option("Сколько секунд ждать запоздавшие источники.", (0, 86_400), decides=True)] = 120
    tick_seconds: Annotated[float, Option("Время между двумя отметками часов, секунды.", (0.1, 300))] = 5.0
    snapshot_seconds: Annotated[float, Option("Время между двумя снимками состояния, секунды.", (1, 86_400))] = 60.0
    duplicates: Annotated[int, Option("Сколько сообщений помнить, чтобы узнавать похожие.", MEMORY, decides=True)] = 200_000
    duplicate_days: Annotated[int, Option("Сколько дней помнить сообщение ради похожих.", (1, 365), decides=True)] = 7
    incident_days: Annotated[
        int, Option("Обращение примыкает к инциденту, о котором слышали не раньше стольких дней назад.", DAYS, decides=True)
    ] = 3
    appeals: Annotated[int, Option("Сколько обращений помнить.", MEMORY, decides=True)] = 500_000
    incidents: Annotated[int, Option("Сколько инцидентов помнить.", MEMORY, decides=True)] = 50_000
    rare: Annotated[
        str, Option("Редкие опасности, о которых довольно одного упоминания, через запятую; пусто: ни одной.", decides=True)
    ] = "gas, collapse, explosion, child, poisoning, mercury"


@dataclass(slots=True, frozen=True)
class Spikes:
    """When a rise is an alert. Surprise is in decibels: 40 is a chance of one in ten thousand in one bucket of one series."""

    minimum: Annotated[int, Option("Сообщений во всплеске, не меньше.", (1, 1_000_000), decides=True)] = 5
    authors: Annotated[int, Option("Разных авторов во всплеске, не меньше.", (1, 1_000_000), decides=True)] = 3
    per_week: Annotated[
        float, Option("Сколько случайных тревог в неделю терпимо, по всем рядам региона.", (0.001, 100_000), decides=True)
    ] = 6.5
    notice: Annotated[int, Option("Неожиданность нижнего уровня; per_week может поднять все три.", (1, 10_000), decides=True)] = 40
    urgent: Annotated[int, Option("Неожиданность среднего уровня.", (1, 10_000), decides=True)] = 70
    flash: Annotated[int, Option("Неожиданность высшего уровня.", (1, 10_000), decides=True)] = 110


@dataclass(slots=True, frozen=True)
class Privacy:
    """Keys that protect people."""

    author_key_file: Annotated[Path | None, Option("Ключ хеша авторов; пусто: создаётся в папке данных с правами 0600.")] = None
    dead_letter_key_file: Annotated[
        Path | None, Option("Ключ непринятых сообщений; пусто: создаётся в папке данных с правами 0600.")
    ] = None


@dataclass(slots=True, frozen=True)
class Watchdog:
    """Notices a stage that stands still."""

    stalled_seconds: Annotated[
        float, Option("Стадия, у которой есть работа, но столько секунд нет движения, считается вставшей.", (1, 86_400))
    ] = 120.0


@dataclass(slots=True, frozen=True)
class Metrics:
    """Where the roles of a cluster serve /metrics; the embedded runtime does so beside its console."""

    host: Annotated[str, Option("На каком адресе слушать; там видны цифры, но не тексты и не люди.")] = "127.0.0.1"
    port: Annotated[int, Option("На каком порту слушать; 0: на любом свободном.", PORTS)] = 9620


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
