"""``nabat bench``: figures and ratios of this machine."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson

from monitor.cli import bench_tables
from monitor.cli.common import start_logging
from monitor.config import Config, load
from monitor.model.errors import ConfigError
from monitor.profile.load import load_profile

BUCKET_SECONDS = 10
"""Of the series of a whole Nabat: some buckets end in each run. A region's own may be longer, which costs less."""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("bench", help="измерить скорость и память на этой машине")
    kinds = parser.add_subparsers(title="что измерить", metavar="ЧТО", required=True)
    hot = kinds.add_parser("hot-path", help="от байтов страницы до строк базы, одно ядро, рядом с простым скриптом")
    hot.add_argument("--posts", type=int, default=100_000, help="сколько новых сообщений (100000)")
    hot.add_argument("--memory", action="store_true", help="вместо скорости: память после 300 тысяч и миллиона сообщений")
    hot.set_defaults(run=_hot_path)
    whole = kinds.add_parser("end-to-end", help="весь Набат: разбор накопленного и задержки под живой нагрузкой")
    whole.add_argument("--posts", type=int, default=100_000, help="сколько сообщений накоплено до запуска (100000)")
    whole.add_argument("--loads", default="500,1000,2000", metavar="N,…", help="живые нагрузки, сообщений/с (500,1000,2000)")
    whole.add_argument("--seconds", type=float, default=60.0, help="сколько измерять каждую нагрузку, секунд (60)")
    whole.add_argument("--warm-up", type=float, default=5.0, help="сколько секунд перед этим не в счёт (5)")
    whole.add_argument("--page", type=int, default=20, help="сообщений на странице живой нагрузки (20)")
    whole.add_argument("--triage", type=int, default=2, help="кластер: рабочих процессов разбора, он же число разделов (2)")
    whole.set_defaults(run=_end_to_end)
    scale = kinds.add_parser("scale", help="кластер: накопленное четырёх регионов при разном числе рабочих процессов")
    scale.add_argument("--posts", type=int, default=100_000, help="сколько сообщений накоплено (100000)")
    scale.add_argument("--sizes", default="1,2,4", metavar="N,…", help="рабочих процессов каждого вида и разделов (1,2,4)")
    scale.set_defaults(run=_scale)
    spikes = kinds.add_parser("spikes", help="всплески: все ряды региона за один такт, память ряда")
    spikes.add_argument("--series", type=int, default=20_000, help="сколько рядов (20000)")
    spikes.add_argument("--ticks", type=int, default=36, help="сколько тактов измерить (36)")
    spikes.set_defaults(run=_spikes)
    crawl = kinds.add_parser("crawl", help="неделя расписания и бюджетов на модели: каким сообщение бывает прочитано, секунд")
    crawl.add_argument("--communities", type=int, default=1000, help="сколько сообществ (1000)")
    crawl.add_argument("--days", type=int, default=7, help="сколько суток (7)")
    crawl.add_argument("--tokens", type=int, default=10, help="сколько сервисных токенов VK (10)")
    crawl.add_argument("--seed", type=int, default=1, help="какой регион смоделировать (1)")
    crawl.add_argument("--json", action="store_true", help="одной строкой JSON")
    crawl.set_defaults(run=_crawl)
    parse = kinds.add_parser("parse", help="разбор ответов сетей: сообщений в секунду на одном ядре")
    parse.set_defaults(run=_parse)
    for kind in (whole, scale):
        kind.add_argument("--kafka", default="", metavar="HOST:PORT", help="брокер Kafka: темы создаются на время и удаляются")
        kind.add_argument("--clickhouse", default="", metavar="URL", help="сервер ClickHouse: база создаётся на время и удаляется")
        kind.add_argument("--snapshots", type=float, default=60.0, help="секунд между снимками состояния наблюдения (60)")
        kind.add_argument("--replicas", type=int, default=1, help="копий каждой темы Kafka (1)")
        kind.add_argument("--config", type=Path, metavar="FILE", help="файл настроек, например с паролями серверов")
        kind.add_argument("--region", default="samara", metavar="NAME|DIR", help="чьи названия мест в сообщениях (samara)")
    for kind in (parse, hot, whole, scale, spikes):
        kind.add_argument("--json", action="store_true", help="одной строкой JSON")


