"""``nabat backtest`` over what a replay stored: the table, the totals, and what is refused."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.cli.main import main
from tests.monitor.cli.processes import one_after_the_other

BEGIN = datetime.fromisoformat("2026-02-02T00:00:00+04:00")
STREETS = ("Мира", "Лесная", "Садовая", "Гагарина", "Победы")


def lines() -> list[str]:
    """A pothole every two hours for three days, and on the third evening forty people without heating within forty minutes."""
    told = [(hours * 60, f"Яма на дороге, улица {STREETS[hours % 5]}, дом {hours + 1}, Тольятти") for hours in range(0, 72, 2)]
    told += [(66 * 60 + n, f"Нет отопления, батареи холодные, Тольятти, улица {STREETS[n % 5]}, дом {100 + n}") for n in range(40)]
    return [
        json.dumps(
            {"id": n, "text": text, "author": f"a{n}", "published_at": (BEGIN + timedelta(minutes=minutes)).isoformat()},
            ensure_ascii=False,
        )
        for n, (minutes, text) in enumerate(sorted(told))
    ]


async def test_history_is_judged_again(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(lines()) + "\n", encoding="utf-8")
    where = ("--region", "samara", "--data", str(tmp_path / "data"))
    backtest = ("backtest", "--from", "2026-02-03", "--to", "2026-02-05T00:00", *where)
    commands = ("replay", str(file), "--json", *where), backtest, (*backtest, "--set", "minimum=1000", "--json")
    stored, (code, out, err), again = await one_after_the_other(tmp_path, *commands)
    assert stored[0] == 0, stored
    assert code == 0, err
    assert "Тревога" in out
    assert "дней, по которым выучено обычное: 1" in out
    assert "теперь: 0" not in out
    assert again[0] == 0, again
    total = json.loads(again[1].splitlines()[-1])
    assert (total["now"], total["weeks"]) == (0, 0.286)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "yesterday", "--to", "2026-02-05"], "--from: yesterday: это не время ISO 8601"),
        (["--from", "2026-02-05", "--to", "2026-02-05"], "--to: должно быть позже --from"),
        (["--from", "2026-02-03", "--to", "2026-02-05", "--set", "flash"], "нужно KEY=VALUE"),
        (["--from", "2026-02-03", "--to", "2026-02-05", "--set", "clickhouse.url=x"], "из разделов spikes, watch"),
        (
            ["--from", "2026-02-03", "--to", "2026-02-05", "--set", "flesh=1"],
            "имелось в виду flash?",
        ),
        (["--from", "2026-02-03", "--to", "2026-02-05", "--set", "flash=much"], "--set flash=much: 'much' — не целое число"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["backtest", *arguments, "--region", "samara", "--data", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err
