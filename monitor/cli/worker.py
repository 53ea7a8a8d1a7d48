"""``nabat worker triage|watch|deliver``: one stage of a cluster, as many processes of it as there are partitions."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable

from monitor.cli.role import add_role, configure, run_role
from monitor.clock import SystemClock
from monitor.cluster.deliver import DeliverRole
from monitor.cluster.settings import regions_of, shared_key
from monitor.cluster.shards import Role
from monitor.cluster.triage import TriageRole
from monitor.cluster.watch import WatchRole
from monitor.cluster.worker import Worker
from monitor.config import Config
from monitor.runtime.delivery import delivery_of
from monitor.runtime.keys import Sealer


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("worker", help="кластер: рабочий процесс одной стадии (журнал в Kafka)")
    stages = parser.add_subparsers(title="стадии", metavar="СТАДИЯ", required=True)
    triage = stages.add_parser("triage", help="разбор сообщений: повторы, темы, места")
    watch = stages.add_parser("watch", help="инциденты, всплески, сроки, тревоги")
    watch.add_argument(
        "--accept-settings",
        action="store_true",
        help="разобрать остаток журнала по новым настройкам, если прежние процессы не завершились штатно",
    )
    deliver = stages.add_parser("deliver", help="доставка тревог: сообщения людям и другим системам")
    for stage in (triage, watch, deliver):
        add_role(stage, run)
    triage.set_defaults(stage="triage", accept_settings=False)
    watch.set_defaults(stage="watch")
    deliver.set_defaults(stage="deliver", accept_settings=False)


def run(args: argparse.Namespace) -> int:
    """Returns 0 after a clean stop. All else raises NabatError: whoever supervises it starts it again."""
    config = configure(args)
    asyncio.run(_run(config, make_role(config, args.stage, args.accept_settings)))
    return 0


def make_role(config: Config, stage: str, accept: bool) -> Callable[[Worker], Role]:
    """Reads the profiles, and the key or the destinations; what is returned makes the stage's role for a worker."""
    profiles = regions_of(config)
    clock = SystemClock()
    if stage == "deliver":
        delivery = delivery_of(config, profiles)
        return lambda worker: DeliverRole(
            config, profiles, delivery, worker.store, worker.board, worker.metrics, clock, worker.give_up
        )
    sealer = Sealer(shared_key(config.privacy.dead_letter_key_file, "dead_letter_key_file"))

    def triage(worker: Worker) -> Role:
        return TriageRole(config, profiles, worker.store, worker.board, worker.metrics, clock, sealer.seal, worker.give_up)

    def watch(worker: Worker) -> Role:
        asked = (worker.store, worker.board, worker.metrics, clock, worker.ending, worker.give_up)
        return WatchRole(config, profiles, *asked, accept=accept)

    return triage if stage == "triage" else watch


async def _run(config: Config, make: Callable[[Worker], Role]) -> None:
    worker = Worker(config)

    async def start() -> None:
        await worker.start(make)
        print(f"Метрики: {worker.endpoint.address}", flush=True)

    await run_role(worker, start)
