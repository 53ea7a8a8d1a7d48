"""The HTTP server for pushes: sizes, times, numbers and odd requests. Senders here are raw sockets where they misbehave."""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from monitor.config.networks import Push
from monitor.intake import receiver as module
from monitor.intake.receiver import Receiver
from monitor.model.errors import ConfigError
from sources.wire import Inlet, Pushed, Taken

PATH = "/push/echo"


class Echo:
    """An inlet that says what it got."""

    network = "test"

    def __init__(self, path: str = PATH) -> None:
        self.path = path

    async def take(self, request: Pushed, now: int) -> Taken:
        raise NotImplementedError


class Answers:
    """Stands for Pushes: notes the requests and answers each as told."""

    def __init__(self) -> None:
        self.got: list[Pushed] = []
        self.taken = Taken()
        self.arrived = asyncio.Semaphore(0)
        self.go = asyncio.Event()
        self.go.set()

    async def answer(self, inlet: Inlet, request: Pushed) -> Taken:
        self.got.append(request)
        self.arrived.release()
        await self.go.wait()
        return self.taken


@asynccontextmanager
async def receiving(answers: Answers, **settings: Any) -> AsyncIterator[str]:
    section = Push(**{"timeout": 5.0, "body_bytes": 2_000, **settings})
    made = Receiver([Echo()], answers, section)  # type: ignore[arg-type]
    await made.open(0)
    try:
        yield made.address
    finally:
        await made.close()


async def said(address: str, request: bytes) -> bytes:
    """What comes back on a raw connection until it is closed by the receiver."""
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    try:
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as made:
        yield made


async def test_inlets_get_the_request_and_the_sender_their_answer(session: aiohttp.ClientSession) -> None:
    answers = Answers()
    answers.taken = Taken(202, "принято", {"X-Mark": "7"})
    async with receiving(answers) as url:
        headers = {"Webhook-Id": "e-1"}
        async with session.post(f"{url}{PATH}?a=%D1%8F&b=", data="тело".encode(), headers=headers) as answer:
            assert (answer.status, await answer.text(), answer.headers["X-Mark"]) == (202, "принято", "7")
            assert (answer.headers["Server"], answer.headers["Connection"]) == ("nabat", "close")
    (got,) = answers.got
    assert (got.headers["webhook-id"], got.query, got.body.decode()) == ("e-1", {"a": "я", "b": ""}, "тело")


async def test_odd_requests_reach_no_inlet_and_no_log(session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture) -> None:
    answers = Answers()
    async with receiving(answers) as url:
        for method, path, status in (("POST", "/", 404), ("POST", PATH + "/", 404), ("GET", PATH, 405), ("PUT", PATH, 405)):
            async with session.request(method, url + path, data=b"x") as answer:
                assert answer.status == status
        async with session.post(url + PATH, data=gzip.compress(b"0" * 1_000_000), headers={"Content-Encoding": "gzip"}) as answer:
            assert answer.status == 415
        for request in (
            b"nonsense\r\n\r\n",
            b"POST " + PATH.encode() + b" HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            b"\x16\x03\x01" * 50,
        ):
            assert (await said(url, request)).startswith((b"HTTP/1.1 400", b"HTTP/1.0 400"))
        assert (await said(url, b"POST /push/echo HTTP/1.1\r\nX: " + b"y" * 50_000 + b"\r\n\r\n")).startswith(b"HTTP/1.0 400")
    assert answers.got == []
    assert [record for record in caplog.records if record.levelno > logging.DEBUG] == []


async def test_bodies_are_bounded_however_they_come(session: aiohttp.ClientSession) -> None:
    answers = Answers()

    async def drops() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b"x" * 100

    async with receiving(answers) as url:
        async with session.post(url + PATH, data=b"x" * 2_000) as answer:
            assert answer.status == 200
        for data in (b"x" * 2_001, drops()):
            async with session.post(url + PATH, data=data) as answer:
                assert answer.status == 413
        # Only what is announced is needed to refuse it.
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000000\r\n\r\n".encode()
        assert (await said(url, head)).startswith(b"HTTP/1.1 413")
    assert len(answers.got) == 1


async def test_a_slow_body_is_cut_off() -> None:
    answers = Answers()
    async with receiving(answers, timeout=0.1) as url:
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf".encode()
        assert (await asyncio.wait_for(said(url, head), 10)).startswith(b"HTTP/1.1 408")
    assert answers.got == []


@pytest.mark.parametrize("request_", [b"", b"POST", f"POST {PATH} HTTP/1.1\r\nX: y".encode()])
async def test_slow_headers_are_cut_off(monkeypatch: pytest.MonkeyPatch, request_: bytes) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.1)
    async with receiving(Answers(), timeout=0.1) as url:
        assert await asyncio.wait_for(said(url, request_), 10) == b""


async def test_too_many_connections_are_cut_off_and_then_there_is_room(session: aiohttp.ClientSession) -> None:
    answers = Answers()
    answers.go.clear()
    async with receiving(answers, connections=3) as url:
        asking = [asyncio.create_task(session.post(url + PATH, data=str(number))) for number in range(3)]
        for _ in asking:
            await answers.arrived.acquire()
        assert await asyncio.wait_for(said(url, b""), 10) == b""
        answers.go.set()
        assert [(await one).status for one in asking] == [200] * 3
        async with session.post(url + PATH, data=b"after") as answer:
            assert answer.status == 200


async def test_a_sender_that_goes_away_breaks_nothing(session: aiohttp.ClientSession) -> None:
    answers = Answers()
    async with receiving(answers) as url:
        host, port = url.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf".encode())
        writer.transport.abort()
        async with session.post(url + PATH, data=b"next") as answer:
            assert answer.status == 200
    assert [one.body for one in answers.got] == [b"next"]


async def test_requests_under_way_are_answered_at_the_end(session: aiohttp.ClientSession) -> None:
    answers = Answers()
    answers.go.clear()
    async with receiving(answers) as url:
        asking = asyncio.create_task(session.post(url + PATH, data=b"x"))
        await answers.arrived.acquire()
        asyncio.get_running_loop().call_soon(answers.go.set)
    assert (await asking).status == 200
    with pytest.raises(aiohttp.ClientConnectionError):
        await session.post(url + PATH, data=b"x")


async def test_settings_that_can_not_be() -> None:
    with pytest.raises(ConfigError, match="/push/echo"):
        Receiver([Echo(), Echo()], Answers(), Push())  # type: ignore[arg-type]
    answers = Answers()
    async with receiving(answers) as url:
        with pytest.raises(ConfigError, match="set another"):
            await Receiver([], answers, Push()).open(int(url.rsplit(":", 1)[1]))  # type: ignore[arg-type]
    await Receiver([], answers, Push()).close()  # type: ignore[arg-type]