def _hot_path(args: argparse.Namespace) -> int:
    from monitor.bench import hot_path

    hot_path.one_core()
    profile = load_profile("samara")
    if args.memory:
        for row in hot_path.memory(Config(), profile, (200_000, 300_000, 600_000, 1_000_000)):
            print(orjson.dumps(row).decode() if args.json else bench_tables.line(row), flush=True)
        return 0
    rival = find_spec("sklearn") is not None and find_spec("datasketch") is not None
    if not rival:
        print("Скрипт для сравнения не запущен: pip install 'nabat[bench]'", file=sys.stderr)
    result = hot_path.measure(Config(), profile, args.posts, rival)
    return _told(args, result, bench_tables.hot_path)


def _end_to_end(args: argparse.Namespace) -> int:
    from monitor.bench import end_to_end, regions
    from monitor.bench.cluster import Workers, cluster_config
    from monitor.bench.embedded import OneProcess
    from monitor.bench.system import System

    if bool(args.kafka) != bool(args.clickhouse):
        raise ConfigError(["bench: кластеру нужны оба: --kafka и --clickhouse"])
    loads = _numbers("--loads", args.loads)
    plan = end_to_end.Plan(_positive("--posts", args.posts), loads, args.seconds, args.warm_up, _positive("--page", args.page))
    with tempfile.TemporaryDirectory(prefix="nabat-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        region = regions.make(args.region, load_profile(args.region).id, folder / "region")
        system: System
        if args.kafka:
            triage = _positive("--triage", args.triage)
            config, environment = cluster_config(
                args.config, folder, args.kafka, args.clickhouse, [region.folder], triage, args.replicas, _bench_settings(args)
            )
            system = Workers(config, args.config, environment, triage, 1)
        else:
            config = load(args.config, {})
            config = replace(
                config,
                nabat=replace(config.nabat, data=folder / "data"),
                clickhouse=replace(config.clickhouse, url=""),
                watch=replace(config.watch, snapshot_seconds=args.snapshots, bucket_seconds=BUCKET_SECONDS),
            )
            system = OneProcess(config, region.profile)
        start_logging(config, quiet=True)
        result = asyncio.run(end_to_end.measure(system, region, config, plan))
    return _told(args, result, bench_tables.end_to_end)


def _scale(args: argparse.Namespace) -> int:
    from monitor.bench import scale
    from monitor.bench.cluster import Workers, cluster_config
    from monitor.bench.system import say

    if not args.kafka or not args.clickhouse:
        raise ConfigError(["bench scale: нужны --kafka HOST:PORT и --clickhouse URL"])
    sizes = _numbers("--sizes", args.sizes)
    with tempfile.TemporaryDirectory(prefix="nabat-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        say(f"готовлю {args.posts} сообщений")
        regions, pages = scale.pages_of(args.region, folder, _positive("--posts", args.posts))

        def make(size: int) -> Workers:
            own = folder / f"size-{size}"
            own.mkdir()
            config, environment = cluster_config(
                args.config, own, args.kafka, args.clickhouse, regions, size, args.replicas, _bench_settings(args)
            )
            start_logging(config, quiet=True)
            return Workers(config, args.config, environment, size, size)

        result = asyncio.run(scale.measure(make, pages, sizes))
    return _told(args, result, bench_tables.scale)


def _spikes(args: argparse.Namespace) -> int:
    from monitor.bench import spikes

    return _told(args, spikes.measure(_positive("--series", args.series), _positive("--ticks", args.ticks)), bench_tables.spikes)


def _crawl(args: argparse.Namespace) -> int:
    from monitor.bench import crawl

    communities, days, tokens = (_positive(f"--{name}", getattr(args, name)) for name in ("communities", "days", "tokens"))
    return _told(args, crawl.measure(communities, days, tokens, args.seed), bench_tables.crawl)


def _parse(args: argparse.Namespace) -> int:
    from monitor.bench import parse

    return _told(args, parse.measure(), bench_tables.parse)


def _bench_settings(args: argparse.Namespace) -> dict[str, str]:
    return {"WATCH__SNAPSHOT_SECONDS": str(args.snapshots), "WATCH__BUCKET_SECONDS": str(BUCKET_SECONDS)}


def _told(args: argparse.Namespace, result: dict[str, Any], table: Any) -> int:
    print(orjson.dumps(result).decode() if args.json else table(result))
    return 0


def _numbers(name: str, text: str) -> list[int]:
    try:
        return [_positive(name, int(part)) for part in text.split(",")]
    except ValueError:
        raise ConfigError([f"{name}: {text!r}: нужны целые числа через запятую"]) from None


def _positive(name: str, number: int) -> int:
    if number < 1:
        raise ConfigError([f"{name}: нужно целое число не меньше 1"])
    return number
