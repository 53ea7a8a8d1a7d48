"""One mention of a rare danger is an alert at once, in its own words, once a cause; jokes, news and old texts are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.config import load
from monitor.model.errors import ConfigError
from monitor.model.incident import Appeal
from monitor.model.rows import AlertRow
from monitor.model.verdict import Place, Urgency, Verdict
from monitor.model.watch import Findings
from monitor.runtime.compose import watch_settings
from sources.simulated.world import World
from tests.crash.region import EPOCH, MINUTE, REGION, START, WATCH, use, watch
from tests.crash.stages import watch_record

DAY = 24 * 60 * MINUTE
GAS = "На лестнице сильно пахнет газом, дышать нечем"


class Desk:
    """Watch with what people write about gas; the alerts as they stand."""

    def __init__(self, world: World, rare: tuple[str, ...] = ("gas", "child")) -> None:
        self.world, self.settings = world, replace(WATCH, rare=rare)
        self.stage = watch(world, self.settings)
        self.alerts: dict[str, AlertRow] = {}
        self._offset = self._pages = 0

    def write(self, text: str, author: str, after: int = 0, street: str = "", urgency: Urgency = Urgency.URGENT) -> None:
        place = Place("grad-1", "", street, "5" if street else "")
        verdict = Verdict("complaint", 900, "energy", "energy.gas", place=place, urgency=urgency)
        at = START + after
        appeal = Appeal(f"p-{author}", text, at, at, "s", "sim", verdict, author=author)
        self._pages += 1
        for record in (use(), Findings((EPOCH, 0, self._pages), REGION, "s", at, at, 1, appeals=[appeal])):
            for row in self.stage.process([watch_record(self._offset, record)]).rows:
                if isinstance(row, AlertRow) and row.kind == "urgent":
                    self.alerts[row.id] = row
            self._offset += 1

    def restart(self) -> None:
        state = self.stage.dump(REGION)
        self.stage = watch(self.world, self.settings)
        self.stage.load(REGION, state, 0)


def test_one_mention_is_an_alert_in_its_own_words(region: World) -> None:
    desk = Desk(region)
    desk.write(GAS, "a", street="мира")
    (alert,) = desk.alerts.values()
    assert (alert.level, alert.sounds, alert.authors) == ("urgent", 1, 1)
    assert alert.title.startswith("Запах газа: ")
    assert alert.text.startswith("Редкая опасность: достаточно и одного сообщения. Пока один автор, не подтверждено. ")


def test_it_is_told_once_a_cause_also_after_a_restart(region: World) -> None:
    desk = Desk(region)
    desk.write(GAS, "a")
    desk.restart()
    for number, text in enumerate(("Пахнет газом во всём подъезде!", "Откуда запах газа на районе?", "Утечка газа, вызвали 104")):
        desk.write(text, f"b{number}", after=number * MINUTE, street="мира" if number == 2 else "")
    assert [alert.sounds for alert in desk.alerts.values()] == [1]
    # Another street, another danger, and hours later: other causes.
    desk.write("Пахнет газом у нас в доме", "c", after=5 * MINUTE, street="победы")
    desk.write("Ребёнок провалился в люк", "d", after=6 * MINUTE, street="лесная")
    desk.write("Снова сильный запах газа", "e", after=DAY, street="южная")
    assert len(desk.alerts) == 4


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.DANGER])
@pytest.mark.parametrize(
    "text",
    [
        "Ахахах, у меня после бобов дома пахнет газом",
        "В соседней области в доме запах газа, сообщает МЧС",
        "Год назад у нас так же пахло, запах газа неделю стоял",
        "Учения: условная утечка газа в котельной",
    ],
)
def test_jokes_news_and_memories_wake_nobody(region: World, text: str, urgency: Urgency) -> None:
    desk = Desk(region)
    desk.write(text, "a", urgency=urgency)
    assert desk.alerts == {}


@pytest.mark.parametrize(("after", "alerts"), [(10 * MINUTE, 1), (2 * DAY, 0)])
def test_an_old_text_that_is_passed_on_wakes_nobody(region: World, after: int, alerts: int) -> None:
    """It was no danger to anybody yet when it was written first, for the words of it were not on the list."""
    desk = Desk(region, rare=())
    desk.write(GAS, "a", street="мира")
    assert desk.alerts == {}
    desk.settings = replace(WATCH, rare=("gas",))
    desk.restart()
    desk.write(GAS, "b", after=after, street="мира")
    assert len(desk.alerts) == alerts


def test_the_list_is_configured(region: World) -> None:
    desk = Desk(region, rare=("child",))
    desk.write(GAS, "a", street="мира")
    assert desk.alerts == {}
    profile = region.profile
    assert watch_settings(load(None, {"NABAT_WATCH__RARE": "gas, child"}), profile).rare == ("gas", "child")
    assert watch_settings(load(None, {"NABAT_WATCH__RARE": ""}), profile).rare == ()
    with pytest.raises(ConfigError, match=r"watch\.rare: неизвестно: dragons"):
        watch_settings(load(None, {"NABAT_WATCH__RARE": "gas, dragons"}), profile)
