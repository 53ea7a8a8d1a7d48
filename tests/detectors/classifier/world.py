"""A small region for the classifier's tests."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from detectors.classifier import RuleClassifier
from monitor.model.post import Post
from monitor.model.verdict import Verdict
from monitor.profile.model import Body, Calendar, PlaceName, Profile, Route, Territory


def _territory(id_: str, name: str, kind: str, parent: str, *aliases: str) -> Territory:
    return Territory(id_, name, kind, parent, aliases=aliases)  # type: ignore[arg-type]


_TERRITORIES = (
    _territory("oblast", "Заречная область", "region", ""),
    _territory("city", "Заречинск", "municipality", "oblast"),
    _territory("north", "Северный район", "district", "city", "Северный"),
    _territory("south", "Южный район", "district", "city"),
    _territory("second", "Луговск", "municipality", "oblast"),
    _territory("rayon", "Полевской район", "municipality", "oblast"),
    _territory("village", "Ивантеевка", "settlement", "rayon"),
    _territory("meadow", "Ольховка", "settlement", "rayon"),
    _territory("meadow2", "Ольховка", "settlement", "second"),
    _territory("unders", "Поды", "settlement", "rayon"),
)
_PLACES = (
    PlaceName("площадь Мира", "street", "north"),
    PlaceName("Мира", "street", "north"),
    PlaceName("Мира", "street", "second"),
    PlaceName("Садовая", "street", "city"),
    PlaceName("40 лет Победы", "street", "south"),
    PlaceName("проспект Победы", "street", "south"),
    PlaceName("бульвар Гайдара", "street", "north", ("Гайдара",)),
    PlaceName("Карла Маркса", "street", "city"),
    PlaceName("Заводской посёлок", "microdistrict", "south", ("Заводской",)),
)
_BODIES = tuple(Body(id_, id_, "municipal") for id_ in ("minzhkh", "heat", "city-heat", "roads", "city-roads", "minzdrav"))
_ROUTES = (
    Route("housing", "minzhkh"),
    Route("housing", "heat", theme="housing.heating"),
    Route("housing", "city-heat", theme="housing.heating", territory="city"),
    Route("roads", "roads"),
    Route("roads", "city-roads", territory="city"),
    Route("health", "minzdrav"),
)

PROFILE = Profile(
    "oblast",
    "Заречная область",
    "test",
    Calendar(ZoneInfo("Europe/Samara")),
    territories={territory.id: territory for territory in _TERRITORIES},
    places=_PLACES,
    bodies={body.id: body for body in _BODIES},
    routes=_ROUTES,
)

CLASSIFIER = RuleClassifier(PROFILE)


def verdict(text: str, territory: str = "city", place: str = "") -> Verdict:
    return CLASSIFIER.classify([Post("1", text, place=place)], territory)[0]
