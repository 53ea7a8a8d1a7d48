"""The file of destinations: read strictly, its errors told with their line, its secrets never."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.config import Config
from monitor.config.delivery import Deliver, Mail
from monitor.config.destinations import load_destinations
from monitor.model.errors import ConfigError
from monitor.runtime.delivery import delivery_of, pace_of

SECRET = "whsec_" + base64.b64encode(bytes(24)).decode()
GOOD = f"""
[[destination]]
name = "duty-chat"
channel = "telegram"
address = "-1001234567890"
token_file = "bot.token"

[[destination]]
name = "on-max"
channel = "max"
address = "user:42"
token = "max-token"
level = "flash"

[[destination]]
name = "mail"
channel = "email"
address = "duty@region.example"

[[destination]]
name = "system"
channel = "webhook"
address = "https://other.example/hook?a=1"
secrets = ["{SECRET}", "{SECRET}"]
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "bot.token").write_text("123:abc\n")
    file = tmp_path / "destinations.toml"
    file.write_text(GOOD)
    return file


def test_what_stands_there(path: Path) -> None:
    entries = load_destinations(path)
    assert [(one.name, one.channel, one.level) for one in entries] == [
        ("duty-chat", "telegram", "urgent"),
        ("on-max", "max", "flash"),
        ("mail", "email", "urgent"),
        ("system", "webhook", "notice"),
    ]
    assert entries[0].secrets[0].reveal() == "123:abc"
    assert "123:abc" not in repr(entries)
    assert load_destinations(None) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('channel = "max"', 'channel = "fax"', "9: channel: неизвестный канал 'fax'; возможно, имелось в виду max?"),
        ('name = "mail"', 'name = "on-max"', "16: второй адресат с именем 'on-max'"),
        ('name = "mail"', 'name = "a b"', "16: name — до"),
        ('level = "flash"', 'level = "loud"', "9: level: неизвестный уровень 'loud'"),
        ('address = "user:42"', 'address = "mail"', "9: address — не чат"),
        ("duty@region.example", "duty@region.example\\nBcc: x", "16: address — не адрес почты"),
        ("https://other.example", "https://me:pw@other.example", "21: address — не URL"),
        ("https://other.example", "file:///etc/passwd", "21: address — не URL"),
        ('token = "max-token"', "", "9: нужно либо token, либо token_file"),
        ('token_file = "bot.token"', 'token_file = "none"', "3: token_file 'none' не читается"),
        (f'"{SECRET}", "{SECRET}"', '"whsec_c2hvcnQ="', "21: секрет: не секрет"),
        (f'"{SECRET}", "{SECRET}"', f'"{SECRET}", "{SECRET}", "{SECRET}"', "21: secrets: нужен список из 1–2 текстов"),
        ('channel = "email"', 'channel = "email"\ntoken = "x"', "16: email не берёт ни токена"),
        ('channel = "email"', 'chanel = "email"', "16: неизвестный ключ 'chanel'; возможно, имелось в виду channel?"),
        ("[[destination]]\nname", "[destination]\nname", ": не TOML"),
    ],
)
def test_every_error_has_its_line(path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ConfigError) as failed:
        load_destinations(path)
    shown = str(failed.value).replace(str(path), "")
    assert said.split(":", 1)[1].strip() in shown
    assert "max-token" not in shown
    assert SECRET not in shown


def test_what_a_channel_needs_is_asked_for(path: Path) -> None:
    config = replace(Config(), deliver=Deliver(destinations_file=path))
    with pytest.raises(ConfigError, match="names no server"):
        delivery_of(config, [])


async def test_channels_and_pace_are_made(path: Path) -> None:
    config = replace(Config(), deliver=Deliver(destinations_file=path), mail=Mail(host="mail.example", sender="nabat@region.example"))
    delivery = delivery_of(config, [])
    assert list(delivery.channels) == ["duty-chat", "on-max", "mail", "system"]
    assert [one.people for one in delivery.destinations.values()] == [True, True, True, False]
    assert pace_of(config).window == 3_600_000
    await delivery.close()
