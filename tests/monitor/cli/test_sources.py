"""The newcomer's path by the very commands of README, against a stand-in of VK: from a token to the first appeal of one's town."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import sys
import time
from asyncio.subprocess import PIPE, STDOUT
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from monitor.cli.main import main
from monitor.model.post import Post
from sources.standins.faults import running
from sources.standins.held import Shelf
from sources.standins.vk.server import FakeToken, FakeVk
from sources.standins.vk.world import Wall, Walls
from tests.monitor.cli.processes import interrupt, nabat, serving, until

OWNER = -77
TOKEN = "vk1.a.SECRET"
README = Path(__file__).parents[3] / "README.md"
STANDIN = """
allow_private = "127.0.0.1"
[vk]
api = "{url}/method"
[console]
port = 0
[crawl]
default_wait = 1
"""
"""What the newcomer does not write: where the stand-in is, and not to be slow."""


async def here(*arguments: str | Path) -> tuple[int, str, str]:
    """The command in a thread of this process: it needs no store, and starting Python takes longer than all it does."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = await asyncio.to_thread(main, [str(argument) for argument in arguments])
    return code, out.getvalue(), err.getvalue()


def now() -> int:
    return time.time_ns() // 1_000_000


def town() -> FakeVk:
    shelf = Shelf()
    shelf.open(str(OWNER), "Подслушано в Тольятти")
    shelf.open("-78", "Закрытое")
    texts = ["Третий день нет отопления на улице Мира, дом 5. Примите меры!", "Доброе утро всем"]
    for number, text in enumerate(texts, 1):
        shelf.put(str(OWNER), Post(str(number), text, now() - 3_600_000 + number, author="5001"))
    answer = Post("9", "У нас то же самое, холодно!", now() - 60_000, "comment", author="6001", thread="1")
    shelf.put(str(OWNER), answer)
    world = Walls(shelf, now, [Wall(OWNER, "tlt", members=4321), Wall(-78, "closed", access="closed")])
    return FakeVk(world, {TOKEN: FakeToken("service")})


def path() -> tuple[str, list[list[str]]]:
    """What README has its reader do once Nabat is installed: a script up to the first question, and the commands that follow."""
    block = README.read_text("utf-8").partition("## Five minutes")[2].partition("```sh\n")[2].partition("```")[0]
    install, _, rest = block.partition("\n")
    assert install.startswith("make install ")
    script, add, after = rest.partition("nabat sources add")
    return script, [shlex.split(line, comments=True) for line in (add + after).splitlines()]


async def shell(script: str, folder: Path) -> None:
    """By bash, which finds this Nabat under its name."""
    (folder / "bin").mkdir()
    command = folder / "bin" / "nabat"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m monitor.cli.main "$@"\n')
    command.chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    process = await asyncio.create_subprocess_exec(
        "bash", "-euo", "pipefail", "-c", script, cwd=folder, env=environment, stdout=PIPE, stderr=STDOUT
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()


async def test_from_a_token_to_the_first_appeal(tmp_path: Path) -> None:
    server = town()
    async with running(server.app()) as url, ClientSession() as session:
        script, (add, run, state) = path()
        await shell(script.replace("the service key", TOKEN), tmp_path)
        with (tmp_path / "nabat.toml").open("a") as config:
            config.write(STANDIN.format(url=url))
        setup = ("--config", tmp_path / "nabat.toml")
        sources = tmp_path / "my-region" / "sources.csv"
        before = sources.read_bytes()

        code, out, err = await here("sources", "add", "https://vk.com/tlt?w=wall-77_1", *setup, "--dry-run")
        assert (code, sources.read_bytes()) == (0, before), err
        assert "vk:-77: Подслушано в Тольятти (vk, community, участников: 4321)" in out
        assert "[жалоба, " in out
        assert "[разговор] Доброе утро всем" in out

        code, _, err = await nabat(*(word.replace("YOUR_TOWN", "tlt") for word in add[1:]), cwd=tmp_path)
        assert code == 0, err
        assert sources.read_text("utf-8-sig").endswith("vk:-77;vk;community;-77;Подслушано в Тольятти;;ordinary;4321\n")
        for address, says in (
            ("vk.com/tlt", "уже есть в профиле: vk:-77"),
            ("vk.com/closed", "закрытое"),
            ("vk.com/club99", "такого сообщества нет"),
        ):
            code, _, err = await here("sources", "add", address, *setup)
            assert code == 1
            assert says in err
        code, _, err = await here("sources", "add", "vk.com/tlt", *setup, "--region", "samara")
        assert code == 2
        assert "nabat check --copy samara" in err
        code, _, err = await here("check", *setup)
        assert code == 0, err

        def seen(status: Any) -> bool:
            return bool(status["day"]["appeals"] and status["sources"]["watched"] == 1)

        async with serving(*run[1:], cwd=tmp_path) as (process, address):
            await until(session, f"{address}api/status", seen)
            code, out, err = await here("sources", *setup, "--json")
            (row,) = map(json.loads, out.splitlines())
            assert (code, row["source"], row["state"], row["name"]) == (0, "vk:-77", "ok", "Подслушано в Тольятти")
            assert row["posts"] >= 2
            assert row["covered_until"] > now() - 600_000
            code, running_out, err = await here("sources", "tokens", *setup)
            assert "vk      service      first                    готов; за сутки: wall.get " in running_out
            code, out, err = await here("sources", "add", "vk.com/tlt", *setup, "--dry-run")
            assert code == 1
            assert "уже есть" in err
            code, err = await interrupt(process)
            assert code == 0, err

        code, out, err = await nabat(*state[1:], cwd=tmp_path)
        assert code == 0, err
        assert "в порядке" in out
        code, out, err = await here("sources", "tokens", *setup)
        assert code == 0, err
        assert " wall.get " in out
        assert " wall.get 0/" not in out
        assert TOKEN not in out + err + running_out
    assert not server.exceeded
