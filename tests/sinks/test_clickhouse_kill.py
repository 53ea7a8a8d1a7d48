"""A process that is killed while it writes: what was acknowledged is there, and bringing everything again makes it exact."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

WRITE = """
import asyncio, os, signal, sys
from sinks.clickhouse.connect import Clients, Target
from sinks.clickhouse.migrations import Retention, migrate
from sinks.clickhouse.writer import ClickHouseWriter
from tests.sinks.examples import post

target, die_at = Target(path=sys.argv[1]), int(sys.argv[2])
clients = Clients(target, database=False)
migrate(clients.get(), target.database, Retention(36_500, 36_500))

def stored(table, rows, seconds):
    print("stored", rows, flush=True)
    global die_at
    die_at -= 1
    if die_at == 0:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    writer = ClickHouseWriter(target, batch_rows=50, on_insert=stored)
    print("before", clients.get().command("SELECT count() FROM posts"), flush=True)
    await writer.write([post(number) for number in range(500)])
    await writer.close()
    print("after", clients.get().command("SELECT count() FROM current_posts"), flush=True)

clients.get().database = target.database
asyncio.run(main())
clients.close()
"""


def run(folder: Path, die_at: int) -> list[str]:
    command = [sys.executable, "-c", WRITE, str(folder), str(die_at)]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False).stdout.splitlines()


def test_killed_between_blocks_and_brought_again(tmp_path: Path) -> None:
    killed = run(tmp_path, 4)
    assert killed == ["before 0", *["stored 50"] * 4]
    again = run(tmp_path, 0)
    assert again[0] == "before 200"
    assert again[-1] == "after 500"
