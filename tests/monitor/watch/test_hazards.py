"""A lasting hazard is told of when several write of it; whoever is in danger now is heard alone."""

from __future__ import annotations

import pytest

from detectors.taxonomy import taxonomy
from monitor.model.verdict import Urgency
from monitor.watch.hazards import STANDING, standing
from monitor.watch.voices import RAISED_AUTHORS, voice
from tests.monitor.watch.desk import appeal

LASTING = [
    ("landscaping.manholes", "Закройте люк, пока туда никто не упал"),
    ("transport.stops", "Наледь на остановке, все скользят, вчера женщина руку сломала"),
    ("safety.danger_spots", "Заброшенный склад без охраны, школьники гуляют, весной там уже горело"),
    ("landscaping.yards", "Во дворе не горит ни один фонарь, темень"),
    ("housing.roof", "С крыши рухнет скоро сосулька, уберите"),
    ("roads.snow", "Не чистят, скорая еле проехала"),
]
NOW = [
    ("landscaping.manholes", "Женщина провалилась в колодец у рынка, достать не могут"),
    ("landscaping.manholes", "Дед упал в открытый люк, помогите"),
    ("housing.entrance", "В подъезде мужчина без сознания"),
    ("landscaping.playgrounds", "На площадке оголённый провод, дети рядом"),
    ("transport.stops", "Остановку бьёт током"),
    ("waste.dumps", "Горит свалка у домов"),
    ("safety.stray_animals", "Свора напала на почтальона"),
    ("housing.lift", "Люди застряли в кабине, одному плохо"),
    ("housing.roof", "Глыбой льда придавило прохожего, человек лежит"),
]


@pytest.mark.parametrize(("theme", "text"), LASTING)
def test_what_lasts_needs_several_voices(theme: str, text: str) -> None:
    assert standing(theme, text)
    row = appeal("a", id="p", cluster="p", theme=theme, urgency=Urgency.DANGER)
    assert voice(row, text, None, ()).enough == RAISED_AUTHORS
    # The same words about something else are no lasting hazard.
    assert voice(row._replace(theme="energy.lines"), text, None, ()).enough == 1


@pytest.mark.parametrize(("theme", "text"), NOW)
def test_who_is_in_danger_now_is_heard_alone(theme: str, text: str) -> None:
    row = appeal("a", id="p", cluster="p", theme=theme, urgency=Urgency.DANGER)
    assert voice(row, text, None, ()).enough == 1


def test_the_themes_are_those_of_the_taxonomy() -> None:
    assert set(taxonomy().themes) >= STANDING
