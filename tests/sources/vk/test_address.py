"""What people paste, recognised."""

from __future__ import annotations

import pytest

from monitor.model.errors import SourceRefused
from sources.vk.address import Address, address_of, recognise


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("-123", Address(owner=-123)),
        ("123", Address(owner=123)),
        ("club123", Address(owner=-123)),
        ("public123", Address(owner=-123)),
        ("event5", Address(owner=-5)),
        ("id77", Address(owner=77)),
        ("samara.gorod", Address(domain="samara.gorod")),
        ("https://vk.com/samara_gorod", Address(domain="samara_gorod")),
        (" http://m.vk.com/club123?w=wall-123_4 ", Address(owner=-123)),
        ("vk.ru/id77", Address(owner=77)),
        ("https://vk.com/wall-123_45?reply=6", Address(owner=-123)),
        ("https://vk.com/wall-123", Address(owner=-123)),
        ("https://www.vk.com/topic-123_45", Address(owner=-123)),
        ("search: нет воды ", Address(query="нет воды")),
        ("Search:ЖКХ", Address(query="ЖКХ")),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert recognise(text) == address
    assert recognise(str(address)) == address


@pytest.mark.parametrize("text", ["", "https://vk.com/", "https://t.me/samara", "нет воды", "search:", "a b", "0", "-0", "x" * 70])
def test_what_is_no_address(text: str) -> None:
    assert recognise(text) is None
    with pytest.raises(SourceRefused) as caught:
        address_of(text)
    assert caught.value.state == "gone"
