"""Four evenings of the demo's region: a burst main, a snowfall, an old text passed on sixty times, and a source outage.

One flash, one notice, nothing and nothing; also if watch is killed and begins anew in between.
"""

from __future__ import annotations

from functools import cache

from monitor.model.rows import AlertRow
from sources.simulated.events import Burst, Scene, Surge
from tests.monitor.watch.evenings import END, HOUR, MINUTE, START, Evening, rows, told

TEXT = "Вторую неделю не вывозят мусор во дворе на улице Мира, дом 5, контейнеры переполнены, всё разлетается, {}!"
CITY = "go-tolyatti"


@cache
def quiet() -> dict[str, AlertRow]:
    return told(rows(Evening().log()))


def beyond(evening: Evening) -> list[tuple[str, str, str]]:
    """What people are told of beyond a quiet evening; single voices about dangers are there on any."""
    found = told(rows(evening.log()))
    more = [one for one in found.values() if one.id not in quiet() and (one.kind != "urgent" or one.level == "flash")]
    return [(one.level, one.group, one.title) for one in more]


def passed_on(count: int) -> list[Scene]:
    """An old complaint, and the same text in many communities an hour later: each second time with another word."""
    sites = [source.id for source in Evening().world().sources if source.kind == "community"]
    again = [
        Scene(
            START + 20 * MINUTE + number * 30_000,
            sites[number % len(sites)],
            f"again{number}",
            TEXT.format("помогите" if number % 2 else "помогите люди добрые"),
            group="waste",
            territory=CITY,
            duplicate_of="old",
        )
        for number in range(count)
    ]
    return [Scene(START - 20 * MINUTE, sites[0], "old", TEXT.format("помогите"), group="waste", territory=CITY), *again]


def test_a_quiet_evening_has_no_spikes_topics_and_catastrophes() -> None:
    assert [one.title for one in quiet().values() if one.kind != "urgent" or one.level == "flash"] == []


def test_a_burst_main_is_one_flash_also_after_restarts() -> None:
    evening = Evening(bursts=[Burst(START + 20 * MINUTE, "housing", size=80, minutes=90, territory=CITY, id="main")])
    log = evening.log()
    found = rows(log)
    (flash,) = [one for one in told(found).values() if one.level == "flash" or one.kind != "urgent"]
    assert flash.group == "housing"
    # Both findings are in it: the incident and the spike, with its series for the card.
    assert flash.incident
    assert "|group|housing" in flash.subject
    assert rows(log, 301) == found


def test_a_snowfall_is_one_notice_for_the_region() -> None:
    ((level, group, title),) = beyond(Evening(surges=[Surge(START + 20 * MINUTE, END + HOUR, "roads", 4.0)]))
    assert (level, group) == ("notice", "roads")
    assert "Самарская область" in title


def test_an_old_text_passed_on_sixty_times_is_nothing() -> None:
    assert beyond(Evening(scenes=passed_on(60))) == []


def test_an_outage_with_its_catch_up_is_nothing() -> None:
    assert beyond(Evening(dark=(START + 20 * MINUTE, START + 80 * MINUTE))) == []
