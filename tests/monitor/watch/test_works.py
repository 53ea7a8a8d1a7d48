"""How old a temperature may be that says whether planned works still explain a complaint."""

from __future__ import annotations

import pytest

from monitor.model.works import Work, Works
from monitor.profile.load import load_profile
from monitor.watch.works import BELIEVED, HOUR, Explanations
from tests.monitor.deliver.alerts import alert

NOW = 100 * HOUR
WORK = Work("опрессовка", "housing", 0, 200 * HOUR, "housing.heating", frost=-15)


@pytest.mark.parametrize(
    ("works", "quiet", "said"),
    [
        (Works("samara", NOW, (WORK,), -5, NOW - BELIEVED), True, "до "),
        (Works("samara", NOW, (WORK,), -5, NOW - BELIEVED - 1), False, "введена 6 ч назад, нынешняя неизвестна"),
        (Works("samara", NOW, (WORK,), -24, NOW - 3 * HOUR), False, "мороз -24 °C (введено 3 ч назад)"),
        (Works("samara", NOW, (WORK,), -24, NOW - HOUR + 1), False, "мороз -24 °C (введено только что)"),
        # As it was said before ages were: as old as what said it.
        (Works("samara", NOW - HOUR, (WORK,), -5), True, ""),
        (Works("samara", 0, (WORK,), -5), False, "неизвестна"),
        (Works("samara", NOW, (WORK,)), False, "температура воздуха неизвестна"),
    ],
)
def test_the_age_of_a_temperature(works: Works, quiet: bool, said: str) -> None:
    explanations = Explanations(load_profile("samara"))
    explanations.put(works)
    judged = explanations.judge(alert(1, since=NOW - HOUR), "мира", 2, NOW)
    assert judged.quiet is quiet
    assert said in judged.note
