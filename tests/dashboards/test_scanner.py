"""What public scanners try: none of it does anything, and no answer tells of the inside."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import pytest
from aiohttp import ClientSession

from dashboards.console.slow import Patience
from tests.dashboards.conftest import Stage
from tests.dashboards.world import REGION, alert, appeal, incident

INJECTIONS = (
    "' OR '1'='1", '" OR ""="', "1; DROP TABLE alerts", "1 UNION ALL SELECT * FROM system.tables", "{region:String}", "{{7*7}}",
    "${7*7}", "$(id)", "`id`", "%00", "\x00", "\r\nSet-Cookie: a=b", "../../../etc/passwd", "\\'; SELECT sleep(3) --", "%",
    "<script>alert(1)</script>", "x" * 5_000,
)  # fmt: skip
PATHS = (
    "/static/../gate.py", "/static/..%2f..%2fgate.py", "/static/%2e%2e/%2e%2e/etc/passwd", "/static//etc/passwd",
    "/static/..\\gate.py",
    "/static/%c0%ae%c0%ae/etc/passwd", "/../../etc/passwd", "/.git/config", "/.env", "/users.json", "/data/users.json", "/admin",
    "/server-status", "/api/../users.json", "/static/index.html%00.js", "/static/", "/api/", "//evil.example/%2f..",
)  # fmt: skip


@pytest.fixture
async def filled(stage: Stage) -> Stage:
    await stage.write([*appeal("i1/1", "i1", "нет тепла", age=60_000), incident("i1"), alert("A1", "Опасно", incident="i1")])
    return stage


@pytest.mark.parametrize("what", INJECTIONS, ids=lambda what: repr(what[:12]))
async def test_injections_find_nothing_and_change_nothing(filled: Stage, what: str) -> None:
    asked = quote(what, safe="")
    async with ClientSession(filled.url) as client:
        for path in (
            f"/api/incidents?territory={asked}", f"/api/incidents?group={asked}", f"/api/incidents?status={asked}",
            f"/api/alerts?limit={asked}", f"/api/deliveries?alert={asked}", f"/api/deliveries?incident={asked}",
            f"/api/map?inside={asked}", f"/api/incidents/{asked}", f"/api/events?after={asked}x",
        ):  # fmt: skip
            async with client.get(path) as answer:
                if path.startswith("/api/events"):
                    assert answer.status == 200
                    continue
                text = await answer.text()
                assert answer.status in (200, 400, 404), (path, text)
                assert "нет тепла" not in text
                for inside in ("Traceback", "clickhouse", "SELECT ", "root:", "File "):
                    assert inside not in text.replace(what, "")
                assert "Set-Cookie" not in answer.headers
        action = {"kind": "claim", "region": REGION, "subject": what, "based_on": "1"}
        async with client.post("/api/actions", json=action) as answer:
            assert answer.status in (200, 409)
    rows = await filled.deps.reader.query("SELECT count() AS n FROM current_alerts")
    assert rows == [{"n": 1}]


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_beside_the_pages_own_files(stage: Stage, path: str) -> None:
    # As bytes on the line: a client would tidy the path.
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{stage.port}\r\nConnection: close\r\n\r\n".encode())
    async with asyncio.timeout(30):
        answer = await reader.read()
    writer.close()
    status = int(answer.split(b" ", 2)[1])
    assert status in (400, 403, 404), answer[:200]
    assert b"root:" not in answer
    assert b"RIGHTS" not in answer


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/actions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/actions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
    ],
    ids=["header", "line", "tls", "version", "smuggled", "length"],
)
async def test_broken_requests_are_refused(stage: Stage, request_: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
    writer.write(request_)
    writer.write_eof()
    async with asyncio.timeout(30):
        answer = await reader.read()
    writer.close()
    assert answer == b"" or answer.split(b" ", 2)[1] in (b"400", b"415", b"421"), answer[:200]
    assert b"Traceback" not in answer
    assert stage.actions == []


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HTTP/1.1\r\nHost: 127", b"POST /api/actions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
     b"Content-Length: 50\r\n\r\n{"],
    ids=["nothing", "headers", "body"],
)  # fmt: skip
async def test_clients_that_dawdle_are_cut_off(stage: Stage, sent: bytes) -> None:
    await stage.stop()
    stage.patience = Patience(0.2, 0.2, 0.2)
    await stage.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
    writer.write(sent)
    async with asyncio.timeout(30):
        try:
            answer = await reader.read()
        except ConnectionError:
            answer = b""
    assert answer == b"" or answer.split(b" ", 2)[1] == b"408"
    writer.close()
    # Others are served meanwhile and after.
    async with ClientSession(stage.url) as client:
        for _ in range(2):
            async with client.get("/healthz") as answer_:
                assert answer_.status == 200


async def test_a_stream_of_events_is_not_cut_off(stage: Stage) -> None:
    await stage.stop()
    stage.patience = Patience(0.05, 0.05, 0.0)
    await stage.start()
    async with ClientSession(stage.url) as client, client.get("/api/events") as stream:
        await stream.content.readuntil(b"\n\n")
        done = asyncio.Event()
        asyncio.get_running_loop().call_later(0.3, done.set)
        await done.wait()
        await stage.tell(alert("A9", "Опасно"))
        async with asyncio.timeout(30):
            told = await stream.content.readuntil(b"\n\n")
    assert b"A9" in told


async def test_many_bytes_are_not_read(stage: Stage) -> None:
    async with ClientSession(stage.url) as client:
        for path in ("/api/actions", "/api/sign-in", "/api/deliveries/x/resend", "/api/destinations/x/test"):
            async with client.post(path, data=b" " * 70_000, headers={"Content-Type": "application/json"}) as answer:
                assert answer.status == 413, path
