"""duty.toml: what it says, and that every error has its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.cli.main import main
from monitor.model.errors import ConfigError
from monitor.profile.copy import copy_profile
from monitor.profile.duty import Span
from monitor.profile.load import load_profile

GOOD = """
[[duty]]
name = "housing"
title = "Дежурный по ЖКХ"
channels = ["chat"]
groups = ["housing", "energy"]
territories = ["togliatti"]
hours = "20:00-08:00"
weekdays = ["mon", "fri"]
quiet = "22:00-07:00"
deputy = ["deputy"]
head = ["head"]

[[duty]]
name = "centre"
channels = ["chat", "phone"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy_profile("samara", tmp_path / "region")
    known = load_profile("samara").territories
    city = next(one.id for one in known.values() if one.kind == "municipality")
    (tmp_path / "region" / "duty.toml").write_text(GOOD.replace("togliatti", city))
    return tmp_path / "region"


def test_what_stands_there(folder: Path) -> None:
    profile = load_profile(str(folder))
    housing, centre = profile.duty
    assert (housing.name, housing.title, housing.channels) == ("housing", "Дежурный по ЖКХ", ("chat",))
    assert (housing.hours, housing.weekdays, housing.quiet) == (Span(1200, 480), frozenset({0, 4}), Span(1320, 420))
    assert (housing.deputy_minutes, housing.head_minutes) == (10, 20)
    assert (centre.title, centre.groups, centre.territories) == ("centre", frozenset(), frozenset())
    assert housing.place.endswith("duty.toml:2")


def test_it_is_no_part_of_the_digest_and_may_be_missing(folder: Path, tmp_path: Path) -> None:
    with_it = load_profile(str(folder))
    copied = copy_profile(str(folder), tmp_path / "copy")
    assert copied[-1].name == "duty.toml"
    assert load_profile(str(tmp_path / "copy")).duty
    (folder / "duty.toml").unlink()
    without = load_profile(str(folder))
    assert (without.digest, without.duty) == (with_it.digest, ())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('groups = ["housing", "energy"]', 'groups = ["houses"]', "2: groups: 'houses' — неизвестное значение"),
        ("togliatti", "", ""),
        ('hours = "20:00-08:00"', 'hours = "20-8"', "2: hours '20-8' — не время"),
        ('hours = "20:00-08:00"', 'hours = "20:00-24:30"', "2: hours '20:00-24:30' — не время"),
        (
            'weekdays = ["mon", "fri"]',
            'weekdays = ["monday"]',
            "2: weekdays: 'monday' — неизвестное значение; возможно, имелось в виду mon?",
        ),
        ('deputy = ["deputy"]', 'deputy = ["deputy"]\ndeputy_minutes = 30', "2: head_minutes не больше deputy_minutes"),
        ('deputy = ["deputy"]', "deputy_minutes = 0", "2: deputy_minutes — нужно целое число"),
        ('name = "centre"', 'name = "housing"', "14: вторая роль с именем 'housing'"),
        ('channels = ["chat", "phone"]', "", "14: channels не называет ни одного адресата"),
        ('channels = ["chat", "phone"]', 'channels = "chat"', "14: channels — нужен список текстов"),
        ('title = "Дежурный', 'level = "loud"\ntitle = "Дежурный', "2: level 'loud' — неизвестное значение"),
        ('name = "centre"', 'name = "centre"\nphone = "1"', "14: неизвестный ключ 'phone'"),
        ("[[duty]]", "[[dooty]]", ":2: неизвестный ключ 'dooty'"),
        ("[[duty]]", "[duty]", "не TOML"),
    ],
)
def test_every_error_has_its_line(folder: Path, old: str, new: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = (folder / "duty.toml").read_text()
    if not said:
        old, new, said = 'territories = ["', 'territories = ["nowhere-', "2: territories: 'nowhere-"
    assert old in text
    (folder / "duty.toml").write_text(text.replace(old, new, 1 if old == "[[duty]]" and new == "[duty]" else -1))
    with pytest.raises(ConfigError) as failed:
        load_profile(str(folder))
    assert any(said in problem and "duty.toml:" in problem for problem in failed.value.problems), failed.value


def test_nabat_check_knows_the_destinations(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "to.toml").write_text('[[destination]]\nname = "chat"\nchannel = "max"\naddress = "1"\ntoken = "t"\n')
    (tmp_path / "nabat.toml").write_text('[nabat]\nregion = "region"\n[deliver]\ndestinations_file = "to.toml"\n')
    assert main(["check", "--config", str(tmp_path / "nabat.toml")]) == 1
    said = capsys.readouterr().err
    assert "duty.toml:2: 'deputy' is no destination" in said
    assert "duty.toml:14: 'phone' is no destination" in said
    (folder / "duty.toml").write_text('[[duty]]\nname = "all"\nchannels = ["chat"]\n')
    assert main(["check", "--config", str(tmp_path / "nabat.toml")]) == 0
    said = capsys.readouterr().out
    assert "Адресаты: 1 (MAX: 1)" in said
    assert "Дежурные роли: 1; с заместителем или руководителем: 0" in said
