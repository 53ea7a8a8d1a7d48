"""``nabat people erase``: shows first, erases when told to, says what remains; with and without a process on the folder."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from aiohttp import ClientSession

from monitor.model.errors import ConfigError
from monitor.people.who import by_author, by_profile
from monitor.profile.load import profile_folder
from sources.masking import author_hash
from tests.monitor.cli.processes import interrupt, one_after_the_other, serving
from tests.monitor.cli.test_deadletters import reaches

KEY = b"k" * 64
NAME, WORD = "Пётр Иванов", "Василисин"
ROWS = [
    {"id": number, "text": f"Прорвало трубу, улица Мира {number}, {WORD} подъезд", "author": NAME, "time": "2026-02-01T07:00"}
    for number in range(3)
] + [{"id": 9, "text": "Яма на дороге, улица Ленина 7", "author": "другой", "time": "2026-02-01T07:00"}]


async def test_nobody_runs(tmp_path: Path) -> None:
    (tmp_path / "posts.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
    (tmp_path / "again.jsonl").write_text("".join(f"{json.dumps(row | {'id': 50})}\n" for row in ROWS[:1]))
    where = ("--region", "samara", "--data", str(tmp_path / "data"))
    replay = ("--at", "2026-02-01T08:00", "--json", *where)
    erase = ("people", "erase", "--author", f"file:{NAME}", *where)
    begun, shown, done, again, later, last = await one_after_the_other(
        tmp_path,
        ("replay", "posts.jsonl", *replay),
        erase,
        (*erase, "--yes"),
        (*erase, "--yes"),
        ("replay", "again.jsonl", *replay),
        erase,
    )
    assert (begun[0], json.loads(begun[1])["written"]) == (0, 4), begun
    assert shown[0] == 0, shown
    assert "сообщений 3, версий с текстом 3, обращений 3" in shown[1]
    assert "Ничего не изменено" in shown[1]
    assert done[0] == 0, done
    assert "Стёрто" in done[1]
    assert "В журнале, который не переписывается" in done[1]
    assert again[0] == 0, again
    assert "сообщений 0," in again[1]
    assert json.loads(later[1])["written"] == 0, "the person is not taken again"
    assert "сообщений 0," in last[1]
    noted = [json.loads(line) for line in (tmp_path / "data" / "audit.jsonl").read_text().splitlines()]
    assert [(one["what"], one["about"]) for one in noted] == [
        ("erased", "posts 3, appeals 3, alerts 0, dead letters 0"),
        ("erased", "posts 0, appeals 0, alerts 0, dead letters 0"),
    ]
    assert not any(word in line for line in map(str, noted) for word in (NAME, WORD))


async def test_a_running_process_is_asked(tmp_path: Path) -> None:
    shutil.copytree(profile_folder("samara"), tmp_path / "region")
    (tmp_path / "posts.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
    with (tmp_path / "region" / "sources.csv").open("a", encoding="utf-8") as file:
        file.write(f"file:posts;file;intake;{tmp_path}/posts.jsonl;Приёмная;;ordinary;\n")
    settings = '[nabat]\nregion = "region"\ndata = "data"\n[console]\nport = 0\n[watch]\nsnapshot_seconds = 1\n'
    (tmp_path / "nabat.toml").write_text(settings)
    config = ("--config", "nabat.toml")
    async with serving("run", *config, cwd=tmp_path) as (process, address), ClientSession() as session:
        await reaches(session, f"{address}metrics", 'nabat_posts_total{outcome="new"}', 4)
        erase = ("people", "erase", "--author", f"file:{NAME}", "--yes", *config)
        done, again = await one_after_the_other(tmp_path, erase, erase)
        async with asyncio.timeout(60):
            code, err = await interrupt(process)
    assert done[0] == 0, done
    assert "сообщений 3," in done[1]
    assert "сообщений 0," in again[1]
    assert code == 0, err


@pytest.mark.parametrize(
    ("address", "network", "author"),
    [
        ("https://vk.com/id123", "vk", 123),
        ("m.vk.ru/id123/", "vk", 123),
        ("https://ok.ru/profile/123456789", "ok", "user:123456789"),
        ("https://t.me/samara_news", "tg", "samara_news"),
    ],
)
def test_who_is_meant_by_a_page(address: str, network: str, author: str | int) -> None:
    assert by_profile(address, KEY) == author_hash(KEY, network, author)


@pytest.mark.parametrize("address", ["vk.com/durov", "https://example.org/id1", "", "vk.com/club1", "notvk.com/id1"])
def test_a_page_that_tells_no_number(address: str) -> None:
    with pytest.raises(ConfigError, match="номер автора не узнать"):
        by_profile(address, KEY)


def test_who_is_meant_by_a_number_or_a_hash() -> None:
    hashed = author_hash(KEY, "vk", 5)
    assert by_author("vk:5", KEY) == by_author(hashed, b"another") == hashed
    with pytest.raises(ConfigError, match="сеть и номер"):
        by_author("5", KEY)
