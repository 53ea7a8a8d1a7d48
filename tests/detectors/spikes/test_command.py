"""``nabat spikes`` on small files."""

import argparse
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.cli import spikes, spikes_plot
from monitor.model.errors import ConfigError
from tests.detectors.spikes.worlds import DAY, draw, hourly

BEGIN = datetime(2025, 3, 3, 0, 2, 53)  # noqa: DTZ001 - files have times without a zone


def command(*files: Path | str) -> int:
    parser = argparse.ArgumentParser()
    spikes.add(parser.add_subparsers())
    args = parser.parse_args(["spikes", *map(str, files)])
    code = args.run(args)
    assert isinstance(code, int)
    return code


def lines(counts: list[int], step: timedelta = timedelta(minutes=5)) -> list[str]:
    return ["timestamp,value", *(f"{BEGIN + i * step},{count}" for i, count in enumerate(counts))]


def burst(path: Path) -> list[str]:
    counts = draw("command", 5.0, 3)[: 2 * DAY + 60]
    counts[2 * DAY + 3 : 2 * DAY + 6] = [60, 90, 80]
    rows = lines(counts)
    path.write_text("\n".join(rows) + "\n")
    return rows


def test_tells_a_burst(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    burst(tmp_path / "tolyatti.csv")
    assert command(tmp_path / "tolyatti.csv") == 0
    out, err = capsys.readouterr()
    alerts = [json.loads(line) for line in out.splitlines()]
    assert err == ""
    assert list(alerts[0]) == ["series", "at", "level", "observed", "expected", "surprise"]
    assert alerts[0]["series"] == "tolyatti.csv"
    assert alerts[0]["at"] == "2025-03-05 00:17:53"
    assert alerts[0]["observed"] == 60
    assert alerts[0]["expected"] < 10
    assert all(a["at"].startswith("2025-03-05 00:") for a in alerts)


def test_later_rows_change_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = burst(tmp_path / "a.csv")
    command(tmp_path / "a.csv")
    whole = capsys.readouterr().out
    for end in (2 * DAY + 3, 2 * DAY + 4, 2 * DAY + 20):
        (tmp_path / "a.csv").write_text("\n".join(rows[: end + 1]))
        command(tmp_path / "a.csv")
        part = capsys.readouterr().out
        assert whole.startswith(part)
        assert len(part.splitlines()) == (1 if end > 2 * DAY + 3 else 0)


def test_bad_lines_are_told_and_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = burst(tmp_path / "a.csv")
    command(tmp_path / "a.csv")
    clean = capsys.readouterr().out
    rows[10:10] = [
        "yesterday,3",
        f"{BEGIN},3",
        "2025-03-03 00:47:52,many",
        "2025-03-03 00:47:52,-1",
        "1,2,3",
        "2025-03-03 00:47:52,nan",
        "",
    ]
    rows = [row + ".0" if i == 500 else row for i, row in enumerate(rows)]
    (tmp_path / "a.csv").write_text("\ufeff" + "\r\n".join(rows))
    assert command(tmp_path / "a.csv") == 1
    out, err = capsys.readouterr()
    assert out == clean
    assert [line.split(": ", 1) for line in err.splitlines()] == [
        [f"{tmp_path / 'a.csv'}:11", "время не по ISO 8601, например 2026-01-12T08:00"],
        [f"{tmp_path / 'a.csv'}:12", "время не позже предыдущего"],
        [f"{tmp_path / 'a.csv'}:13", "значение не число"],
        [f"{tmp_path / 'a.csv'}:14", "значение не количество"],
        [f"{tmp_path / 'a.csv'}:15", "столбцов 3, а нужны два: timestamp,value"],
        [f"{tmp_path / 'a.csv'}:16", "значение не количество"],
    ]


def test_a_missing_file_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    burst(tmp_path / "a.csv")
    assert command(tmp_path / "none.csv", tmp_path / "a.csv") == 1
    out, err = capsys.readouterr()
    assert "none.csv: такого файла или папки нет" in err
    assert out.startswith('{"series":"a.csv"')


def test_any_regular_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the hour and by the day, and with rows missing."""
    hours = hourly(draw("hours", 5.0, 20))
    hours[400] = 900
    rows = lines(hours, timedelta(hours=1))
    del rows[200:205]
    (tmp_path / "hours.csv").write_text("\n".join(rows))
    days = [100 + i % 7 for i in range(90)]
    days[80] = 900
    (tmp_path / "days.csv").write_text("\n".join(lines(days, timedelta(days=1))))
    (tmp_path / "one.csv").write_text("\n".join(lines([5])))
    (tmp_path / "empty.csv").write_text("")
    assert command(*(tmp_path / f"{name}.csv" for name in ("hours", "days", "one", "empty"))) == 0
    alerts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {a["series"]: a["at"] for a in alerts} == {
        "hours.csv": str(BEGIN + timedelta(hours=400)),
        "days.csv": str(BEGIN + timedelta(days=80)),
    }


def test_the_rate_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("\n".join(lines(draw("rates", 2.0, 3, 1.0))))
    told = []
    for rate in ("0.01", "20"):
        assert command(tmp_path / "a.csv", "--per-week", rate) == 0
        told.append(len(capsys.readouterr().out.splitlines()))
    assert told[0] < told[1]
    with pytest.raises(ConfigError, match="--per-week"):
        command(tmp_path / "a.csv", "--per-week", "0")


def test_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    burst(tmp_path / "a.csv")
    picture = tmp_path / "a.png"
    assert command(tmp_path / "a.csv", "--plot", str(picture)) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ConfigError, match="--plot"):
        command(tmp_path / "a.csv", "--plot", str(tmp_path / "none" / "a.png"))
    monkeypatch.setattr(spikes_plot, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="nabat\\[plot\\]"):
        command(tmp_path / "a.csv", "--plot", str(picture))
