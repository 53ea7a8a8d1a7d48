"""The stream of events: nothing is missed, nobody holds it up, it ends when it must."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, web

from dashboards.console.deps import DEPS
from dashboards.console.events import EventStream
from dashboards.console.security import guard
from dashboards.console.slow import PATIENCE
from dashboards.console.view import Views
from monitor.log.base import ALERTS, INCIDENTS, Append
from monitor.log.sqlite import SqliteLog
from monitor.model.rows import AlertRow, IncidentRow, Row
from tests.dashboards import world
from tests.dashboards.conftest import Stage
from tests.dashboards.world import NOW, alert, incident


class Event(NamedTuple):
    name: str
    id: str
    data: dict[str, Any]


async def read(answer: ClientResponse) -> Event:
    """The next event; comments are passed over."""
    fields: dict[str, str] = {}
    async with asyncio.timeout(5):
        async for line in answer.content:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif "data" in fields:
                return Event(fields["event"], fields["id"], json.loads(fields["data"]))
    raise EOFError


async def connect(client: ClientSession, last: str = "", path: str = "/api/events") -> ClientResponse:
    answer = await client.get(path, headers={"Last-Event-ID": last} if last else {}, timeout=ClientTimeout(total=30))
    assert answer.status == 200
    assert answer.content_type == "text/event-stream"
    return answer


@asynccontextmanager
async def serving(stage: Stage, log: SqliteLog | None = None, **limits: Any) -> AsyncIterator[int]:
    """A stream with other limits than the console's; gives its port."""
    events = EventStream(log or stage.log, stage.deps.profile.id, Views(stage.deps), **limits)
    app = web.Application(middlewares=[guard])
    app[DEPS] = stage.deps
    app[PATIENCE] = stage.patience
    app.router.add_get("/api/events", events.handle)
    await events.start()
    # As the program does it: a handler is not told that its client has gone.
    runner = web.AppRunner(app, handler_cancellation=False, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await events.stop()
    await runner.cleanup()


async def test_a_new_client_starts_at_the_end_and_hears_what_comes(stage: Stage, client: ClientSession) -> None:
    await stage.tell(alert("a0", "before"))
    stream = await connect(client)
    assert await read(stream) == Event("hello", "1-0", {})
    await stage.tell(alert("a1", "Всплеск", words=("вода",), version=2**70))
    event = await read(stream)
    assert event[:2] == ("alert", "2-0")
    assert (event.data["id"], event.data["version"], event.data["words"]) == ("a1", str(2**70), ["вода"])
    await stage.tell(incident("i1", street="мира", version=3))
    event = await read(stream)
    assert event[:2] == ("incident", "2-1")
    assert (event.data["id"], event.data["where"], event.data["body_name"]) == ("i1", "Мира", "Теплосети Тольятти")


async def test_an_event_has_the_shape_of_the_list(stage: Stage, client: ClientSession) -> None:
    rows: list[Row] = [alert("a1", "title", words=("вода",), examples=("текст",), complete=False), incident("i1", version=9)]
    await stage.write(rows)
    stream = await connect(client)
    await read(stream)
    await stage.tell(*rows)
    told = await read(stream), await read(stream)
    async with client.get("/api/alerts") as answer:
        assert told[0].data == (await answer.json())["alerts"][0]
    async with client.get("/api/incidents") as answer:
        assert told[1].data.items() <= (await answer.json())["incidents"][0].items()


@pytest.mark.parametrize("how", ["header", "query"])
async def test_a_client_resumes_after_its_last_event(stage: Stage, client: ClientSession, how: str) -> None:
    await stage.tell(alert("a1", "one"), alert("a2", "two"), incident("i1"), alert("a3", "three"), incident("i2"))
    stream = await connect(client, "1-1") if how == "header" else await connect(client, path="/api/events?after=1-1")
    assert [(await read(stream)).data.get("id") for _ in range(4)] == [None, "a2", "a3", "i2"]


async def test_all_of_a_burst_arrives_in_order(stage: Stage, client: ClientSession) -> None:
    streams = [await connect(client) for _ in range(3)]

    async def write() -> None:
        for number in range(120):
            await stage.tell(alert(f"a{number}", "x"))

    async def listen(stream: ClientResponse) -> list[Any]:
        return [(await read(stream)).data.get("id") for _ in range(121)]

    _, *heard = await asyncio.gather(write(), *map(listen, streams))
    assert heard == [[None, *(f"a{number}" for number in range(120))]] * 3


async def test_what_the_log_no_longer_keeps_is_told_by_a_reset(stage: Stage, client: ClientSession) -> None:
    await stage.tell(*(alert(f"a{number}", "x") for number in range(5)))
    assert await stage.log.trim(NOW + 2 * world.HOUR) == 5
    await stage.tell(alert("a5", "x"))
    stream = await connect(client, "3-0")
    assert await read(stream) == Event("reset", "6-0", {})
    await stage.tell(alert("a6", "x"))
    assert (await read(stream)).data["id"] == "a6"


@pytest.mark.parametrize("last", ["7-0", "0-9", "0", "0-0-0", "x-y", "-1-0", "٣-0", "9" * 400 + "-0"])
async def test_an_id_of_another_log_is_told_by_a_reset(stage: Stage, client: ClientSession, last: str) -> None:
    await stage.tell(alert("a0", "x"))
    stream = await client.get("/api/events", params={"after": last})
    assert await read(stream) == Event("reset", "1-0", {})


async def test_other_regions_and_unreadable_records_are_passed_over(stage: Stage, client: ClientSession) -> None:
    stream = await connect(client)
    await read(stream)
    other = world.record(alert("a1", "x")).value.replace(b'"samara"', b'"kursk"')
    values = [other, b"\xff", b"{}", b"[]", b'{"id":"a","version":"1","data":{"region":"samara"}}']
    await stage.log.append([Append(ALERTS, 0, "k", value, NOW) for value in values])
    await stage.tell(alert("good", "x"))
    event = await read(stream)
    assert (event.id, event.data["id"]) == ("6-0", "good")


async def test_what_an_older_log_has_is_told_alike(stage: Stage, client: ClientSession) -> None:
    """Before there were envelopes a record was the id, the version and the data."""
    rows: list[AlertRow | IncidentRow] = [alert("a1", "Всплеск", words=("вода",), version=7), incident("i1", version=2**70)]
    for row in rows:
        new = world.record(row)
        event = json.loads(new.value)
        old = {"id": row.id, "version": event["version"], "data": event["data"]}
        await stage.log.append([new, new._replace(value=json.dumps(old).encode())])
    stream = await connect(client, "0-0")
    await read(stream)
    first, second, told = [await read(stream) for _ in range(3)]
    assert (first.data, told.data["version"]) == (second.data, str(2**70))
    stream = await connect(client, "2-0")
    await read(stream)
    assert (await read(stream)).data == told.data


async def test_partitions_have_their_own_offsets(stage: Stage, tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "cut.db", {ALERTS: 1, INCIDENTS: 2})
    async with serving(stage, log) as port, ClientSession(f"http://127.0.0.1:{port}") as client:
        stream = await connect(client)
        assert (await read(stream)).id == "0-0.0"
        await log.append([world.record(incident("i1"))._replace(partition=1)])
        assert (await read(stream))[:2] == ("incident", "0-0.1")
        stream = await connect(client, "0-0.0")
        assert [(await read(stream)).data.get("id") for _ in range(2)] == [None, "i1"]
    await log.close()


async def test_silence_is_broken_by_a_heartbeat(stage: Stage) -> None:
    async with serving(stage, heartbeat=0.01) as port, ClientSession(f"http://127.0.0.1:{port}") as client:
        stream = await connect(client)
        async with asyncio.timeout(5):
            lines = [await stream.content.readline() for _ in range(9)]
        assert lines[0] == b"retry: 2000\n"
        assert lines[-4:] == [b": \n", b"\n", b": \n", b"\n"]


async def test_clients_are_bounded_and_make_room_when_they_go(stage: Stage) -> None:
    async with serving(stage, clients=2) as port, ClientSession(f"http://127.0.0.1:{port}") as client:
        first, _ = await connect(client), await connect(client)
        async with client.get("/api/events") as answer:
            assert answer.status == 503
            assert (await answer.json())["error"] == "Слишком много открытых пультов"
        first.close()
        async with asyncio.timeout(5):
            while (again := await client.get("/api/events")).status != 200:
                again.release()
        assert (await read(again)).name == "hello"


async def test_a_client_that_does_not_read_is_dropped(stage: Stage) -> None:
    await stage.tell(*(alert(f"a{number}", "x", text="ы" * 400_000) for number in range(20)))
    async with serving(stage, clients=1, patience=0.1) as port, ClientSession(f"http://127.0.0.1:{port}") as client:
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.setblocking(False)
            await asyncio.get_running_loop().sock_connect(deaf, ("127.0.0.1", port))
            request = f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nLast-Event-ID: 0-0\r\n\r\n"
            await asyncio.get_running_loop().sock_sendall(deaf, request.encode())
            await asyncio.get_running_loop().sock_recv(deaf, 1)
            assert (await client.get("/api/events")).status == 503
            async with asyncio.timeout(5):
                while (answer := await client.get("/api/events")).status != 200:
                    answer.release()
            assert (await read(answer)).name == "hello"


async def test_the_server_stops_at_once_with_streams_open(stage: Stage, client: ClientSession) -> None:
    streams = [await connect(client) for _ in range(3)]
    for stream in streams:
        await read(stream)
    async with asyncio.timeout(1.5):
        await stage.stop()
    for stream in streams:
        with pytest.raises((EOFError, ClientError)):
            await read(stream)


async def test_a_stream_goes_on_after_a_restart(stage: Stage, client: ClientSession) -> None:
    stream = await connect(client)
    last = (await read(stream)).id
    await stage.stop()
    await stage.tell(alert("a1", "while it was down"))
    await stage.start()
    stream = await connect(client, last)
    assert (await read(stream)).name == "hello"
    assert (await read(stream)).data["id"] == "a1"


async def test_of_an_incident_that_changed_often_the_newest_state_is_told(stage: Stage, client: ClientSession) -> None:
    states = [incident("i1", version=1), incident("i2", version=2), incident("i1", version=3), incident("i1", version=4)]
    await stage.tell(*states)
    stream = await connect(client, "0-0")
    await read(stream)
    heard = [await read(stream) for _ in range(2)]
    assert [(event.id, event.data["id"], event.data["version"]) for event in heard] == [("0-2", "i2", "2"), ("0-4", "i1", "4")]
