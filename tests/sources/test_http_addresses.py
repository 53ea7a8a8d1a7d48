"""Which addresses may be asked: by table, by name, and whatever a name resolves to a moment later."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.http.addresses import networks, permitted
from sources.http.after import LONGEST, retry_after
from sources.http.client import HttpSettings
from tests.sources.serving import LOOPBACK, PATIENCE, client, raw

PRIVATE = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.8.9.10", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.9",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1",
    "64:ff9b:1::808:808", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "2001:db8::1", "2002:7f00:1::",
    "2002:a00:1::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%lo", "fec0::1", "ff02::1", "4000::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "87.240.132.72", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.0.1.1", "198.20.0.1",
    "2a00:bdc0::1", "2001:4860:4860::8888", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not permitted(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_that_are(address: str) -> None:
    assert permitted(address)


@given(st.ip_addresses())
def test_nothing_that_the_library_calls_private_is_public(address: Any) -> None:
    if permitted(str(address)) and not getattr(address, "sixtofour", None) and not str(address).startswith("64:ff9b::"):
        inner = getattr(address, "ipv4_mapped", None) or address
        kinds = (inner.is_private, inner.is_loopback, inner.is_link_local, inner.is_multicast, inner.is_unspecified)
        assert not any(kinds)


@given(st.ip_addresses(v=4))
def test_wrapped_addresses_are_judged_as_what_they_wrap(address: IPv4Address) -> None:
    number = int(address)
    for wrapped in (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80 | 1):
        assert permitted(str(ip_address(wrapped))) == permitted(str(address))
    assert permitted(f"::ffff:{address}", networks(f"{address}/32"))


def test_networks_are_read() -> None:
    assert [str(one) for one in networks(" 10.20.0.0/16, ,127.0.0.1,fd00::/8 ")] == ["10.20.0.0/16", "127.0.0.1/32", "fd00::/8"]
    assert permitted("10.20.1.1", networks("10.20.0.0/16"))
    assert not permitted("10.21.1.1", networks("10.20.0.0/16"))
    assert not permitted("no address", networks("0.0.0.0/0"))
    with pytest.raises(ValueError, match=r"10\.20"):
        networks("10.20.0.1/16")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "2130706433", "0x7f.0.0.1", "017700000001",
     "localhost.", "①②⑦.⓪.⓪.①"],
)  # fmt: skip
async def test_no_way_of_writing_loopback_passes(host: str) -> None:
    async with raw(b"HTTP/1.1 200 OK\r\n\r\n") as server, client(HttpSettings()) as http:
        port = server.url.rsplit(":", 1)[1]
        with pytest.raises((SourceRefused, SourceUnavailable)):
            await http.get(f"http://{host}:{port}/")
        assert server.heads == []


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.org/", "gopher://127.0.0.1/", "//example.org", "example.org", "", "http://", "http:///path",
     "unix:///run/x", "http://[::1", "http://host:99999/"],
)  # fmt: skip
async def test_only_http(url: str) -> None:
    async with client() as http:
        with pytest.raises(SourceRefused):
            await http.get(url)


def lookup(*answers: list[str]) -> Any:
    """A resolver whose answers change, as those of who wants to be let in do."""
    left = list(answers)

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        found = left.pop(0) if len(left) > 1 else left[0]
        return [
            (
                socket.AF_INET6 if ":" in one else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (one, port, 0, 0) if ":" in one else (one, port),
            )
            for one in found
        ]

    return getaddrinfo


async def test_a_name_is_what_it_resolves_to() -> None:
    async with raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as server:
        port = server.url.rsplit(":", 1)[1]
        url = f"http://feed.example:{port}/"
        for addresses in (["127.0.0.1"], ["10.0.0.1", "::1"], ["::ffff:127.0.0.1"]):
            async with client(HttpSettings(timeout=PATIENCE), lookup=lookup(addresses)) as http:
                with pytest.raises(SourceRefused, match=r"feed\.example.*allow_private"):
                    await http.get(url)
        assert server.heads == []
        async with client(HttpSettings(LOOPBACK, timeout=PATIENCE), lookup=lookup(["127.0.0.1"])) as http:
            assert (await http.get(url)).status == 200


async def test_a_name_that_changes_its_mind_is_looked_at_each_time() -> None:
    """The address that was checked is the one that is connected to: nothing resolves the name a second time in between."""
    asked: list[str] = []
    answers = lookup(["127.0.0.1"], ["127.0.0.2"], ["10.0.0.1"])

    def getaddrinfo(host: str, port: int, **options: Any) -> list[Any]:
        found: list[Any] = answers(host, port)
        asked.append(found[0][4][0])
        return found

    async with raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as server:
        settings = HttpSettings(networks("127.0.0.1/32"), timeout=PATIENCE)
        port = server.url.rsplit(":", 1)[1]
        for expected in (None, SourceRefused, SourceRefused):
            async with client(settings, lookup=getaddrinfo) as http:
                if expected is None:
                    await http.get(f"http://feed.example:{port}/")
                else:
                    with pytest.raises(expected):
                        await http.get(f"http://feed.example:{port}/")
        assert asked == ["127.0.0.1", "127.0.0.2", "10.0.0.1"]
        assert len(server.heads) == 1


async def test_names_that_are_not_found() -> None:
    def nobody(host: str, port: int, **_: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    async with client(lookup=nobody) as http:
        with pytest.raises(SourceUnavailable, match=r"nowhere\.example: имя не найдено"):
            await http.get("http://nowhere.example/")
        with pytest.raises((SourceUnavailable, SourceRefused)):
            await http.get(f"http://{'a' * 70}.example/")


NOW = 1_784_030_400_000  # Tue, 14 Jul 2026 12:00:00 GMT


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Tue, 14 Jul 2026 12:01:30 GMT", 90.0),
        ("Tue, 14 Jul 2026 12:01:30 -0000", 90.0),
        ("Tue, 14 Jul 2026 16:01:30 +0400", 90.0),
        ("Tuesday, 14-Jul-26 12:01:30 GMT", 90.0),
        ("Tue, 14 Jul 2026 11:00:00 GMT", 0.0),
        ("99999999999999999999", LONGEST),
        ("Tue, 14 Jul 2099 12:00:00 GMT", LONGEST),
        ("", 0.0),
        ("-5", 0.0),
        ("завтра", 0.0),
        ("²", 0.0),
    ],
)
def test_retry_after(value: str, expected: float) -> None:
    assert retry_after({"retry-after": value}, NOW) == expected


@given(st.text())
def test_retry_after_takes_anything(value: str) -> None:
    assert 0 <= retry_after({"retry-after": value}, NOW) <= LONGEST
