"""Who may ask, and what a browser may do with the answers.

The console listens on the loopback interface and has no passwords, so other web pages in the operator's browser are the danger:
a foreign name that resolves to 127.0.0.1 (DNS rebinding) is stopped by the Host header, a form or script of another origin by
Origin, Sec-Fetch-Site and the content type. Errors are JSON ``{"error", "hint"}`` in Russian and tell nothing of the inside.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from dashboards.console.deps import DEPS
from monitor.model.codec import encode
from monitor.model.errors import RetryableError

BODY_LIMIT = 64 * 1024
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

HEADERS = {
    "Server": "nabat",
    # Trusted types make the browser itself refuse any markup built from strings: post texts are hostile.
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_ERRORS = {
    400: ("Запрос не понят", "Проверьте параметры запроса"),
    403: ("Запрос отклонён", "Откройте пульт по адресу этого компьютера и повторите действие на его странице"),
    404: ("Здесь ничего нет", "Проверьте адрес: возможно, запись удалена"),
    405: ("Так сюда обращаться нельзя", "Обновите страницу"),
    409: ("Запись изменилась", "Посмотрите её нынешнее состояние и решите снова"),
    413: ("Запрос слишком велик", "Предел — 64 кБ"),
    415: ("Ожидается JSON", "Укажите Content-Type: application/json"),
    421: ("Неизвестное имя сервера", "Откройте пульт по адресу 127.0.0.1 или добавьте имя в настройки пульта"),
    503: ("Сервер занят", "Повторите через несколько секунд"),
}
_INTERNAL = ("Внутренняя ошибка", "Повторите; если не помогло — смотрите журнал программы")

_logger = logging.getLogger("nabat.console")


class Refused(Exception):
    """The request ends here: HTTP status, what is wrong, what to do (each defaults to the status's usual words)."""

    def __init__(self, status: int, error: str = "", hint: str = "") -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.hint = hint


def answer(value: Any, status: int = 200) -> web.Response:
    return web.Response(body=encode(value), status=status, content_type="application/json", charset="utf-8")


def failure(status: int, error: str = "", hint: str = "") -> web.Response:
    """An error as the page and other clients get it."""
    usual = _ERRORS.get(status, _INTERNAL)
    return answer({"error": error or usual[0], "hint": hint or usual[1]}, status)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """For ``on_response_prepare``: every answer gets the headers, streams and errors too."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store" if request.path.startswith("/api/") else "no-cache")


def _host_name(value: str) -> str:
    """The name in a Host header without its port; empty if it is none."""
    try:
        return urlsplit(f"//{value}").hostname or ""
    except ValueError:
        return ""


def _check(request: web.Request) -> None:
    host = request.headers.get("Host", "")
    if _host_name(host) not in LOOPBACK | request.app[DEPS].hosts:
        raise Refused(421)
    if not request.path.startswith("/api/"):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Refused(403)
    if request.method != "POST":
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != host:
        raise Refused(403)
    if request.content_type != "application/json":
        raise Refused(415)


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Checks every request and turns every error into an answer that people can read."""
    try:
        _check(request)
        return await handler(request)
    except Refused as refused:
        return failure(refused.status, refused.error, refused.hint)
    except web.HTTPException as error:
        return failure(error.status)
    except RetryableError:
        _logger.warning("the store does not answer: %s %s", request.method, request.path, exc_info=True)
        return failure(503, "Хранилище не отвечает")
    except Exception:  # the last wall: whatever broke, the inside stays inside
        _logger.exception("request failed: %s %s", request.method, request.path)
        return failure(500)
