"""The HTTP client of all adapters, over aiohttp.

Each bound holds in one place. Where: every socket is made by ``_socket``, which looks at the very address that it will be connected
to, so it does not matter how the address was written or what a name resolved to the moment before. When: one time-out around
everything from the wait for a connection to the last byte. How much: bytes are unpacked in steps, and headers counted by aiohttp.
How often: aiohttp's own repetition of a request on a broken kept connection is prevented, since each request has been booked once.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import aiohttp
import orjson
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from monitor import __version__
from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.http.addresses import Network, permitted
from sources.http.unpack import Body, Damaged, TooLarge
from sources.wire import Answer

USER_AGENT: Final = f"nabat/{__version__}"
# Long polls hold their connection, and a busy network has a few dozen requests under way.
_CONNECTIONS: Final = 256
_CONNECTIONS_A_HOST: Final = 64
# Names of dead hosts take long to fail; a pool of their own keeps them from holding up the log's threads.
_LOOKUPS: Final = 8
_HEADERS: Final = 128
_HEADER_BYTES: Final = 8_190

Lookup = Callable[..., Sequence[tuple[Any, ...]]]
"""socket.getaddrinfo, or what stands for it in a test."""


@dataclass(slots=True, frozen=True)
class HttpSettings:
    """``allow``: networks that may be asked though they are not public. ``timeout`` in seconds, ``limit`` in bytes unpacked.

    ``proxy`` (``http://host:port``, empty: none) gets all requests; then it is the proxy that must refuse names which only it can
    resolve. Nothing is taken from the environment.
    """

    allow: tuple[Network, ...] = ()
    timeout: float = 20.0
    limit: int = 10_000_000
    proxy: str = ""


class _Forbidden(OSError):
    """The socket would have been connected to an address that may not be asked."""


class _Resolver(AbstractResolver):
    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._pool = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="lookup")

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        call = partial(self._lookup, host, port, family=family, type=socket.SOCK_STREAM)
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._pool, call)
        except UnicodeError:
            raise OSError("no name of a host") from None
        return [
            ResolveResult(hostname=host, host=address[0], port=port, family=kind, proto=proto, flags=socket.AI_NUMERICHOST)
            for kind, _, proto, _, address in found
        ]

    async def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


class HttpClient:
    """Fulfils sources.wire.Http. Made anywhere, used in one event loop, closed there."""

    def __init__(self, settings: HttpSettings, lookup: Lookup = socket.getaddrinfo) -> None:
        self._settings = settings
        self._resolver = _Resolver(lookup)
        self._session: aiohttp.ClientSession | None = None

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        limit: int | None = None,
    ) -> Answer:
        return await self._ask("GET", url, params, headers, None, timeout, limit)

    async def post(
        self,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        json: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        limit: int | None = None,
    ) -> Answer:
        if form is not None and json is not None:
            raise ValueError("a request has a form or JSON, not both")
        data: Any = form
        if json is not None:
            data = orjson.dumps(json)
            headers = {"Content-Type": "application/json", **(headers or {})}
        return await self._ask("POST", url, params, headers, data, timeout, limit)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
        await self._resolver.close()

    async def _ask(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        data: Any,
        timeout: float | None,
        limit: int | None,
    ) -> Answer:
        target = _target(url)
        host = target.host or ""
        seconds = self._settings.timeout if timeout is None else timeout
        try:
            async with asyncio.timeout(seconds):
                if self._settings.proxy:
                    await self._check_behind_proxy(host, target.port or 0)
                request = self._open().request(method, target, params=params, headers=headers, data=data, allow_redirects=False)
                async with request as response:
                    body = await _read(response, host, self._settings.limit if limit is None else limit)
        except TimeoutError:
            raise SourceUnavailable(f"{host}: не ответил полностью за {seconds:g} с") from None
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            raise SourceRefused(f"{host}: такой адрес не опрашивается") from None
        except (aiohttp.ClientError, OSError) as error:
            raise _said(error, host) from None
        found: dict[str, str] = {}
        for name, value in response.headers.items():
            name, value = name.lower(), value.encode("utf-8", "replace").decode()
            found[name] = f"{found[name]}, {value}" if name in found else value
        return Answer(response.status, found, body, str(target.with_user(None).with_query(None).with_fragment(None)))

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=_CONNECTIONS,
                limit_per_host=_CONNECTIONS_A_HOST,
                resolver=self._resolver,
                socket_factory=self._socket,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                proxy=self._settings.proxy or None,
                auto_decompress=False,
                max_line_size=_HEADER_BYTES,
                max_field_size=_HEADER_BYTES,
                max_headers=_HEADERS,
                middlewares=(_once,),
            )
        return self._session

    def _socket(self, info: tuple[Any, ...]) -> socket.socket:
        family, kind, proto, _, address = info
        # Behind a proxy all sockets are the proxy's, which the configuration names.
        if not self._settings.proxy and not permitted(address[0], self._settings.allow):
            raise _Forbidden("address not permitted")
        return socket.socket(family, kind, proto)

    async def _check_behind_proxy(self, host: str, port: int) -> None:
        """What can be told here is refused here; a name that only the proxy resolves is the proxy's to judge."""
        try:
            found = await self._resolver.resolve(host, port)
        except OSError:
            return
        if not all(permitted(address["host"], self._settings.allow) for address in found):
            raise _Forbidden


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Errors that aiohttp would answer by asking again leave it as one that it does not know."""
    try:
        return await handler(request)
    except (aiohttp.ClientError, OSError) as error:
        if isinstance(error, TimeoutError):
            raise
        raise _said(error, request.url.host or "") from None


async def _read(response: aiohttp.ClientResponse, host: str, limit: int) -> bytes:
    try:
        if (response.content_length or 0) > limit:
            raise TooLarge
        body = Body(response.headers.get("Content-Encoding", ""), limit)
        async for chunk in response.content.iter_any():
            body.feed(chunk)
        return body.end()
    except TooLarge:
        raise SourceUnavailable(f"{host}: ответ больше {limit} байт") from None
    except Damaged:
        raise SourceUnavailable(f"{host}: сжатый ответ повреждён") from None


def _target(url: str) -> URL:
    try:
        target = URL(url)
        if target.scheme not in ("http", "https") or not target.host:
            raise ValueError
    except ValueError:
        raise SourceRefused("неверный адрес: нужен полный, с http:// или https://") from None
    return target


def _said(error: Exception, host: str) -> SourceRefused | SourceUnavailable:
    """What people are told of it: never more than the host, for tokens stand in all other parts of a request."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, _Forbidden):
        return SourceRefused(f"{host}: внутренний адрес, опрашивать его не разрешено (networks.allow_private)")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return SourceUnavailable(f"{host}: имя не найдено")
    if isinstance(error, aiohttp.ClientSSLError):
        return SourceUnavailable(f"{host}: нет доверия сертификату или защищённому соединению")
    if isinstance(error, aiohttp.ClientConnectorError):
        return SourceUnavailable(f"{host}: нет соединения")
    if isinstance(error, aiohttp.ClientPayloadError):
        return SourceUnavailable(f"{host}: ответ оборвался")
    if isinstance(error, aiohttp.ClientResponseError):
        return SourceUnavailable(f"{host}: ответ не по правилам HTTP")
    return SourceUnavailable(f"{host}: соединение оборвалось")
