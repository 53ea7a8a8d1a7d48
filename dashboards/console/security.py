"""Who may ask, and what a browser may do with the answers.

Who somebody is and may do is the gate's matter (dashboards.console.gate). Here other web pages in the operator's browser are stopped:
a foreign name that resolves to 127.0.0.1 (DNS rebinding) is stopped by the Host header, a form or script of another origin by
Origin, Sec-Fetch-Site and the content type. Errors are JSON ``{"error", "hint"}`` in Russian and tell nothing of the inside.
"""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from dashboards.console.access import admit
from dashboards.console.deps import DEPS
from dashboards.console.names import LOOPBACK, host_name
from dashboards.console.refusals import Refused, failure
from dashboards.console.slow import PATIENCE
from monitor.model.errors import RetryableError

BODY_LIMIT = 64 * 1024

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

_logger = logging.getLogger("nabat.console")


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """For ``on_response_prepare``: every answer gets the headers, streams and errors too."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store" if request.path.startswith("/api/") else "no-cache")


def _check(request: web.Request) -> None:
    host = request.headers.get("Host", "")
    if host_name(host) not in LOOPBACK | request.app[DEPS].hosts:
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
    patience = request.app[PATIENCE]
    try:
        _check(request)
        admit(request)
        await patience.begin(request)
        return await handler(request)
    except Refused as refused:
        return failure(refused.status, refused.error, refused.hint)
    except web.HTTPException as error:
        return failure(error.status)
    except RetryableError:
        _logger.warning("база не отвечает: %s %s", request.method, request.path, exc_info=True)
        return failure(503, "Хранилище не отвечает")
    except Exception:  # the last wall: whatever broke, the inside stays inside
        _logger.exception("запрос не выполнен: %s %s", request.method, request.path)
        return failure(500)
    finally:
        patience.end(request)
