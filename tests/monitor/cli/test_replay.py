"""``nabat replay``: figures of a file, and a second run that changes nothing."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from tests.monitor.cli.processes import nabat, one_after_the_other

ROWS = [
    {"id": 1, "text": "Третий день нет отопления на улице Мира, дом 5, в квартире +12, дети мёрзнут. Примите меры!"},
    {"id": 2, "text": "На улице Мира, дом 5 нет отопления третий день, мёрзнем всем подъездом, сделайте что-нибудь!"},
    {"id": 3, "text": "Кто вчера смотрел матч? Судья просто слепой, ну как так можно было не дать пенальти"},
    {"id": "4", "text": "Кто вчера смотрел матч? Судья просто слепой, ну как так можно было не дать пенальти"},
    {"id": 5, "text": "Огромная яма на дороге у школы на улице Гагарина, машины бьют колёса. Когда починят дорогу?"},
]
VIEWS = ("posts", "post_revisions", "appeals", "incidents", "incident_events", "series", "alerts", "dead_letters")


async def test_a_second_run_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    lines = [json.dumps(row, ensure_ascii=False) for row in ROWS]
    file.write_text("\n".join([*lines, '{"id": 6, "text": ']) + "\n")
    command = ("replay", file, "--region", "samara", "--data", tmp_path / "data", "--json", "--at", "2026-02-01T08:00")
    code, out, err = await nabat(*command, cwd=tmp_path)
    assert code == 0, err
    summary = json.loads(out)
    assert summary["posts"] == 6
    assert summary["written"] == 5
    assert summary["duplicates"] == 1
    assert summary["appeals"] == 3
    assert summary["incidents"] == 2
    assert summary["dead_letters"] == 1
    before = await _views(tmp_path)

    code, out, err = await nabat(*command, cwd=tmp_path)
    assert code == 0, err
    again = json.loads(out)
    assert again["written"] == 0
    assert again["posts"] == 6
    after = await _views(tmp_path)
    assert {name: rows for name, rows in after.items() if name != "dead_letters"} == {
        name: rows for name, rows in before.items() if name != "dead_letters"
    }


async def test_a_file_of_which_nothing_is_taken_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text('{"id": 1, "text": \n{"text": "без номера"}\n')
    (tmp_path / "empty.jsonl").write_text("")
    where = ("--region", "samara", "--data", str(tmp_path / "data"), "--at", "2026-02-01T08:00", "--json")
    commands = [("replay", str(tmp_path / name), *where) for name in ("broken.jsonl", "empty.jsonl")]
    broken, empty = await one_after_the_other(tmp_path, *commands)
    assert broken[0] == 1, broken
    assert json.loads(broken[1])["posts"] == 2
    assert "Не принято ни одной строки" in broken[2]
    assert "nabat deadletters list" in broken[2]
    assert empty[0] == 0, empty


async def _views(folder: Path) -> dict[str, list[str]]:
    """What every reader sees, by a process of its own: chDB opens one folder a process."""
    program = (
        "import asyncio, json, sys\n"
        "from sinks.clickhouse.connect import Target\n"
        "from sinks.clickhouse.reader import ClickHouseReader\n"
        "async def main():\n"
        "    reader = ClickHouseReader(Target(path=sys.argv[1]))\n"
        "    found = {}\n"
        "    for name in sys.argv[2:]:\n"
        "        rows = await reader.query(f'SELECT * FROM current_{name}')\n"
        "        found[name] = sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)\n"
        "    await reader.close()\n"
        "    print(json.dumps(found))\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(folder / "data" / "clickhouse"), *VIEWS, stdout=PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, list[str]] = json.loads(out)
    return found
