"""Beside the matrix of roles (test_access): wrong credentials, other methods, every action in and outside of a curator's scope."""

from __future__ import annotations

import base64
from typing import Any, get_args

import pytest
from aiohttp import ClientSession, CookieJar

from dashboards.console.api import CORRECTED
from dashboards.console.gate import COOKIE, PUBLIC, RIGHTS
from monitor.model.watch import ActionKind
from monitor.people.accounts import TOKEN
from tests.dashboards.conftest import Stage
from tests.dashboards.test_access import EVERYBODY, MAY, NEEDED, NOBODY, PASSWORD, Desk, cheap, desk
from tests.dashboards.world import DAY, REGION, alert, appeal, incident

__all__ = ["cheap", "desk"]


def address(path: str) -> str:
    return path.replace("{id}", "none").replace("{name}", "none").replace("{kind}", "csv")


def basic(login: str) -> str:
    return "Basic " + base64.b64encode(f"{login}:{PASSWORD}".encode()).decode()


WRONG: dict[str, dict[str, str]] = {
    "no token": {"Authorization": "Bearer "},
    "made up": {"Authorization": f"Bearer {TOKEN}{'A' * 43}"},
    "password as token": {"Authorization": f"Bearer {PASSWORD}"},
    "basic": {"Authorization": basic("administrator")},
    "cookie made up": {"Cookie": f"{COOKIE}={'A' * 43}"},
    "cookie of an account": {"Cookie": f"{COOKIE}=administrator"},
    "many cookies": {"Cookie": "; ".join(f"{COOKIE}={number}" for number in range(100))},
    "said by a proxy": {"X-Forwarded-User": "administrator", "X-Remote-User": "administrator", "X-Forwarded-For": "127.0.0.1"},
    "other method": {"X-HTTP-Method-Override": "GET"},
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG)
async def test_wrong_credentials_open_nothing(desk: Desk, headers: dict[str, str]) -> None:
    async with ClientSession(desk.stage.url) as session:
        for method, path in sorted(RIGHTS):
            body = "{}" if method == "POST" else None
            sent = {**headers, "Content-Type": "application/json"} if body else headers
            async with session.request(method, address(path), data=body, headers=sent) as answer:
                assert answer.status == 401, (method, path)
                assert set(await answer.json()) == {"error", "hint"}
    assert desk.stage.actions == []


async def test_a_token_is_no_more_than_a_machine_and_goes_with_its_account(desk: Desk) -> None:
    session, _ = await desk.of("administrator")
    # Whoever has a session and a token is what the token says: a program gets no rights by a cookie that lies about.
    bearer = {"Authorization": f"Bearer {desk.token}"}
    async with session.get("/api/destinations", headers=bearer) as answer:
        assert answer.status == 403
    async with session.get("/api/me", headers=bearer) as answer:
        assert await answer.json() == {
            "name": "administrator/prometheus", "role": "machine", "role_name": "программа", "csrf": "", "local": False,
        }  # fmt: skip
    fresh = desk.accounts.add_token("administrator", "prometheus")
    for token, status in ((desk.token, 401), (fresh, 200)):
        async with session.get("/metrics", headers={"Authorization": f"Bearer {token}"}) as answer:
            assert answer.status == status
    desk.accounts.change("administrator", lambda account: setattr(account, "disabled", True))
    async with session.get("/metrics", headers={"Authorization": f"Bearer {fresh}"}) as answer:
        assert answer.status == 401


async def test_a_session_ends_with_a_shift_and_with_a_week(desk: Desk) -> None:
    session, headers = await desk.of("operator")

    async def status() -> int:
        async with session.get("/api/region", headers=headers) as answer:
            return answer.status

    clock, began = desk.stage.clock, desk.stage.clock.now()
    for hours in range(11, 7 * 24, 11):
        clock.set(began + hours * 3_600_000)
        assert await status() == 200, hours
    clock.set(began + 7 * DAY + 1)
    assert await status() == 401


