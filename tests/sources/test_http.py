"""The client against real servers on loopback: what it refuses, what it bounds, and what it tells of it."""

from __future__ import annotations

import asyncio
import gzip
import socket
import tracemalloc
import zlib
from typing import Any

import pytest

from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.http.client import USER_AGENT, HttpClient, HttpSettings
from tests.sources.serving import LOOPBACK, client, raw

SECRET = "s3cr3t-token"


def answer(body: bytes = b"", head: str = "", status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode() + body


async def failure(http: HttpClient, url: str, **options: Any) -> str:
    """What it says where it fails: it must name the host and nothing else of the request."""
    with pytest.raises((SourceUnavailable, SourceRefused)) as caught:
        await http.get(f"{url}/path-{SECRET}", params={"q": SECRET}, headers={"Authorization": SECRET}, **options)
    error: BaseException | None = caught.value
    text = str(error)
    assert caught.value.__suppress_context__
    assert SECRET not in text
    return f"{type(error).__name__}: {text}"


async def test_an_answer() -> None:
    async with raw(answer(b"body", 'X-One: a\r\nx-one: b\r\nETag: W/"1"\r\n', "404 Not Found")) as server, client() as http:
        got = await http.get(server.url + "/path?a=1", params={"ключ": "значение 1&2"}, headers={"X-My": "yes"})
    assert (got.status, got.body, got.url) == (404, b"body", server.url + "/path")
    assert (got.headers["x-one"], got.headers["etag"]) == ("a, b", 'W/"1"')
    line, *head = server.heads[0].decode().split("\r\n")
    assert line.startswith("GET /path?a=1&%D0%BA")
    assert f"User-Agent: {USER_AGENT}" in head
    assert "X-My: yes" in head
    assert not any(name.lower().startswith("cookie") for name in head)


async def test_forms_and_json_are_sent() -> None:
    async def echo(writer: asyncio.StreamWriter) -> None:
        writer.write(answer())

    async with raw(echo) as server, client() as http:
        await http.post(server.url, form={"a": "я"})
        await http.post(server.url, json={"a": 1})
        with pytest.raises(ValueError, match="not both"):
            await http.post(server.url, form={}, json={})
    assert b"application/x-www-form-urlencoded" in server.heads[0]
    assert b"application/json" in server.heads[1]


@pytest.mark.parametrize("name", ["gzip", "deflate", "raw deflate", "two members"])
async def test_packed_answers_are_unpacked(name: str) -> None:
    text = "нет воды ".encode() * 1000
    raw_deflate = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(text),
        "deflate": zlib.compress(text),
        "raw deflate": raw_deflate.compress(text) + raw_deflate.flush(),
        "two members": gzip.compress(text[:900]) + gzip.compress(text[900:]),
    }[name]
    encoding = "deflate" if "deflate" in name else "gzip"
    async with raw(answer(packed, f"Content-Encoding: {encoding}\r\n")) as server, client() as http:
        assert (await http.get(server.url)).body == text


def bomb() -> bytes:
    """60 MB of zeros in 60 kB."""
    packer = zlib.compressobj(wbits=31)
    return b"".join([packer.compress(bytes(1_000_000)) for _ in range(60)]) + packer.flush()


async def test_a_bomb_is_not_unpacked() -> None:
    async with raw(answer(bomb(), "Content-Encoding: gzip\r\n")) as server, client() as http:
        tracemalloc.start()
        said = await failure(http, server.url, limit=1_000_000)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert said == "SourceUnavailable: 127.0.0.1: ответ больше 1000000 байт"
    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (b"x" * 1001, ""),
        (gzip.compress(b"x" * 1001), "Content-Encoding: gzip\r\n"),
        (gzip.compress(b"") * 1001, "Content-Encoding: gzip\r\n"),
        (zlib.compress(b"x" * 1001), "Content-Encoding: deflate\r\n"),
    ],
    ids=["plain", "gzip", "many members", "deflate"],
)
async def test_size_is_bounded_unpacked_and_packed(body: bytes, head: str) -> None:
    limit = 1000 if len(body) < 2000 else 100_000
    async with raw(answer(body, head)) as server, client() as http:
        assert "больше" in await failure(http, server.url, limit=limit)
    exact = gzip.compress(b"x" * 1000)
    async with raw(answer(exact, "Content-Encoding: gzip\r\n")) as server, client() as http:
        assert len((await http.get(server.url, limit=1000)).body) == 1000


