"""Signing in and out, and who one is: ``/api/sign-in``, ``/api/sign-out``, ``/api/me``; and what a request is let through for."""

from __future__ import annotations

import msgspec
from aiohttp import web

from dashboards.console.deps import DEPS
from dashboards.console.gate import COOKIE, LOCAL, PUBLIC, RIGHTS, Gate, SignIn, same_secret, set_cookie
from dashboards.console.refusals import Refused, answer
from monitor.people.roles import NAMES, Who

WHO = web.RequestKey("who", object)
"""Who asks: a Who, or None."""

_signing = msgspec.json.Decoder(SignIn)


def admit(request: web.Request) -> None:
    """Notes who asks; raises Refused where they may not. What no route answers is nobody's secret."""
    resource = request.match_info.route.resource
    if resource is None:
        return
    gate = request.app[DEPS].gate
    who = LOCAL if gate is None else gate.who(request)
    request[WHO] = who
    route = ("GET" if request.method == "HEAD" else request.method, resource.canonical)
    if route in PUBLIC:
        return
    if who is None:
        raise Refused(401)
    right = RIGHTS.get(route)
    if right is None or not who.may(right):
        if gate is not None:
            gate.note(request, who, f"{request.method} {resource.canonical}", allowed=False)
        raise Refused(403, "Это вашей роли не разрешено", "Обратитесь к администратору пульта")
    if request.method not in ("GET", "HEAD") and not same_secret(request, who):
        raise Refused(403, "Запрос не с этой страницы", "Обновите страницу и повторите")


def who_of(request: web.Request) -> Who:
    """Who asks, on a route that wants somebody."""
    found = request[WHO]
    if not isinstance(found, Who):
        raise Refused(401)
    return found


def still_admitted(request: web.Request) -> bool:
    """Whether whoever opened a long answer may still see it."""
    gate = request.app[DEPS].gate
    return gate is None or gate.who(request) is not None


def routes() -> list[web.RouteDef]:
    return [web.get("/api/me", _me), web.post("/api/sign-in", _sign_in), web.post("/api/sign-out", _sign_out)]


async def _me(request: web.Request) -> web.Response:
    """``{name, role, role_name, csrf, local}``, or 401 where nobody is signed in. ``local``: there are no accounts."""
    return answer(_told(request, who_of(request)))


async def _sign_in(request: web.Request) -> web.Response:
    """``{login, password}``; as ``/api/me``, and a cookie. 401: wrong; 429: too many attempts."""
    gate = _gate(request)
    try:
        asked = _signing.decode(await request.read())
    except msgspec.MsgspecError:
        raise Refused(400) from None
    who, key, wait = await gate.sign_in(request, asked)
    if wait:
        raise Refused(429, "Слишком много попыток входа", f"Повторите через {wait} с")
    if who is None:
        raise Refused(401, "Неверный логин или пароль", "Проверьте раскладку и повторите")
    response = answer(_told(request, who))
    set_cookie(request, response, key)
    return response


async def _sign_out(request: web.Request) -> web.Response:
    _gate(request).sign_out(request, who_of(request))
    response = answer({})
    response.del_cookie(COOKIE, path="/")
    return response


def _gate(request: web.Request) -> Gate:
    gate = request.app[DEPS].gate
    if gate is None or not gate.closed():
        raise Refused(409, "Входить не нужно", "Пользователей ещё нет: пульт открыт только с этого компьютера")
    return gate


def _told(request: web.Request, who: Who) -> dict[str, object]:
    gate = request.app[DEPS].gate
    local = gate is None or not gate.closed()
    return {"name": who.name, "role": who.role, "role_name": NAMES[who.role], "csrf": who.csrf, "local": local}
