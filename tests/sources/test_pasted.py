"""Pasted addresses, as browsers and people give them."""

from __future__ import annotations

import pytest

from sources.pasted import recognise


@pytest.mark.parametrize(
    ("text", "network", "address", "kind"),
    [
        ("https://vk.com/samara_live", "vk", "samara_live", "community"),
        ("vk.com/club1", "vk", "-1", "community"),
        ("https://vk.com/public77?w=wall-77_3", "vk", "-77", "community"),
        ("https://vk.com/wall-1_2", "vk", "-1", "community"),
        ("https://vk.com/wall-1_2?reply=5", "vk", "-1", "community"),
        ("m.vk.com/samara_live", "vk", "samara_live", "community"),
        ("https://vk.ru/id5", "vk", "5", "community"),
        ("search: нет воды", "vk", "search:нет воды", "feed"),
        ("https://t.me/Samara_News", "tg", "samara_news", "community"),
        ("t.me/s/samara_news?before=7", "tg", "samara_news", "community"),
        ("https://t.me/samara_news/123", "tg", "samara_news", "community"),
        ("@samara_news", "tg", "samara_news", "community"),
        ("bot:town", "tg", "bot:town", "community"),
        ("https://ok.ru/group/57000000000001", "ok", "57000000000001", "community"),
        ("m.ok.ru/group/57000000000001/topic/1", "ok", "57000000000001", "community"),
        ("town/-70000001", "max", "town/-70000001", "community"),
        ("https://max.ru/samara_live", "max", "@samara_live", "community"),
        ("max.ru/@samara?x=1", "max", "@samara", "community"),
        ("https://samara.example/news/rss.xml?x=1", "rss", "https://samara.example/news/rss.xml?x=1", "feed"),
    ],
)
def test_network_kind_and_address_are_recognised(text: str, network: str, address: str, kind: str) -> None:
    found = recognise(f"  {text} ")
    assert found is not None
    assert (found.network, found.address, found.kind, found.problem) == (network, address, kind, "")
    assert " " not in found.id
    assert found.id.startswith(f"{network}:")


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("https://ok.ru/samara", "ok"),
        ("https://max.ru/join/AbCdEf", "max"),
        ("https://web.max.ru/-70000001", "max"),
        ("https://t.me/+AbCdEf", "tg"),
        ("https://t.me/joinchat/AbCdEf", "tg"),
        ("https://vk.com/", "vk"),
    ],
)
def test_what_can_not_be_read_says_why(text: str, network: str) -> None:
    found = recognise(text)
    assert found is not None
    assert found.network == network
    assert found.problem


@pytest.mark.parametrize("text", ["", "Самара", "search:", "ftp://a.ru/x", "http://[", "mailto:a@b.ru"])
def test_what_is_nothing_is_none(text: str) -> None:
    assert recognise(text) is None
