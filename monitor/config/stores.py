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

    partitions: Annotated[int, Option("Partitions of the topic of pages; changing it needs a new epoch of the log.", PARTITIONS)] = 1
    watch_partitions: Annotated[
        int, Option("The same of the topic of watch, which is cut by region; the embedded runtime always has one.", PARTITIONS)
    ] = 1
    pages_hours: Annotated[int, Option("How long pages are kept, hours.", HOURS)] = 72
    watch_hours: Annotated[int, Option("How long the records of the watch topic are kept, hours.", HOURS)] = 336
    outgoing_hours: Annotated[
        int, Option("How long incidents, alerts, replies and dead letters are kept for other systems, hours.", HOURS)
    ] = 168


@dataclass(slots=True, frozen=True)
class Kafka:
    """The log of a cluster. The embedded runtime has one of its own."""

    servers: Annotated[str, Option("host:port of some brokers, comma-separated; the commands of a cluster need it.")] = ""
    prefix: Annotated[str, Option("Topics and groups are named PREFIX.pages and so on.")] = "nabat"
    replication_factor: Annotated[int, Option("Copies of each topic when it is made.", (1, 9))] = 3
    min_insync_replicas: Annotated[int, Option("Copies that must have a record before it counts.", (1, 9))] = 2
    timeout: Annotated[float, Option("How long a request is tried while Kafka is away, seconds.", (1, 3600))] = 30.0
    session_seconds: Annotated[
        float, Option("A worker or crawler unheard of for so long is taken for dead, its partitions go to others.", (1, 1800))
    ] = 10.0
    security_protocol: Annotated[
        str, Option("How brokers are spoken to.", choices=("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"))
    ] = "PLAINTEXT"
    sasl_mechanism: Annotated[
        str, Option("How the user is proved, with SASL.", choices=("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"))
    ] = "SCRAM-SHA-512"
    user: Annotated[str, Option("User of the brokers, with SASL.")] = ""
    password: Annotated[Secret, Option("Password of the user.")] = NO_SECRET
    password_file: Annotated[Path | None, Option("File that holds the password, instead of password.")] = None
    ca_file: Annotated[Path | None, Option("Authority of the brokers' certificates; empty: those that the system trusts.")] = None
    certificate_file: Annotated[Path | None, Option("Certificate to show to the brokers.")] = None
    key_file: Annotated[Path | None, Option("Key of that certificate.")] = None


@dataclass(slots=True, frozen=True)
class ClickHouse:
    """The store of results."""

    url: Annotated[str, Option("http(s)://host:8123 of a ClickHouse server; empty: embedded (chDB) inside the data folder.")] = ""
    database: Annotated[str, Option("Database; made if it is missing.")] = "nabat"
    cluster: Annotated[
        str, Option("Cluster of the replicas, for nabat migrate --replicated; as it comes, the servers' own macro.")
    ] = "{cluster}"
    user: Annotated[str, Option("User of the server.")] = "default"
    password: Annotated[Secret, Option("Password of the user.")] = NO_SECRET
    password_file: Annotated[Path | None, Option("File that holds the password, instead of password.")] = None
    timeout: Annotated[float, Option("How long a request may take, seconds.", (1, 3600))] = 30.0
    batch_rows: Annotated[int, Option("Rows of one insert at most.", (1, 1_000_000))] = 20_000
    text_days: Annotated[int, Option("How long texts of posts are kept from when they were stored, days.", DAYS)] = 1095
    dead_letter_days: Annotated[int, Option("How long dead letters are kept, days.", DAYS)] = 30
