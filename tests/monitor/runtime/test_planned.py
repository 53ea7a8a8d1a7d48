"""Planned works: read from the profile's folder, said in the log once, said again when the file says something else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from monitor.clock import ManualClock
from monitor.log.base import WATCH
from monitor.log.sqlite import SqliteLog
from monitor.model.errors import ConfigError
from monitor.model.watch import decode_record
from monitor.model.works import Works
from monitor.profile.load import load_profile
from monitor.profile.works_file import read_works
from monitor.runtime.planned import Planned

PROFILE = load_profile("samara")
WORKS = """
temperature = -12
[[work]]
name = "опрессовка"
group = "housing"
theme = "housing.hot_water"
territory = "go-samara"
streets = ["Мира"]
begins = 2026-01-12T09:00:00
ends = 2026-01-12T18:00:00
frost = -20
"""


async def test_what_the_file_says_is_said_in_the_log_once(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log.db")
    planned = Planned(log, tmp_path, PROFILE, ManualClock(5), Works("samara", 0))
    said = []
    # What watch knew is taken back where the file is gone.
    assert await Planned(log, tmp_path, PROFILE, ManualClock(4), Works("samara", 1, temperature=3)).look()
    dated = f"temperature_at = 2026-01-12T03:00:00\n{WORKS}"
    for text in (None, dated, dated, "work = 5", dated.replace("-12\n", "-25\n"), ""):
        if text is not None:
            (tmp_path / "works.toml").write_text(text)
        said.append(await planned.look())
    assert said == [False, True, False, False, True, True]
    records = [decode_record(record.value) for record in await log.read(WATCH, 0, 0, 10)]
    await log.close()
    assert all(isinstance(record, Works) for record in records)
    _, first, colder, none = (record for record in records if isinstance(record, Works))
    assert (first.temperature, colder.temperature, none.works) == (-12, -25, ())
    (work,) = first.works
    # 09:00 in Samara is 05:00 UTC.
    assert (work.begins, work.ends - work.begins, work.streets, work.frost) == (1_768_194_000_000, 9 * 3_600_000, ("мира",), -20)


def test_a_temperature_is_as_old_as_is_said_or_as_its_file(tmp_path: Path) -> None:
    path = tmp_path / "works.toml"
    path.write_text(WORKS)
    os.utime(path, (1_768_200_000, 1_768_200_000))
    assert read_works(tmp_path, PROFILE, 7).measured == 1_768_200_000_000
    path.write_text(f"temperature_at = 2026-01-12T03:00:00\n{WORKS}")
    assert read_works(tmp_path, PROFILE, 7).measured == 1_768_172_400_000


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"housing"', '"hausing"', "housing"),
        ("housing.hot_water", "roads.snow", "не из группы housing"),
        ("go-samara", "go-samra", "go-samara"),
        ("18:00", "08:00", "не позже begins"),
        ("frost", "frosty", "frosty"),
        ("-20", '"cold"', "int"),
        ("[[work]]", "[work", "works.toml"),
        ("temperature = -12", "temperature_at = 2026-01-12T03:00:00", "самой temperature нет"),
    ],
)
def test_what_is_wrong_is_said(old: str, new: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "works.toml").write_text(WORKS.replace(old, new, 1))
    with pytest.raises(ConfigError, match=r"works\.toml") as failed:
        read_works(tmp_path, PROFILE, 0)
    assert said in str(failed.value)
