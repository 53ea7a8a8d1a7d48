"""Sections of the configuration that say where records and results are kept: the log, a cluster's brokers, the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from monitor.config.option import Option
from monitor.config.secret import Secret

DAYS = (1, 3650)
HOURS = (1, 87_600)
PARTITIONS = (1, 1024)
NO_SECRET = Secret()


@dataclass(slots=True, frozen=True)
class LogSettings:
    """The log between the stages."""

    partitions: Annotated[int, Option("Разделов у темы страниц; чтобы изменить, нужна новая эпоха журнала.", PARTITIONS)] = 1
    watch_partitions: Annotated[
        int, Option("То же у темы watch, которая делится по регионам; без кластера всегда один.", PARTITIONS)
    ] = 1
    pages_hours: Annotated[int, Option("Сколько часов хранить страницы.", HOURS)] = 72
    watch_hours: Annotated[int, Option("Сколько часов хранить записи темы watch.", HOURS)] = 336
    outgoing_hours: Annotated[
        int, Option("Сколько часов хранить инциденты, тревоги, ответы и непринятое для других систем.", HOURS)
    ] = 168


@dataclass(slots=True, frozen=True)
class Kafka:
    """The log of a cluster. The embedded runtime has one of its own."""

    servers: Annotated[str, Option("host:port нескольких брокеров через запятую; нужно командам кластера.")] = ""
    prefix: Annotated[str, Option("Темы и группы называются PREFIX.pages и так далее.")] = "nabat"
    replication_factor: Annotated[int, Option("Сколько копий у темы, когда её создают.", (1, 9))] = 3
    min_insync_replicas: Annotated[int, Option("Сколько копий должны иметь запись, чтобы она считалась.", (1, 9))] = 2
    timeout: Annotated[float, Option("Сколько секунд повторять запрос, пока Kafka недоступна.", (1, 3600))] = 30.0
    session_seconds: Annotated[
        float, Option("Рабочий процесс, не слышный столько секунд, считается мёртвым; его разделы отдают другим.", (1, 1800))
    ] = 10.0
    security_protocol: Annotated[
        str, Option("Как говорить с брокерами.", choices=("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"))
    ] = "PLAINTEXT"
    sasl_mechanism: Annotated[
        str, Option("Как проверяется пользователь, при SASL.", choices=("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"))
    ] = "SCRAM-SHA-512"
    user: Annotated[str, Option("Пользователь брокеров, при SASL.")] = ""
    password: Annotated[Secret, Option("Пароль пользователя.")] = NO_SECRET
    password_file: Annotated[Path | None, Option("Файл с паролем, вместо password.")] = None
    ca_file: Annotated[Path | None, Option("Чем заверены сертификаты брокеров; пусто: тем, чему доверяет система.")] = None
    certificate_file: Annotated[Path | None, Option("Сертификат для брокеров.")] = None
    key_file: Annotated[Path | None, Option("Ключ этого сертификата.")] = None


@dataclass(slots=True, frozen=True)
class ClickHouse:
    """The store of results."""

    url: Annotated[str, Option("http(s)://host:8123 сервера ClickHouse; пусто: встроенный (chDB) в папке данных.")] = ""
    database: Annotated[str, Option("База; создаётся, если её нет.")] = "nabat"
    cluster: Annotated[str, Option("Кластер реплик для nabat migrate --replicated; по умолчанию макрос самих серверов.")] = (
        "{cluster}"
    )
    user: Annotated[str, Option("Пользователь сервера.")] = "default"
    password: Annotated[Secret, Option("Пароль пользователя.")] = NO_SECRET
    password_file: Annotated[Path | None, Option("Файл с паролем, вместо password.")] = None
    timeout: Annotated[float, Option("Сколько секунд ждать ответа.", (1, 3600))] = 30.0
    batch_rows: Annotated[int, Option("Строк в одной вставке, не больше.", (1, 1_000_000))] = 20_000
    text_days: Annotated[int, Option("Сколько дней хранить тексты сообщений.", DAYS)] = 1095
    dead_letter_days: Annotated[int, Option("Сколько дней хранить непринятое.", DAYS)] = 30
