"""The adapter of the network ``appeal``: each source's address is a mapping file, which says where its appeals come from."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.model.errors import SourceRefused
from monitor.model.post import Page
from monitor.model.source import Source
from monitor.problems import Problems
from sources.appeals.export import Limits
from sources.appeals.form import Form
from sources.appeals.importing import Importer
from sources.appeals.inlet import AppealsInlet
from sources.appeals.mapping import Intake, read_mapping
from sources.appeals.polling import Poller
from sources.base import Fetched
from sources.paging import PAGE_POSTS
from sources.wire import Budget, Http

_WAIT = 60.0


def read_mappings(sources: Iterable[Source], folder: Path, zone: ZoneInfo) -> dict[str, Intake]:
    """The mapping of each source of the network, by its id; addresses are relative to ``folder``. ConfigError with all problems."""
    problems = Problems()
    found: dict[str, Intake] = {}
    names: dict[str, str] = {}
    for source in sources:
        if source.network != "appeal":
            continue
        path = folder / source.address
        intake = read_mapping(path, zone, problems)
        if intake is None:
            continue
        if intake.webhook is not None and names.setdefault(intake.webhook.name, source.id) != source.id:
            problems.add(str(path), 1, f"webhook.name уже у {names[intake.webhook.name]}; каждому источнику нужно своё")
        found[source.id] = intake
    problems.raise_any()
    return found


class AppealsAdapter:
    """Imports, polls, or waits for what is pushed, as each source's mapping says. ``territories``: names by OKTMO code.

    ``http`` and ``budget`` may be None where no source has an endpoint. ``listens``: whether there is a receiver. ``settle``
    (seconds): an exported file that has not changed for so long is whole.
    """

    network = "appeal"

    def __init__(
        self,
        intakes: Mapping[str, Intake],
        author_key: bytes,
        *,
        http: Http | None = None,
        budget: Budget | None = None,
        territories: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        settle: float = 15.0,
        page_posts: int = PAGE_POSTS,
        listens: bool = False,
    ) -> None:
        self._intakes = intakes
        self._key = author_key
        self._http = http
        self._budget = budget
        self._territories = territories or {}
        self._limits = limits or Limits()
        self._settle = settle
        self._page_posts = page_posts
        self._listens = listens
        self._importers: dict[str, Importer] = {}
        self._pollers: dict[str, Poller] = {}

    async def fetch(self, source: Source, cursor: str, now: int) -> Fetched:
        intake = self._intakes.get(source.id)
        if intake is None:
            raise SourceRefused("описание источника не было прочитано при запуске: запустите nabat check", state="gone")
        if intake.files is not None:
            importer = self._importers.get(source.id)
            if importer is None:
                importer = Importer(
                    source,
                    intake.digest,
                    intake.files,
                    self._form(source, intake),
                    self._limits,
                    settle=self._settle,
                    page_posts=self._page_posts,
                )
                self._importers[source.id] = importer
            return await asyncio.to_thread(importer.fetch, cursor, now)
        if intake.endpoint is not None:
            if self._http is None or self._budget is None:
                raise SourceRefused("эта команда адреса не опрашивает")
            poller = self._pollers.get(source.id)
            if poller is None:
                poller = Poller(source, intake, self._form(source, intake), self._http, self._budget)
                self._pollers[source.id] = poller
            return await poller.fetch(cursor, now)
        if not self._listens:
            raise SourceRefused("шлёт нам сам, но слушать некому: задайте push.port")
        # All that was sent has been taken: the sender is told so only then.
        return Fetched([Page(source.id, source.region, self.network, now, covered_until=now, cursor=cursor)], wait=_WAIT)

    def inlets(self, sources: Iterable[Source]) -> list[AppealsInlet]:
        """One for each of the sources that is pushed."""
        pushed = ((source, self._intakes.get(source.id)) for source in sources)
        return [
            AppealsInlet(source, intake.webhook, intake.secrets, self._form(source, intake))
            for source, intake in pushed
            if intake is not None and intake.webhook is not None
        ]

    async def close(self) -> None:
        for importer in self._importers.values():
            importer.close()

    def _form(self, source: Source, intake: Intake) -> Form:
        return Form(source.id, intake, self._key, self._territories)
