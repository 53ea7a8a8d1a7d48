"""The faults that fakes are given, as the real client meets them: each must be what it says."""

from __future__ import annotations

import pytest
from aiohttp import web

from monitor.model.errors import SourceUnavailable
from sources.standins.counting import Counts
from sources.standins.faults import FAULTS, NOWHERE, Fault, Faults, running
from tests.sources.serving import Patient, client


def application(faults: Faults, done: list[str]) -> web.Application:
    async def handle(request: web.Request) -> web.Response:
        done.append(request.path)
        return web.json_response({"answer": list(range(100))})

    app = web.Application(middlewares=[faults.middleware])
    app.router.add_get("/{path:.*}", handle)
    return app


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_is_what_it_says(fault: Fault) -> None:
    faults = Faults(retry_after=7)
    done: list[str] = []
    faults.plan("", fault, "")
    async with running(application(faults, done)) as url, client() as http:
        whole = (await http.get(url)).body
        if fault in ("hang", "reset", "lost", "cut"):
            with pytest.raises(SourceUnavailable, match=r"не ответил|оборвал"):
                await Patient(http, faults).get(url)
        else:
            got = await http.get(url)
            assert got.body != whole
            assert got.status == {"429": 429, "500": 500, "503": 503, "redirect": 302}.get(fault, 200)
            assert got.headers.get("retry-after") == ("7" if got.status >= 429 else None)
            assert got.headers.get("location") == (NOWHERE if fault == "redirect" else None)
        assert len(done) == (2 if fault in ("lost", "cut", "broken") else 1)
        assert (await http.get(url)).body == whole
    assert faults.seen == {fault: 1}


async def test_faults_are_drawn_with_a_seed() -> None:
    async def statuses(seed: int) -> list[int]:
        faults = Faults(seed=seed, rate=0.5, kinds=("429", "500"))
        async with running(application(faults, [])) as url, client() as http:
            return [(await http.get(url)).status for _ in range(20)]

    assert await statuses(1) == await statuses(1) != await statuses(2)


def test_counting() -> None:
    at = [0.0]
    counts = Counts(lambda: at[0])
    for moment in (0.0, 0.4, 0.9, 1.0, 1.39, 5.0):
        at[0] = moment
        counts.hit("a")
    assert (counts.total("a"), counts.total("b"), counts.most("a", 1.0), counts.most("b", 1.0), counts.within("a", 1.0)) == (
        6,
        0,
        4,
        0,
        1,
    )
