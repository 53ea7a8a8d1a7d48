"""``nabat deadletters``: what a replay could not take is shown without what people wrote, opened, and brought back."""

from __future__ import annotations

import asyncio
import json
import shutil
import stat
from collections import Counter
from pathlib import Path

from aiohttp import ClientSession

from monitor.profile.load import profile_folder
from tests.monitor.cli.processes import PATIENCE, interrupt, one_after_the_other, serving

SAYS = "Пишет Василиса с улицы Мира: дома нет отопления"
SECRET = "Василиса"
GOOD = 40


def rows(first: int, count: int) -> list[str]:
    return [json.dumps({"id": number, "text": f"{SAYS}, квартира {number}"}) for number in range(first, first + count)]


async def test_a_parked_page_comes_back(tmp_path: Path) -> None:
    """The first page of the file, 500 lines, is mostly broken; so its second one is kept whole until somebody looks."""
    file, other = tmp_path / "posts.jsonl", tmp_path / "other.jsonl"
    broken = [f'{{"id": {number}, "text": "{SAYS}' for number in range(490)]
    file.write_text("\n".join([*rows(1000, 10), *broken, *rows(2000, GOOD)]) + "\n")
    other.write_text("\n".join(rows(1, 1)) + "\n")
    where = ("--region", "samara", "--data", str(tmp_path / "data"))
    replay = ("--at", "2026-02-01T08:00", "--json", *where)
    letters = ("deadletters", "list", *where)
    begun, first, opened, some, retried, later, last = await one_after_the_other(
        tmp_path,
        ("replay", str(file), *replay),
        letters,
        (*letters, "--payload", "--json"),
        (*letters, "--reason", "parked", "--source", "file:posts"),
        ("deadletters", "retry", *where),
        ("replay", str(other), *replay),
        (*letters, "--json"),
    )

    assert begun[0] == 0, begun
    summary = json.loads(begun[1])
    assert summary["written"] == 10
    parsed = summary["dead_letters"] - 1
    assert parsed > 20
    assert first[0] == 0, first
    assert SECRET not in first[1]
    lines = first[1].splitlines()
    assert lines[-1] == f"Всего: {parsed + 1}"
    assert all("file:posts" in line for line in lines[:-1])
    assert Counter(line.split()[4] for line in lines[:-1]) == {"parser:": parsed, "parked:": 1}

    found = [json.loads(line) for line in opened[1].splitlines()]
    payloads = {letter["reason"]: letter["payload"] for letter in found if SECRET in letter.get("payload", "")}
    assert set(payloads) == {"parser", "parked"}
    page = json.loads(payloads["parked"])
    assert [post["id"] for post in page["posts"]] == [f"file:posts:{number}" for number in range(2000, 2000 + GOOD)]
    assert some[1].splitlines()[-1] == "Всего: 1"

    assert retried[0] == 1, "what can't be brought back is an error that is told"
    assert "Возвращено в журнал: 1." in retried[1]
    assert retried[2].count("не возвращено") == parsed
    assert "без её разбора" in retried[2]
    assert SECRET not in retried[1] + retried[2]

    assert later[0] == 0, later
    assert json.loads(later[1])["written"] == GOOD + 1
    assert Counter(json.loads(line)["reason"] for line in last[1].splitlines()) == {"parser": parsed}


async def test_a_running_process_is_asked(tmp_path: Path) -> None:
    """The same page, while ``nabat run`` owns the folder: it shows its letters and takes back what it is told to."""
    shutil.copytree(profile_folder("samara"), tmp_path / "region")
    broken = [f'{{"id": {number}, "text": "{SAYS}' for number in range(490)]
    (tmp_path / "posts.jsonl").write_text("\n".join([*rows(1000, 10), *broken, *rows(2000, GOOD)]) + "\n")
    with (tmp_path / "region" / "sources.csv").open("a", encoding="utf-8") as file:
        file.write(f"file:posts;file;intake;{tmp_path}/posts.jsonl;Приёмная;;ordinary;\n")
    (tmp_path / "nabat.toml").write_text('[nabat]\nregion = "region"\ndata = "data"\n[console]\nport = 0\n')
    door = tmp_path / "data" / "nabat.sock"
    config = ("--config", "nabat.toml")
    async with serving("run", *config, cwd=tmp_path) as (process, address), ClientSession() as session:
        await reaches(session, f"{address}metrics", 'nabat_dead_letters_total{reason="parked",scope="page"}', 1)
        assert stat.S_IMODE(door.stat().st_mode) == 0o600
        first, opened, retried = await one_after_the_other(
            tmp_path,
            ("deadletters", "list", "--reason", "parked", *config),
            ("deadletters", "list", "--reason", "parked", "--payload", "--json", *config),
            ("deadletters", "retry", "--reason", "parked", *config),
        )
        assert (first[0], first[1].splitlines()[-1]) == (0, "Всего: 1"), first
        assert SECRET not in first[1]
        assert len(json.loads(json.loads(opened[1])["payload"])["posts"]) == GOOD
        assert retried == (0, "Возвращено в журнал: 1. nabat run разбирает их.\n", "")
        await reaches(session, f"{address}metrics", 'nabat_posts_total{outcome="new"}', 10 + GOOD)
        (last,) = await one_after_the_other(tmp_path, ("deadletters", "list", "--reason", "parked", *config))
        assert last == (0, "Непринятых сообщений нет.\n", "")
        code, err = await interrupt(process)
    assert code == 0, err
    assert not door.exists()


async def reaches(session: ClientSession, url: str, name: str, value: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            async with session.get(url) as response:
                found = [line for line in (await response.text()).splitlines() if line.startswith(f"{name} ")]
            if found and float(found[0].split()[-1]) >= value:
                return
            await asyncio.sleep(0.1)
