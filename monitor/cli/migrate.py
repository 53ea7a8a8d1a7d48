"""``nabat migrate``: brings the database up to date, or shows the SQL that would."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from monitor.model.errors import ConfigError


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("migrate", help="привести базу ClickHouse к текущей схеме")
    parser.add_argument("--config", type=Path, metavar="FILE", help="файл настроек (без него действуют значения по умолчанию)")
    parser.add_argument("--dry-run", action="store_true", help="только показать SQL, ничего не менять")
    parser.add_argument(
        "--replicated", action="store_true", help="схема для реплик: ON CLUSTER (имя — [clickhouse] cluster), Replicated…"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Prints the statements (dry run) or what was done. Exit code 2: the configuration or the database is wrong; 1: no answer."""
    from clickhouse_connect.driver.exceptions import ClickHouseError

    from monitor.cli.common import start_logging
    from monitor.config import load
    from monitor.runtime.store import refused, retention_of, target_of
    from sinks.clickhouse.connect import Clients
    from sinks.clickhouse.migrations import ddl, migrate, prologue
    from sinks.clickhouse.tables import Replicas

    try:
        config = load(args.config, os.environ)
        start_logging(config, quiet=True)
        target, retention = target_of(config), retention_of(config)
        replicas = Replicas(config.clickhouse.cluster) if args.replicated else None
        if replicas and target.embedded:
            if not args.dry_run:
                raise ConfigError(["--replicated: у встроенной базы реплик нет; задайте clickhouse.url или добавьте --dry-run"])
            _print([*prologue(target.database, replicas), *ddl(replicas), *retention.statements(replicas)])
            return 0
        clients = Clients(target, database=False)
        try:
            done = migrate(clients.get(), target.database, retention, replicas=replicas, dry_run=args.dry_run)
        finally:
            clients.close()
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except ClickHouseError as error:
        print(refused(target, error), file=sys.stderr)
        return 1
    if args.dry_run:
        _print(done)
    else:
        print(f"База {target.database}: выполнено команд: {len(done)}." if done else f"База {target.database} уже в порядке.")
    return 0


def _print(statements: list[str]) -> None:
    for statement in statements:
        print(f"{statement};\n")
