"""Where ClickHouse is, and clients for it: embedded in this process (chDB) or a server over HTTP, by the target alone.

A client serialises its queries, so each thread gets its own. Nothing else in the package knows which kind it talks to.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from monitor.model.errors import ConfigError
from sinks.clickhouse import ownership

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PORTS = {"http": 8123, "https": 8443}

CONNECT_SECONDS = 10
"""A server that does not accept a connection in this time counts as down; its queries may take ``Target.timeout``."""


@dataclass(frozen=True, slots=True)
class Target:
    """Either ``path`` (a data folder of this process) or ``url`` (``http[s]://host[:port][/path]``), and a database there.

    ``timeout``: seconds that a request may take, at least one. The server's own limit is set below it (``server_timeout``), so that a
    request that the client has given up is not still running. Raises ConfigError.
    """

    path: str = ""
    url: str = ""
    database: str = "nabat"
    user: str = "default"
    password: str = field(default="", repr=False)
    timeout: float = 30.0

    def __post_init__(self) -> None:
        problems = []
        if bool(self.path) == bool(self.url):
            problems.append("clickhouse: give either a data folder or a url, not both and not neither")
        if self.url and (urlsplit(self.url).scheme not in _PORTS or not urlsplit(self.url).hostname):
            problems.append(f"clickhouse: {self.url!r} is no http:// or https:// address")
        if not _IDENTIFIER.fullmatch(self.database):
            problems.append(f"clickhouse: {self.database!r} can't name a database; use letters, digits and _")
        if self.timeout < 1:
            problems.append("clickhouse: timeout must be at least one second")
        if problems:
            raise ConfigError(problems)

    @property
    def embedded(self) -> bool:
        return bool(self.path)

    @property
    def server_timeout(self) -> float:
        return self.timeout * 0.8


class Clients:
    """Gives each thread its own client of ``target`` with ``settings``; ``database=False`` connects before there is a database.

    Raises ConfigError for a data folder that another process owns; whatever else fails is the driver's own exception.
    """

    def __init__(self, target: Target, settings: Mapping[str, str | int | float] | None = None, *, database: bool = True) -> None:
        self.target = target
        self._settings = {"max_execution_time": target.server_timeout, **(settings or {})}
        self._database = target.database if database else None
        self._local = threading.local()
        self._guard = threading.Lock()
        self._opened: list[Client] = []
        self._folder = ""

    def get(self) -> Client:
        """The calling thread's client, opened at first use."""
        client: Client | None = getattr(self._local, "client", None)
        if client is None:
            with self._guard:
                client = self._open()
                self._opened.append(client)
            self._local.client = client
        return client

    def _open(self) -> Client:
        target = self.target
        if target.embedded:
            if not self._folder:
                self._folder = ownership.acquire(target.path)
            return clickhouse_connect.get_client(
                interface="chdb", path=self._folder, database=self._database, settings=dict(self._settings)
            )
        url = urlsplit(target.url)
        return clickhouse_connect.get_client(
            interface=url.scheme,
            host=url.hostname or "",
            port=url.port or _PORTS[url.scheme],
            proxy_path=url.path,
            username=target.user,
            password=target.password,
            database=self._database or "default",
            settings=dict(self._settings),
            connect_timeout=min(CONNECT_SECONDS, math.ceil(target.timeout)),
            send_receive_timeout=math.ceil(target.timeout),
            # A session lives on one server and refuses a second query while the first one hangs.
            autogenerate_session_id=False,
            # Lists of ids as parameters are longer than proxies let a URL be.
            form_encode_query_params=True,
        )

    def close(self) -> None:
        """Closes the clients of all threads. None of them may be in use."""
        with self._guard:
            for client in self._opened:
                client.close()
            self._opened.clear()
            self._local = threading.local()
            if self._folder:
                ownership.release(self._folder)
                self._folder = ""
