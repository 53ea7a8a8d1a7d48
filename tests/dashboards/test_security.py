"""Who is let in, and what the answers forbid the browser."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession

from dashboards.console.deps import ActionResult
from monitor.model.errors import RetryableError
from tests.dashboards.conftest import Stage
from tests.dashboards.world import NOW, REGION

ACTION = {"kind": "not_appeal", "region": REGION, "subject": "p1", "based_on": "7"}


async def post(client: ClientSession, body: Any = ACTION, **headers: str) -> tuple[int, dict[str, Any]]:
    async with client.post("/api/actions", json=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_an_action_is_passed_on_and_its_result_told(stage: Stage, client: ClientSession) -> None:
    assert await post(client) == (200, {"accepted": True, "version": "99"})
    (action,) = stage.actions
    assert (action.kind, action.region, action.subject, action.based_on) == ("not_appeal", REGION, "p1", "7")
    assert (action.actor, action.at) == ("operator", NOW)
    await post(client)
    assert stage.actions[1].id != action.id


async def test_a_conflict_is_told(stage: Stage, client: ClientSession) -> None:
    stage.result = ActionResult(False, "Кто-то уже решил.", "8")
    status, answer = await post(client)
    assert (status, answer["version"], answer["error"]) == (409, "8", "Кто-то уже решил")
    assert answer["hint"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**ACTION, "kind": "erase"},
        {**ACTION, "region": "kursk"},
        {**ACTION, "based_on": "seven"},
        {**ACTION, "actor": "boss"},
        {**ACTION, "subject": 5},
        [],
        "x",
    ],
)
async def test_a_wrong_action_is_refused(stage: Stage, client: ClientSession, body: Any) -> None:
    status, answer = await post(client, body)
    assert (status, answer["error"]) == (400, "Действие не понято")
    assert stage.actions == []


async def test_bytes_that_are_no_json_are_refused(stage: Stage, client: ClientSession) -> None:
    for body in (b"\xff\xfe", b"{", b""):
        async with client.post("/api/actions", data=body, headers={"Content-Type": "application/json"}) as answer:
            assert answer.status == 400


async def test_other_pages_can_not_act(stage: Stage, client: ClientSession) -> None:
    foreign = (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
    )
    for headers in (*foreign, {"Sec-Fetch-Site": "same-site"}):
        assert (await post(client, **headers))[0] == 403, headers
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        async with client.post("/api/actions", data=b"{}", headers={"Content-Type": kind}) as answer:
            assert answer.status == 415
    assert stage.actions == []
    assert (await post(client, Origin=stage.url, **{"Sec-Fetch-Site": "same-origin"}))[0] == 200


@pytest.mark.parametrize("path", ["/", "/api/status", "/api/events", "/static/console.js", "/metrics", "/healthz"])
async def test_a_foreign_host_name_is_refused(stage: Stage, client: ClientSession, path: str) -> None:
    for host in (f"evil.example:{stage.port}", "127.0.0.1.evil.example", "", "[::1", "localhost@evil.example:80"):
        async with client.get(path, headers={"Host": host}) as answer:
            assert answer.status in (400, 421), host
    async with client.get("/healthz", headers={"Host": f"localhost:{stage.port}"}) as answer:
        assert answer.status == 200


async def test_names_that_were_allowed_are_let_in(stage: Stage) -> None:
    await stage.stop()
    stage.deps = replace(stage.deps, hosts=frozenset({"nabat.example"}))
    await stage.start()
    async with ClientSession(stage.url) as client, client.get("/healthz", headers={"Host": "nabat.example"}) as answer:
        assert (answer.status, await answer.text()) == (200, "ok\n")


async def test_a_body_is_bounded(stage: Stage, client: ClientSession) -> None:
    status, answer = await post(client, {**ACTION, "subject": "x" * 70_000})
    assert (status, answer["hint"]) == (413, "Предел — 64 кБ")
    assert stage.actions == []


@pytest.mark.parametrize(
    "path", ["/", "/api/status", "/api/nothing", "/static/console.css", "/static/none.js", "/metrics", "/api/events"]
)
async def test_every_answer_has_the_headers(stage: Stage, client: ClientSession, path: str) -> None:
    async with client.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "aiohttp" not in answer.headers["Server"]
        assert answer.headers["Cache-Control"] == ("no-store" if path.startswith("/api/") else "no-cache")


async def test_metrics_are_plain(stage: Stage, client: ClientSession) -> None:
    async with client.get("/metrics") as answer:
        assert answer.content_type == "text/plain"
        assert b"nabat_up 1" in await answer.read()


@pytest.mark.parametrize("path", ["/nothing", "/api/nothing", "/static/../app.py", "/static/%2e%2e/app.py", "/static/"])
async def test_nothing_else_is_served(stage: Stage, client: ClientSession, path: str) -> None:
    async with client.get(path) as answer:
        assert answer.status in (403, 404)
        assert set(await answer.json()) == {"error", "hint"}
    async with client.delete("/api/status") as answer:
        assert (answer.status, (await answer.json())["error"]) == (405, "Так сюда обращаться нельзя")


class Broken:
    def __init__(self, error: Exception) -> None:
        self.error = error

    async def query(self, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        raise self.error


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [(RetryableError("host db1 down"), 503, "Хранилище не отвечает"), (ValueError("secret_column"), 500, "Внутренняя ошибка")],
)
async def test_errors_tell_nothing_of_the_inside(
    stage: Stage, caplog: pytest.LogCaptureFixture, error: Exception, status: int, told: str
) -> None:
    await stage.stop()
    stage.deps = replace(stage.deps, reader=Broken(error))
    await stage.start()
    with caplog.at_level(logging.WARNING, "nabat.console"):
        async with ClientSession(stage.url) as client, client.get("/api/status") as answer:
            text = await answer.text()
            assert (answer.status, told in text) == (status, True)
    assert str(error) not in text
    assert str(error) in caplog.text
