"""``nabat bench``: figures and ratios of this machine."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from typing import Any

import orjson

from monitor.config import Config
from monitor.profile.load import load_profile


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("bench", help="измерить скорость и память на этой машине")
    kinds = parser.add_subparsers(title="что измерить", metavar="ЧТО", required=True)
    hot = kinds.add_parser("hot-path", help="от байтов страницы до строк базы, одно ядро, рядом с простым скриптом")
    hot.add_argument("--posts", type=int, default=100_000, help="сколько новых сообщений (100000)")
    hot.add_argument("--memory", action="store_true", help="вместо скорости: память после 300 тысяч и миллиона сообщений")
    hot.add_argument("--json", action="store_true", help="одной строкой JSON")
    hot.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from monitor.bench import hot_path

    hot_path.one_core()
    profile = load_profile("samara")
    if args.memory:
        for row in hot_path.memory(Config(), profile, (200_000, 300_000, 600_000, 1_000_000)):
            print(orjson.dumps(row).decode() if args.json else _line(row), flush=True)
        return 0
    rival = find_spec("sklearn") is not None and find_spec("datasketch") is not None
    if not rival:
        print("Скрипт для сравнения не запущен: pip install 'nabat[bench]'", file=sys.stderr)
    result = hot_path.measure(Config(), profile, args.posts, rival)
    if args.json:
        print(orjson.dumps(result).decode())
    else:
        _print(result)
    return 0


def _line(row: dict[str, Any]) -> str:
    return "  ".join(f"{name} {value}" for name, value in row.items())


def _print(result: dict[str, Any]) -> None:
    print(f"{result['posts']} сообщений, {result['bytes'] / result['posts']:.0f} байт на сообщение, одно ядро")
    print(f"{'только orjson.loads':34} {result['floor']:>9} сообщений/с")
    for name, label in (("new", "Набат, все новые"), ("recrawled", "Набат, на новое три перечитанных")):
        one = result[name]
        spent = ", ".join(f"{bucket} {value}" for bucket, value in one["microseconds"].items())
        print(f"{label:34} {one['posts_per_second']:>9} сообщений/с   обращений {one['appeals_share']:.1%}, мкс: {spent}")
    if "rival" in result:
        rival = result["rival"]
        for name, label in (("lsh_on_all", "скрипт, LSH на всех"), ("lsh_on_appeals", "скрипт, LSH на обращениях")):
            print(f"{label:34} {rival[name]:>9} сообщений/с   Набат быстрее в {rival['times_' + name]} раза")
