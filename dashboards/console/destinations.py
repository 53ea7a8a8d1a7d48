"""Trying destinations from the page: ``/api/destinations``, a test message to one, a message of the journal once more."""

from __future__ import annotations

from aiohttp import web

from dashboards.console.access import who_of
from dashboards.console.deps import ConsoleDeps, Trials
from dashboards.console.refusals import Refused, answer


class Destinations:
    """Where delivery runs in another process the list is empty and nothing can be sent from here."""

    def __init__(self, deps: ConsoleDeps) -> None:
        self._deps = deps

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/destinations", self.all),
            web.post("/api/destinations/{name}/test", self.test),
            web.post("/api/deliveries/{id}/resend", self.resend),
        ]

    async def all(self, request: web.Request) -> web.Response:
        """``{destinations: [{name, channel, level, people, waiting, failing}]}``."""
        trials = self._deps.trials
        return answer({"destinations": trials.destinations() if trials is not None else []})

    async def test(self, request: web.Request) -> web.Response:
        """``{id}`` of the message that is queued; what becomes of it is in the journal."""
        return await self._queued(request, "test", request.match_info["name"])

    async def resend(self, request: web.Request) -> web.Response:
        """``{id}`` of the new message, which says that it is a repeat."""
        return await self._queued(request, "resend", request.match_info["id"])

    async def _queued(self, request: web.Request, what: str, subject: str) -> web.Response:
        trials, region = self._trials(), self._deps.profile.id
        found = await (trials.test(region, subject) if what == "test" else trials.resend(region, subject))
        if not found:
            raise Refused(404, "Отправлять некуда или нечего", "Обновите страницу: список адресатов мог измениться")
        if self._deps.gate is not None:
            self._deps.gate.note(request, who_of(request), f"{what} {subject}", allowed=True)
        return answer({"id": found})

    def _trials(self) -> Trials:
        if self._deps.trials is None:
            raise Refused(404, "Доставка работает в другом процессе", "Проверьте адресата командой nabat destinations test")
        return self._deps.trials
