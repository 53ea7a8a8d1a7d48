"""Four evenings of the demo's region: a burst main, a snowfall, an old text passed on sixty times, and a source outage.

One flash, one notice, nothing and nothing; also if watch is killed and begins anew in between.
"""

from __future__ import annotations

from functools import cache

from monitor.cli.demo_scenes import happenings
from monitor.model.rows import AlertRow
from tests.monitor.watch.evenings import MINUTE, START, Evening, region, rows, told

AT = START + 18 * MINUTE


@cache
def quiet() -> dict[str, AlertRow]:
    return told(rows(Evening().log()))


def scene(name: str) -> Evening:
    """As in the demo, in a region that writes less."""
    found = happenings(name, region(), Evening().world().sources, AT, size=80)
    return Evening(found.bursts, found.surges, found.scenes)


def beyond(evening: Evening) -> list[tuple[str, str, str]]:
    """What people are told of beyond a quiet evening; single voices about dangers are there on any."""
    found = told(rows(evening.log()))
    more = [one for one in found.values() if one.id not in quiet() and (one.kind != "urgent" or one.level == "flash")]
    return [(one.level, one.group, one.title) for one in more]


def test_a_quiet_evening_has_no_spikes_topics_and_catastrophes() -> None:
    assert [one.title for one in quiet().values() if one.kind != "urgent" or one.level == "flash"] == []


def test_a_burst_main_is_one_flash_also_after_restarts() -> None:
    log = scene("main").log()
    found = rows(log)
    (flash,) = [one for one in told(found).values() if one.level == "flash" or one.kind != "urgent"]
    assert flash.group == "housing"
    # Both findings are in it: the incident and the spike, with its series for the card.
    assert flash.incident
    assert "|group|housing" in flash.subject
    assert rows(log, 301) == found


def test_a_snowfall_is_one_notice_for_the_region() -> None:
    ((level, group, title),) = beyond(scene("snow"))
    assert (level, group) == ("notice", "roads")
    assert "Самарская область" in title


def test_an_old_text_passed_on_sixty_times_is_nothing() -> None:
    assert beyond(scene("repost")) == []


def test_an_outage_with_its_catch_up_is_nothing() -> None:
    assert beyond(Evening(dark=(START + 20 * MINUTE, START + 80 * MINUTE))) == []