@pytest.mark.parametrize("who", EVERYBODY)
async def test_other_methods_do_nothing(desk: Desk, who: str) -> None:
    session, headers = await desk.of(who)
    known = set(RIGHTS) | PUBLIC
    for path in sorted({path for _, path in known}):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            if (method, path) in known or path == "/static":
                continue
            sent = {**headers, "Content-Type": "application/json"}
            async with session.request(method, address(path), data="{}", headers=sent) as answer:
                assert answer.status in (404, 405), (method, path, answer.status)
                assert "Access-Control-Allow-Origin" not in answer.headers
    assert desk.stage.actions == []


async def test_a_head_takes_the_right_of_a_get(desk: Desk) -> None:
    for who, status in (("operator", 403), ("machine", 200), (NOBODY, 401)):
        session, _ = await desk.of(who)
        async with session.head("/metrics") as answer:
            assert answer.status == status, who


async def fill(stage: Stage) -> None:
    """Two of everything: in the district ``avto`` of the body ``heat``, and in the town ``syzran`` of the body ``water``."""
    for name, place, body in (("near", "avto", "heat"), ("far", "syzran", "water")):
        post, found = appeal(f"{name}/1", name, "Нет тепла", territory=place)
        rows: list[Any] = [post, found._replace(body=body), incident(name, territory=place, body=body)]  # type: ignore[call-arg]
        await stage.write([*rows, alert(f"a-{name}", "Опасно", territory=place, incident=name)])


@pytest.mark.parametrize(
    ("scope", "theirs"),
    [
        (["avto"], ["near"]),
        (["togliatti"], ["near"]),
        (["heat"], ["near"]),
        (["water", "heat"], ["near", "far"]),
        ([REGION], ["near", "far"]),
        (["zhigulevsk"], []),
        ([], ["near", "far"]),
    ],
    ids=str,
)
async def test_every_action_in_and_outside_of_a_curators_scope(desk: Desk, scope: list[str], theirs: list[str]) -> None:
    await fill(desk.stage)
    desk.accounts.add("anna", "curator", PASSWORD, scope)
    session, headers = await desk.of("anna")
    subjects = {"appeals": "{}/1", "incidents": "{}", "alerts": "a-{}"}
    for kind in get_args(ActionKind):
        form = subjects[CORRECTED.get(kind, "alerts")]
        for name in ("near", "far", "nothing"):
            asked = {"kind": kind, "region": REGION, "subject": form.format(name), "based_on": "1"}
            async with session.post("/api/actions", json=asked, headers=headers) as answer:
                # Without a scope it is the engine that knows what there is.
                allowed = NEEDED[kind] in MAY["curator"] and (name in theirs or not scope)
                assert answer.status == (200 if allowed else 403), (kind, name)
    for subject, into in (("near", "far"), ("far", "near")):
        asked = {"kind": "join", "region": REGION, "subject": subject, "into": into, "based_on": "1"}
        async with session.post("/api/actions", json=asked, headers=headers) as answer:
            assert answer.status == (200 if theirs == ["near", "far"] else 403)


async def test_a_page_of_another_site_gets_nowhere_with_a_cookie(desk: Desk) -> None:
    session, headers = await desk.of("operator")
    asked = {"kind": "claim", "region": REGION, "subject": "a", "based_on": "1"}
    foreign: tuple[dict[str, str], ...] = (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
    )
    for changes in foreign:
        async with session.post("/api/actions", json=asked, headers={**headers, **changes}) as answer:
            assert answer.status in (403, 421), changes
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        async with session.post("/api/actions", data="{}", headers={**headers, "Content-Type": kind}) as answer:
            assert answer.status == 415
    async with session.get("/api/export/incidents.csv", headers={"Sec-Fetch-Site": "cross-site"}) as answer:
        assert answer.status == 403
    assert desk.stage.actions == []


async def test_a_cookie_of_another_session_does_not_go_with_this_secret(desk: Desk) -> None:
    _, anna = await desk.of("operator")
    boris, _ = await desk.of("head")
    async with boris.post("/api/actions", json={}, headers=anna) as answer:
        assert answer.status == 403
    # A key that somebody put into a browser beforehand is not the one of the session that begins there.
    asked = {"login": "head", "password": PASSWORD}
    async with (
        ClientSession(desk.stage.url, cookie_jar=CookieJar(unsafe=True), cookies={COOKIE: "planted"}) as session,
        session.post("/api/sign-in", json=asked) as answer,
    ):
        assert answer.cookies[COOKIE].value != "planted"
