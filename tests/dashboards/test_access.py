"""Every route and action times every role, a machine's token and nobody; signing in; what a foreign page or a guesser can't do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import orjson
import pytest
from aiohttp import ClientSession, CookieJar

from dashboards.console.gate import CSRF, PUBLIC, RIGHTS, Gate
from monitor.model.rows import DeliveryRow
from monitor.model.watch import ActionKind
from monitor.people import accounts as people
from monitor.people.accounts import Accounts
from monitor.people.attempts import FREE
from monitor.people.audit import Audit
from monitor.people.roles import PEOPLE, Right, Role
from monitor.people.roles import RIGHTS as OF_ROLES
from tests.dashboards.conftest import Stage
from tests.dashboards.world import REGION, alert

PASSWORD = "correct horse battery"
NOBODY = "nobody"
EVERYBODY = (*PEOPLE, "machine", NOBODY)
MAY: dict[str, set[Right]] = {
    "operator": {"see", "answer", "close", "correct", "export"},
    "curator": {"see", "answer", "correct", "export"},
    "head": {"see", "answer", "close", "export"},
    "administrator": {"see", "answer", "close", "correct", "figures", "deliver", "export"},
    "machine": {"see", "figures"},
    NOBODY: set(),
}
"""Written out a second time: what a change of the table has to be changed with."""
NEEDED: dict[ActionKind, Right] = {
    "not_appeal": "correct",
    "split": "correct",
    "join": "correct",
    "apart": "correct",
    "resolve": "close",
    "reopen": "close",
    "acknowledge": "answer",
    "claim": "answer",
    "release": "answer",
    "snooze": "answer",
    "task": "answer",
    "accept": "answer",
    "close": "close",
}


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost nothing: how dear they are is not what is tested here."""
    from argon2 import PasswordHasher

    monkeypatch.setattr(people, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    hashed = people._HASHER.hash("nobody's password")
    monkeypatch.setattr(people, "_nobody", lambda: hashed)


class Desk:
    """The console with one account of each role, and ways in."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        self.folder = folder
        self.accounts = Accounts(folder)
        for role in PEOPLE:
            self.accounts.add(role, role, PASSWORD, [])
        self.token = self.accounts.add_token("administrator", "prometheus")
        self.opened: dict[str, tuple[ClientSession, dict[str, str]]] = {}

    async def of(self, who: str) -> tuple[ClientSession, dict[str, str]]:
        """A client and the headers of a change."""
        if who not in self.opened:
            session = ClientSession(self.stage.url, cookie_jar=CookieJar(unsafe=True))
            self.opened[who] = session, {}
            if who == "machine":
                session.headers["Authorization"] = f"Bearer {self.token}"
            elif who != NOBODY:
                async with session.post("/api/sign-in", json={"login": who, "password": PASSWORD}) as answer:
                    assert answer.status == 200, await answer.text()
                    self.opened[who] = session, {CSRF: (await answer.json())["csrf"]}
        return self.opened[who]

    def audit(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in (self.folder / "audit.jsonl").read_bytes().splitlines()]


@pytest.fixture
async def desk(stage: Stage, tmp_path: Path, cheap: None) -> AsyncIterator[Desk]:
    await stage.stop()
    found = Desk(stage, tmp_path / "people")
    stage.deps = replace(stage.deps, gate=Gate(found.accounts, Audit(found.folder), stage.clock))
    await stage.start()
    yield found
    for session, _ in found.opened.values():
        await session.close()


def test_the_table_is_what_it_is_meant_to_be() -> None:
    assert {role: set(rights) for role, rights in OF_ROLES.items()} == {role: MAY[role] for role in get_args(Role)}
    assert set(NEEDED) == set(get_args(ActionKind))


async def test_every_route_is_in_the_table_and_every_role_gets_what_is_its_own(desk: Desk) -> None:
    assert desk.stage.runner is not None
    routes = {
        (route.method, route.resource.canonical)
        for route in desk.stage.runner.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    assert routes == set(RIGHTS) | PUBLIC
    for (method, path), right in sorted(RIGHTS.items()):
        for who in EVERYBODY:
            if path == "/api/sign-out":
                continue
            session, headers = await desk.of(who)
            url = path.replace("{id}", "none").replace("{name}", "none").replace("{kind}", "csv")
            url += {"/api/deliveries": "?alert=x", "/api/search": "?words=x"}.get(path, "")
            body = orjson.dumps({"kind": "claim", "region": REGION, "subject": "a", "based_on": "1"})
            sent = {**headers, "Content-Type": "application/json"} if method == "POST" else {}
            async with session.request(method, url, data=body if method == "POST" else None, headers=sent) as answer:
                allowed = right in MAY[who]
                refused = 401 if who == NOBODY else 403
                assert (answer.status == refused) != allowed, (method, path, who, answer.status)
                assert allowed == (answer.status in (200, 404)), (method, path, who, answer.status)


async def test_every_action_times_every_role(desk: Desk) -> None:
    for kind, right in NEEDED.items():
        for who in EVERYBODY:
            session, headers = await desk.of(who)
            before = len(desk.stage.actions)
            asked = {"kind": kind, "region": REGION, "subject": "a1", "based_on": "1", "minutes": 60, "reason": " учения\n идут "}
            async with session.post("/api/actions", json=asked, headers=headers) as answer:
                allowed = right in MAY[who]
                assert answer.status == (200 if allowed else 401 if who == NOBODY else 403), (kind, who)
            assert len(desk.stage.actions) - before == allowed
            if allowed:
                done = desk.stage.actions[-1]
                assert (done.actor, done.kind, bool(done.until)) == (who, kind, kind == "snooze")
                assert done.reason == ("учения идут" if kind in ("close", "resolve") else "")
                assert desk.audit()[-1] | {"address": ""} == {
                    "at": desk.stage.clock.now(), "who": who, "what": "acted", "about": f"{kind} a1", "address": "",
                }  # fmt: skip
    assert {(line["who"], line["what"]) for line in desk.audit()} >= {("head", "refused"), ("administrator/prometheus", "refused")}


async def test_a_curator_acts_on_what_is_theirs(desk: Desk) -> None:
    row = alert("al-1", "urgent", level="urgent")
    await desk.stage.write([row])
    desk.accounts.add("narrow", "curator", PASSWORD, ["elsewhere"])
    desk.accounts.add("mine", "curator", PASSWORD, [row.territory])
    for who, status in (("narrow", 403), ("mine", 200)):
        session, headers = await desk.of(who)
        asked = {"kind": "claim", "region": REGION, "subject": "al-1", "based_on": "1"}
        async with session.post("/api/actions", json=asked, headers=headers) as answer:
            assert answer.status == status, who


async def test_a_change_needs_the_sessions_secret(desk: Desk) -> None:
    session, _ = await desk.of("operator")
    asked = {"kind": "claim", "region": REGION, "subject": "a", "based_on": "1"}
    for headers in ({}, {CSRF: ""}, {CSRF: "x" * 32}):
        async with session.post("/api/actions", json=asked, headers=headers) as answer:
            assert answer.status == 403
    assert desk.stage.actions == []
    cookie = next(iter(session.cookie_jar))
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")


async def test_wrong_passwords_are_told_apart_from_nothing_and_slowed_down(desk: Desk) -> None:
    session, _ = await desk.of(NOBODY)
    said = set()
    for login in ("operator", "no-such-user"):
        for _ in range(FREE):
            async with session.post("/api/sign-in", json={"login": login, "password": "wrong password"}) as answer:
                assert answer.status == 401
                said.add(await answer.text())
    assert len(said) == 1
    right = {"login": "operator", "password": PASSWORD}
    async with session.post("/api/sign-in", json=right) as answer:
        assert answer.status == 429
    async with session.post("/api/sign-in", json={"login": "head", "password": PASSWORD}) as answer:
        assert answer.status == 200
    desk.stage.clock.set(desk.stage.clock.now() + 31_000)
    async with session.post("/api/sign-in", json=right) as answer:
        assert answer.status == 200
    async with session.post("/api/sign-in", json={"login": PASSWORD, "password": "operator"}) as answer:
        assert answer.status == 401
    text = (desk.folder / "audit.jsonl").read_text()
    tried = [one["who"] for line in text.splitlines() if (one := orjson.loads(line))["what"] == "sign_in_failed"]
    assert set(tried) == {"operator", "?"}
    assert PASSWORD not in text
    assert "wrong password" not in text + (desk.folder / "users.json").read_text()


async def test_a_session_ends(desk: Desk) -> None:
    async def status(who: str) -> int:
        session, _ = await desk.of(who)
        async with session.get("/api/region") as answer:
            return answer.status

    assert [await status(who) for who in ("operator", "head", "curator", "machine")] == [200] * 4
    desk.accounts.change("operator", lambda account: setattr(account, "disabled", True))
    desk.accounts.change("head", lambda account: setattr(account, "stamp", "new password"))
    desk.accounts.change("administrator", lambda account: setattr(account, "disabled", True))
    session, headers = await desk.of("curator")
    async with session.post("/api/sign-out", json={}, headers=headers) as answer:
        assert answer.status == 200
    assert [await status(who) for who in ("operator", "head", "curator", "machine")] == [401] * 4
    (desk.folder / "users.json").unlink()
    assert await status(NOBODY) == 401


async def test_a_disabled_user_sees_no_further_events(desk: Desk) -> None:
    session, _ = await desk.of("operator")
    async with session.get("/api/events") as stream:
        assert stream.status == 200
        await stream.content.readuntil(b"\n\n")
        desk.accounts.change("operator", lambda account: setattr(account, "disabled", True))
        await desk.stage.tell(alert("al-9", "urgent", level="urgent"))
        async with asyncio.timeout(10):
            rest = await stream.content.read()
    assert b"al-9" not in rest


async def test_without_accounts_the_page_is_this_machines_alone(stage: Stage, tmp_path: Path) -> None:
    await stage.stop()
    gate = Gate(Accounts(tmp_path / "none"), Audit(tmp_path / "none"), stage.clock)
    stage.deps = replace(stage.deps, gate=gate, hosts=frozenset({"nabat.example"}))
    await stage.start()
    async with ClientSession(stage.url) as session:
        for host, status in (("127.0.0.1", 200), ("nabat.example", 401), ("evil.example", 421)):
            async with session.get("/api/region", headers={"Host": host}) as answer:
                assert answer.status == status, host
        async with session.get("/api/me") as answer:
            assert (await answer.json())["local"] is True


async def test_destinations_that_are_not_reached_are_on_the_banner(stage: Stage) -> None:
    at = stage.clock.now()
    row = DeliveryRow(
        "m1", REGION, 0, "duty-chat", "telegram", "alert", "a1", "fired", "urgent", "queued", False, at - 600_000, "", "", "", "{}", 1
    )
    tried = row._replace(attempt=1, status="failed", at=at - 60_000, reason="forbidden", payload="")
    well = row._replace(id="m2", destination="mail", status="sent")
    fresh = row._replace(id="m3", destination="sms", at=at)
    await stage.write([row, tried, well, well._replace(attempt=1), fresh])
    async with ClientSession(stage.url) as session, session.get("/api/status") as answer:
        banners = [one for one in (await answer.json())["banners"] if one["state"] == "undelivered"]
    assert [[source["id"], source["age"]] for one in banners for source in one["sources"]] == [["duty-chat", 600]]
    assert banners[0]["sources"][0]["error"] == "нет доступа: проверьте ключ и адрес"
