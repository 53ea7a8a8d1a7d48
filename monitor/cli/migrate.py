"""``nabat migrate``: brings the database up to date, or shows the SQL that would."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.model.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config import Config
    from sinks.clickhouse.connect import Target
    from sinks.clickhouse.migrations import Retention


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("migrate", help="привести базу ClickHouse к текущей схеме")
    parser.add_argument("--config", type=Path, help="файл настроек (без него действуют значения по умолчанию)")
    parser.add_argument("--dry-run", action="store_true", help="только показать SQL, ничего не менять")
    parser.add_argument("--replicated", action="store_true", help="схема для кластера с репликами (ON CLUSTER, Replicated…)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Prints the statements (dry run) or what was done. Exit code 2: the configuration or the database is wrong; 1: no answer."""
    from clickhouse_connect.driver.exceptions import ClickHouseError

    from monitor.config import load
    from sinks.clickhouse.connect import Clients
    from sinks.clickhouse.migrations import ddl, migrate

    try:
        config = load(args.config, os.environ)
        target, retention = clickhouse_target(config), clickhouse_retention(config)
        if args.replicated and target.embedded:
            if not args.dry_run:
                raise ConfigError(["--replicated: the embedded database has no replicas; set clickhouse.url, or add --dry-run"])
            _print([*ddl(True), *retention.statements(True)])
            return 0
        clients = Clients(target, database=False)
        try:
            done = migrate(clients.get(), target.database, retention, replicated=args.replicated, dry_run=args.dry_run)
        finally:
            clients.close()
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except ClickHouseError as error:
        print(f"ClickHouse: {error}", file=sys.stderr)
        return 1
    if args.dry_run:
        _print(done)
    else:
        print(f"База {target.database}: выполнено команд: {len(done)}." if done else f"База {target.database} уже в порядке.")
    return 0


def clickhouse_target(config: Config) -> Target:
    """Where the configuration says that ClickHouse is; the embedded one lives in the data folder. Raises ConfigError."""
    from sinks.clickhouse.connect import Target

    settings = config.clickhouse
    return Target(
        path="" if settings.url else str(config.nabat.data / "clickhouse"),
        url=settings.url,
        database=settings.database,
        user=settings.user,
        password=settings.password.reveal(),
        timeout=settings.timeout,
    )


def clickhouse_retention(config: Config) -> Retention:
    from sinks.clickhouse.migrations import Retention

    return Retention(config.clickhouse.text_days, config.clickhouse.dead_letter_days)


def _print(statements: list[str]) -> None:
    for statement in statements:
        print(f"{statement};\n")
