"""What ``nabat check`` and ``nabat run`` say of sources, tokens and secrets before anything is asked of any network."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.config import Config, load
from monitor.model.errors import ConfigError
from monitor.profile.load import BUILTIN, load_profile
from monitor.runtime.watched import check_watched, read_secrets

VK = '[[token]]\nnetwork = "vk"\nkind = "service"\nname = "one"\nvalue = "SECRET"\n'
BOT = '[[token]]\nnetwork = "tg"\nkind = "bot"\nname = "chat"\nvalue = "1:SECRET"\n'


def problems(folder: Path, rows: Sequence[str], secrets: str, port: int = 8630) -> list[str]:
    region = folder / "region"
    shutil.copytree(BUILTIN / "samara", region)
    with (region / "sources.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{row};;;;\n" for row in rows)
    (folder / "tokens.toml").write_text(secrets)
    config = Config()
    config = replace(config, push=replace(config.push, port=port))
    config = replace(config, networks=replace(config.networks, tokens_file=folder / "tokens.toml"))
    try:
        check_watched(config, load_profile(str(region)), str(region), *read_secrets(config))
    except ConfigError as error:
        found = error.problems
    else:
        found = []
    assert not any("SECRET" in problem for problem in found)
    return found


@pytest.mark.parametrize(
    ("row", "secrets", "says"),
    [
        ("x:1;vkk;community;a", VK, "сеть 'vkk' не читается; возможно, имелось в виду vk?"),
        ("vk:1;vk;community;саратов", VK, "адрес 'саратов' не распознан"),
        ("vk:1;vk;community;-1", BOT, "нет токена VK вида service или user"),
        ("vk:1;vk;community;-1", VK.replace("service", "community"), "нет токена VK вида service или user"),
        ("tg:1;tg;community;!", VK, "нет имени канала"),
        ("tg:1;tg;community;bot:other", BOT, "нет токена бота с именем 'other'"),
        ("tg:1;tg;community;comments:town", BOT, "вида mtproto"),
        ("ok:1;ok;community;alias", VK, "нужен номер группы"),
        ("ok:1;ok;community;5432100000", VK, "нет токена Одноклассников"),
        ("max:1;max;community;chat/x", BOT, "имя/-123"),
        ("max:1;max;community;chat/-5", BOT, "нет токена бота с именем 'chat'"),
        ("rss:1;rss;feed;ftp://a.ru/feed", VK, "не адрес ленты"),
    ],
)
def test_what_is_wrong_with_a_source_is_said_with_its_line(tmp_path: Path, row: str, secrets: str, says: str) -> None:
    (problem,) = problems(tmp_path, [row], secrets)
    assert problem.startswith(f"{tmp_path}/region/sources.csv:6: "), problem
    assert says in problem


def test_what_is_right_is_silent(tmp_path: Path) -> None:
    rows = [
        "vk:-1;vk;community;-1",
        "vk:s;vk;community;search:нет воды",
        "tg:1;tg;community;town",
        "tg:2;tg;community;bot:chat",
        "rss:1;rss;feed;https://a.ru/f",
    ]
    push = '[[push]]\nsource = "vk:-1"\nsecret = "SECRET_of_8"\nconfirmation = "a1b2"\n'
    assert problems(tmp_path, rows, VK + BOT + push) == []


@pytest.mark.parametrize(
    ("push", "says"),
    [
        ('source = "vk:-2"\nsecret = "SECRET_of_8"', "источника 'vk:-2' нет"),
        ('source = "vk:-1"\nsecret = "SECRET_of_8"', "нужна строка confirmation"),
        ('source = "vk:-1"\nsecret = "SECRET"', "от 8 до 256"),
        ('source = "vk:-1"', "нужно либо secret, либо secret_file"),
        ('source = "vk:-1"\nsecret = "SECRET_of_8"\nsecret_file = "x"', "нужно либо secret, либо secret_file"),
        ('source = "vk:-1"\nsecret_file = "nowhere"', "не читается"),
        ('source = "vk:-1"\nsecret = "SECRET_of_8"\nsecrt = "SECRET"', "неизвестный ключ 'secrt'"),
        ('source = "vk:name"\nsecret = "SECRET_of_8"\nconfirmation = "a1"', "-номер сообщества"),
        ('source = "rss:1"\nsecret = "SECRET_of_8"', "сеть rss так не присылает"),
    ],
)
def test_what_is_wrong_with_a_push_is_said_with_its_line(tmp_path: Path, push: str, says: str) -> None:
    rows = ["vk:-1;vk;community;-1", "vk:name;vk;community;name", "rss:1;rss;feed;https://a.ru/f"]
    (problem,) = problems(tmp_path, rows, f"{VK}[[push]]\n{push}\n")
    assert problem.startswith(f"{tmp_path}/tokens.toml:6: "), problem
    assert says in problem


def test_pushes_without_a_receiver_are_told(tmp_path: Path) -> None:
    push = '[[push]]\nsource = "tg:2"\nsecret = "SECRET_of_8"\n'
    (problem,) = problems(tmp_path, ["tg:2;tg;community;bot:chat"], BOT + push, port=0)
    assert "push.port" in problem


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[networks]\nallow_private = "10.0.0.1/8"', "networks.allow_private"),
        ('[networks]\nproxy = "socks5://x:1"', "networks.proxy"),
        ('[vk]\napi = "api.vk.ru"', "vk.api"),
        ('[max]\napi = "https://max.ru/"', "уберите /"),
        ('[rss]\ntime_zone = "Europe/Nowhere"', "rss.time_zone"),
        ('[telegram]\nofficials = "1,b"', "telegram.officials"),
    ],
)
def test_values_of_the_networks_are_checked_with_their_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "nabat.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    (problem,) = caught.value.problems
    assert problem.startswith(f"{path}:2: "), problem
    assert says in problem
