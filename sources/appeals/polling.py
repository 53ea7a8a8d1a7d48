"""Appeals from an HTTP endpoint that another system offers: address, paging and fields are those of its mapping file."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import msgspec

from monitor.model.errors import SourceRefused, SourceUnavailable
from monitor.model.post import Page
from monitor.model.source import Source
from sources.appeals.document import BadFile, items, parse
from sources.appeals.form import Form, within
from sources.appeals.mapping import Endpoint, Intake
from sources.appeals.taking import take
from sources.base import Fetched
from sources.http.after import retry_after
from sources.paging import split
from sources.wire import Answer, Booking, Budget, Http

METHOD: Final = "appeals"
_TROUBLE: Final = 60.0
_PAGES: Final = 10_000
"""Of one round: an endpoint that never ends would never be asked for what is new, and nobody would see it."""


class _Mark(msgspec.Struct, omit_defaults=True):
    """The cursor. ``since``: when the last whole round began (ms); ``began``: when this one did, ``next``: its next page, the
    ``number`` th; ``last``: a digest of the page before, for endpoints that give the last page again and again."""

    since: int = 0
    began: int = 0
    next: str = ""
    number: int = 0
    last: str = ""


class Poller:
    """Asks one endpoint, a page a call; a round ends with the last page, the next one asks for what has changed since it began."""

    def __init__(self, source: Source, intake: Intake, form: Form, http: Http, budget: Budget) -> None:
        assert intake.endpoint is not None
        self._source = source
        self._said: Endpoint = intake.endpoint
        self._intake = intake
        self._form = form
        self._http = http
        self._budget = budget
        self._host = urlsplit(self._said.url).hostname or ""

    async def fetch(self, cursor: str, now: int) -> Fetched:
        mark = _decode(cursor)
        began = mark.began or now
        answer = await self._ask(mark, began, now)
        document, found = self._read(answer)
        posts, broken = take(self._form, found, now)
        after = self._after(mark, began, document, answer.body, len(found))
        page = Page(
            source=self._source.id,
            region=self._source.region,
            network="appeal",
            fetched_at=now,
            covered_until=0 if after.began else began,
            cursor=msgspec.json.encode(after, order="deterministic").decode(),
            posts=posts,
        )
        more = bool(after.began)
        return Fetched(split(page, cursor), more=more, wait=0.0 if more else float(self._said.poll_seconds), broken=broken)

    async def _ask(self, mark: _Mark, began: int, now: int) -> Answer:
        said = self._said
        address = mark.next if "://" in mark.next else said.url
        query = {} if "://" in mark.next else self._query(mark, began)
        booking = await self._budget.book(METHOD, (said.token,) if said.token else (), key=self._host)
        headers = {"accept": "application/json"}
        if said.token:
            headers[said.header] = f"{said.prefix}{booking.value}"
        try:
            if said.method == "GET":
                answer = await self._http.get(address, params=query, headers=headers)
            else:
                answer = await self._http.post(address, json=query, headers=headers)
        except BaseException:
            await self._budget.tell(booking, METHOD, "failed")
            raise
        await self._judge(answer, booking, now)
        return answer

    def _query(self, mark: _Mark, began: int) -> dict[str, str]:
        said = self._said
        query = dict(said.query)
        if said.since and mark.since:
            query[said.since] = self._written(max(0, mark.since - said.overlap_seconds * 1000))
        if said.page:
            query[said.page] = mark.next or str(said.first_page)
        if said.page and said.next and not mark.next:
            # The first page of a system that names the next one has no name.
            del query[said.page]
        return query

    def _written(self, at: int) -> str:
        form = self._said.since_format
        if form in ("unix", "ms"):
            return str(at // 1000 if form == "unix" else at)
        return datetime.fromtimestamp(at // 1000, UTC).astimezone(self._intake.zone).strftime(form)

    async def _judge(self, answer: Answer, booking: Booking, now: int) -> None:
        """Tells the budget how it ended; raises what is no answer."""
        status, host, wait = answer.status, self._host, retry_after(answer.headers, now)
        if status == 200:
            return await self._budget.tell(booking, METHOD, "ok")
        if status == 429:
            await self._budget.tell(booking, METHOD, "rate", wait)
            raise SourceUnavailable(f"{host}: просит спрашивать реже", retry_after=wait or _TROUBLE)
        if status == 401 and self._said.token:
            await self._budget.tell(booking, METHOD, "dead")
            raise SourceRefused(f"{host}: токен {booking.name} не принят; проверьте его")
        await self._budget.tell(booking, METHOD, "failed", wait)
        if status in (401, 403):
            raise SourceRefused(f"{host}: ответ {status}")
        if status in (404, 410):
            raise SourceRefused(f"{host}: ответ {status}", state="gone")
        if 300 <= status < 400:
            raise SourceRefused(f"{host}: отправляет на другой адрес ({status}); впишите его в описание")
        raise SourceUnavailable(f"{host}: ответ {status}", retry_after=wait or _TROUBLE)

    def _read(self, answer: Answer) -> tuple[Any, list[Any]]:
        try:
            document = parse(answer.body)
            return document, items(document, self._said.items)
        except BadFile as error:
            raise SourceUnavailable(f"{self._host}: {error}", retry_after=_TROUBLE) from None

    def _after(self, mark: _Mark, began: int, document: Any, body: bytes, count: int) -> _Mark:
        """Where the next call goes on: at the next page, or with a new round."""
        said, number = self._said, mark.number + 1
        following = ""
        if said.next:
            value = within(document, said.next)
            following = str(value) if isinstance(value, str | int) and value is not True and value is not False else ""
            if "/" in following:
                following = urljoin(said.url, following)
        elif said.page and count:
            following = str(said.first_page + number)
        last = hashlib.blake2b(body, digest_size=6).hexdigest()
        if not following:
            return _Mark(since=began)
        if number >= _PAGES:
            raise SourceRefused(f"{self._host}: больше {_PAGES} страниц; сузьте запрос в query описания")
        if following == mark.next or (last == mark.last and not said.next):
            if said.next:
                raise SourceUnavailable(f"{self._host}: следующая страница — та же самая", retry_after=_TROUBLE)
            return _Mark(since=began)
        if "://" in following and _origin(following) != _origin(said.url):
            raise SourceRefused(f"{self._host}: следующая страница на чужом узле, которому токен отдавать нельзя")
        return _Mark(mark.since, began, following, number, last)


def _origin(address: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname, parts.port
    except ValueError:
        return "", None, None


def _decode(cursor: str) -> _Mark:
    try:
        return msgspec.json.decode(cursor, type=_Mark) if cursor else _Mark()
    except msgspec.DecodeError:
        return _Mark()