async def test_a_body_without_length_is_bounded_too() -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(bytes(65_536))
            await writer.drain()

    async with raw(endless) as server, client() as http:
        assert "больше 300000" in await failure(http, server.url, limit=300_000)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "rot13"])
async def test_encodings_that_were_not_asked_for_are_refused(encoding: str) -> None:
    async with raw(answer(b"\x1b", f"Content-Encoding: {encoding}\r\n")) as server, client() as http:
        assert "повреждён" in await failure(http, server.url)


@pytest.mark.parametrize("body", [b"garbage", gzip.compress(b"text" * 99)[:-9]], ids=["garbage", "cut"])
async def test_damaged_packing(body: bytes) -> None:
    async with raw(answer(body, "Content-Encoding: gzip\r\n")) as server, client() as http:
        assert "повреждён" in await failure(http, server.url)


async def test_time_is_bounded_for_the_whole_answer() -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.01)

    async with raw(drip) as server, client() as http:
        assert await failure(http, server.url, timeout=0.2) == "SourceUnavailable: 127.0.0.1: не ответил полностью за 0.2 с"


async def test_a_server_that_says_nothing() -> None:
    async def silent(writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with raw(silent) as server, client(HttpSettings(LOOPBACK, timeout=0.1)) as http:
        assert "не ответил" in await failure(http, server.url)


async def head_lines(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: 1\r\n" * 100)
        await writer.drain()


async def head_line(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        writer.write(b"x" * 10_000)
        await writer.drain()


async def trailers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")
    while True:
        writer.write(b"X-More: 1\r\n" * 100)
        await writer.drain()


async def extension(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;")
    while True:
        writer.write(b"x" * 10_000)
        await writer.drain()


async def interim(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
        await writer.drain()


@pytest.mark.parametrize("say", [head_lines, head_line, trailers, extension, interim])
async def test_headers_are_bounded(say: Any) -> None:
    async with raw(say) as server, client() as http:
        tracemalloc.start()
        said = await failure(http, server.url, timeout=0.3)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert said.startswith("SourceUnavailable: 127.0.0.1: ")
    assert peak < 10_000_000


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"", "соединение оборвалось"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "ответ оборвался"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "ответ оборвался"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "не по правилам HTTP"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "не по правилам HTTP"),
    ],
)
async def test_answers_that_break_off(said: bytes, expected: str) -> None:
    async with raw(said) as server, client() as http:
        assert expected in await failure(http, server.url)


async def test_resets() -> None:
    async def reset(writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        writer.transport.abort()

    async with raw(reset) as server, client() as http:
        assert "соединение оборвалось" in await failure(http, server.url)
    async with client() as http:
        assert await failure(http, server.url) == "SourceUnavailable: 127.0.0.1: нет соединения"


async def test_a_request_is_never_repeated_in_secret() -> None:
    """On a kept connection that breaks aiohttp would ask once more: a request that nobody has booked."""
    said = [answer(b"one"), b""]

    async def once(writer: asyncio.StreamWriter) -> None:
        if not (text := said.pop(0)):
            writer.transport.abort()
        writer.write(text)

    async with raw(once) as server, client() as http:
        assert (await http.get(server.url)).body == b"one"
        assert "оборвалось" in await failure(http, server.url)
    assert len(server.heads) == 2


async def test_redirects_are_answers() -> None:
    async with raw(answer(b"never")) as inner:
        async with raw(answer(b"", f"Location: {inner.url}\r\n", "302 Found")) as server, client() as http:
            got = await http.get(server.url)
        assert (got.status, got.headers["location"]) == (302, inner.url)
        assert inner.heads == []


async def test_cookies_are_not_kept() -> None:
    async def cookie(writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"", "Set-Cookie: a=b\r\n"))

    async with raw(cookie) as server, client() as http:
        await http.get(server.url)
        await http.get(server.url)
    assert b"cookie" not in server.heads[1].lower()


async def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw(answer(b"proxied")) as proxy, raw(answer(b"direct")) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        async with client() as http:
            assert (await http.get(server.url)).body == b"direct"
        async with client(HttpSettings(LOOPBACK, proxy=proxy.url)) as http:
            assert (await http.get(server.url)).body == b"proxied"
        async with client(HttpSettings(proxy=proxy.url)) as http:
            assert "SourceRefused" in await failure(http, server.url)
            assert (await http.get("http://known-to-the-proxy.invalid/")).body == b"proxied"
    assert [head.split(b" ")[1] for head in proxy.heads] == [server.url.encode(), b"http://known-to-the-proxy.invalid/"]
