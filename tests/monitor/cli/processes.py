"""Runs the command as users do: in a process of its own, ended by signal."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

PATIENCE = 600.0
"""Seconds after which something that never comes is a failure; nothing is judged by how long it took."""
COMMAND = (sys.executable, "-m", "monitor.cli.main")
RUN_ALL = """
import contextlib, io, json, sys
from monitor.cli.main import main
told = []
for arguments in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    told.append([code, out.getvalue(), err.getvalue()])
print(json.dumps(told))
"""


async def nabat(*arguments: str | Path, cwd: Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command that ends by itself."""
    process = await asyncio.create_subprocess_exec(*COMMAND, *map(str, arguments), stdout=PIPE, stderr=PIPE, cwd=cwd)
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def one_after_the_other(folder: Path, *commands: tuple[str, ...]) -> list[tuple[int, str, str]]:
    """Exit code, stdout and stderr of each of some commands, in one process: it takes seconds to start one."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RUN_ALL, json.dumps(commands), stdout=PIPE, stderr=PIPE, cwd=folder
    )
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return [(code, said, complained) for code, said, complained in json.loads(out)]


@asynccontextmanager
async def serving(*arguments: str | Path, cwd: Path) -> AsyncIterator[tuple[Process, str]]:
    """A command that serves the console: the process and the address that it printed. It is killed if it is still there."""
    process = await asyncio.create_subprocess_exec(*COMMAND, *map(str, arguments), stdout=PIPE, stderr=PIPE, cwd=cwd)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = (await process.stdout.readline()).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        if found is None:
            assert process.stderr is not None
            raise AssertionError(f"no address: {line!r} {(await process.stderr.read()).decode()}")
        yield process, found[0]
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def interrupt(process: Process) -> tuple[int, str]:
    """Ctrl-C: the exit code and what stderr had."""
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(PATIENCE):
        _, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, err.decode()


async def until(session: ClientSession, url: str, wanted: Callable[[Any], bool]) -> Any:
    """Asks again until the JSON answer is as wanted."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with session.get(url) as response:
                found = json.loads(await response.read())
            if wanted(found):
                return found
            await asyncio.sleep(0.2)
