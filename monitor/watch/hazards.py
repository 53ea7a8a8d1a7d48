"""What may hurt somebody some day, and what hurts somebody now.

An open manhole, ice at a stop, a swing without a seat: each is dangerous, heads the queue and has the shortest deadline. But a
winter evening has dozens of them, and who hears a bell for each hears none when gas escapes. Of these themes one voice is a line in
the queue, and several are an alert. Words of somebody who is in danger now sound at once, whatever their theme; so does every danger
of another theme.
"""

from __future__ import annotations

import re
from typing import Final

from detectors.text import clean

STANDING: Final = frozenset(
    (
        "ecology.felling", "housing.entrance", "housing.lift", "housing.payments", "housing.roof", "housing.unfit",
        "landscaping.benches", "landscaping.cleaning", "landscaping.facades", "landscaping.manholes", "landscaping.other",
        "landscaping.playgrounds", "landscaping.sidewalks", "landscaping.storm_drains", "landscaping.works", "landscaping.yards",
        "roads.crossings", "roads.humps", "roads.lights", "roads.marking", "roads.parking", "roads.potholes", "roads.repair",
        "roads.school_road", "roads.signs", "roads.snow", "roads.surface", "safety.danger_spots", "safety.dog_walking",
        "safety.stray_animals", "sport.grounds", "trade.quality", "transport.stops", "transport.vehicles", "waste.dumps",
    )
)  # fmt: skip
"""Themes of what stays as it is until somebody mends it."""

_PEOPLE = (
    r"\b(?:человек|мужчин|женщин|ребен|ребят|дет[ьиея]|мальчик|девочк|девушк|парен|парн|школьни|бабушк|дедушк|стари|пенсионер|люд[еи]|сын"
    r"|доч[ьк])\w*"
)
_HELD = (
    r"\b(?:провалил\w*|застрял\w*|зажат\w*|зажал[ао]|придав\w+|завалил\w*|леж[аи]т|тон[еу]т|держ[иа]т"
    r"|не мо(?:жет|гут) (?:выбраться|вылезти|выйти|встать|подняться|дышать))\b"
)
_BETWEEN = r"(?:\W+\w+){0,4}?\W+"
_NOW = re.compile(
    "|".join(
        (
            r"без сознания|не дышит|истека\w+ кров|много крови|в крови|умира[ею]т|погиб\w*|спасите|спасател|\bмчс\b",
            r"искр[яи]т|\bискры\b|\bтоком\b|под напряжени|оголенн\w+ (?:провод|кабел)|провод\w* (?:упал|оборван|висит|лежит)",
            r"(?<!не )\bгор[ия]т\b(?! (?:фонар|ламп|свет|табл))|полыхает|пылает|пожар|загорел\w+|\bдым\w*|задымлен|пламя",
            r"взрыв|взорвал|рухнул|обрушил|обвалил|запах\w* газ|пахнет газ|утечк\w+ газ|кипят[ко]",
            r"\bнапал\w*|стреля[ею]т|загрыз\w*|покусал\w* (?:ребен|мальчик|девочк|детей|школьни)",
            r"(?:упал\w*|свалил\w*) в (?:\w+ )?(?:люк|колод|яму|котлован|канав|шахт)",
            f"{_PEOPLE}{_BETWEEN}{_HELD}|{_HELD}{_BETWEEN}{_PEOPLE}",
        )
    )
)
"""Somebody is hurt or held, burns, breathes it or touches it."""
_LONGEST: Final = 2_000
"""Characters that are looked at: who is in danger says so soon."""


def standing(theme: str, text: str) -> bool:
    """Whether a danger waits for somebody to be hurt, as far as its theme and the words tell."""
    return theme in STANDING and _NOW.search(clean(text[:_LONGEST]).lower()) is None
