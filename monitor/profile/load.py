"""Reads a region profile from its folder: six files and a duty directory. All errors are told at once; one digest over the six."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import cast, get_args

from monitor.model.errors import ConfigError
from monitor.model.source import Source, SourceClass, SourceKind
from monitor.model.verdict import GROUPS
from monitor.problems import Problems, advice, quoted, why
from monitor.profile.blocks_file import read_blocks
from monitor.profile.duty import Role
from monitor.profile.duty_file import FILE as DUTY_FILE
from monitor.profile.duty_file import read_duty
from monitor.profile.model import Body, BodyLevel, PlaceKind, PlaceName, Profile, Route, Territory, TerritoryKind
from monitor.profile.region_file import RegionFile, read_region_file
from monitor.profile.table import Row, read_table

BUILTIN = Path(__file__).parent.parent / "regions"
FILES = ("region.toml", "territories.csv", "places.csv", "bodies.csv", "routes.csv", "sources.csv")
"""In this order they enter the digest."""
COLUMNS: dict[str, dict[str, bool]] = {
    "territories.csv": {
        "id": True,
        "name": True,
        "kind": True,
        "parent": True,
        "population": False,
        "year": False,
        "source": False,
        "lat": False,
        "lon": False,
        "oktmo": False,
        "aliases": False,
    },
    "places.csv": {"name": True, "kind": True, "territory": True, "aliases": False},
    "bodies.csv": {"id": True, "name": True, "level": True, "territory": False, "aliases": False},
    "routes.csv": {"group": True, "theme": False, "territory": False, "body": True},
    "sources.csv": {
        "id": True,
        "network": True,
        "kind": True,
        "address": True,
        "name": False,
        "territory": False,
        "weight": False,
        "members": False,
    },
}
"""The columns of each table, and whether a file must have them."""
Known = Mapping[str, object] | None
"""The ids that a reference may name; None where their file could not be read whole and nothing can be said."""


def builtin_names() -> list[str]:
    """The regions that come with the program."""
    return sorted(path.name for path in BUILTIN.iterdir() if (path / "region.toml").is_file())


def profile_folder(name_or_path: str) -> Path:
    """The folder of a built-in region, or else the path as it is."""
    return BUILTIN / name_or_path if name_or_path in builtin_names() else Path(name_or_path)


def load_profile(name_or_path: str) -> Profile:
    """Reads the profile of a built-in region (``samara``) or of a folder. Raises ConfigError with all problems."""
    folder = profile_folder(name_or_path)
    if not folder.is_dir():
        known = builtin_names()
        raise ConfigError([f"{folder}:1: такой папки и такого региона нет; {advice(name_or_path, known)}"])
    problems = Problems()
    contents: dict[str, bytes] = {}
    for name in FILES:
        try:
            contents[name] = (folder / name).read_bytes()
        except FileNotFoundError:
            problems.add(str(folder / name), 1, "файла нет; папку со всеми файлами создаёт nabat check --copy")
        except OSError as error:
            problems.add(str(folder / name), 1, f"файл не читается ({why(error)}); проверьте права")
    problems.raise_any()
    digest = hashlib.blake2b(digest_size=16)
    for name in FILES:
        digest.update(f"{name}:{len(contents[name])}:".encode() + contents[name])
    region = read_region_file(contents["region.toml"], str(folder / "region.toml"), problems) or RegionFile()
    tables = {name: read_table(contents[name], str(folder / name), columns, problems) for name, columns in COLUMNS.items()}
    table = tables["territories.csv"]
    territories = _territories(table.rows, region.id, table.complete)
    if region.id and table.complete and region.id not in territories:
        what = f"нет самого региона; добавьте строку с id {region.id} и kind region"
        problems.add(str(folder / "territories.csv"), 1, what)
    inside = territories if table.complete else None
    bodies = _bodies(tables["bodies.csv"].rows, inside)
    profile = Profile(
        id=region.id,
        name=region.name,
        digest=digest.hexdigest(),
        calendar=region.calendar,
        territories=territories,
        places=_places(tables["places.csv"].rows, inside),
        bodies=bodies,
        routes=_routes(tables["routes.csv"].rows, inside, bodies if tables["bodies.csv"].complete else None),
        deadlines=region.deadlines,
        sources=_sources(tables["sources.csv"].rows, inside, region.id),
        thresholds=region.thresholds,
        blocks=read_blocks(folder, problems),
        duty=_duty(folder, inside, bodies if tables["bodies.csv"].complete else None, problems),
    )
    problems.raise_any()
    return profile


def _duty(folder: Path, territories: Known, bodies: Known, problems: Problems) -> tuple[Role, ...]:
    path = folder / DUTY_FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        problems.add(str(path), 1, f"файл не читается ({why(error)}); проверьте права")
        return ()
    listed = [None if known is None else list(known) for known in (territories, bodies)]
    return read_duty(data, str(path), listed[0], problems, listed[1])


def _territories(rows: list[Row], region: str, complete: bool) -> dict[str, Territory]:
    found: dict[str, Territory] = {}
    places: dict[str, Row] = {}
    for row in rows:
        id_ = row.id()
        if _twice(id_, places, row):
            continue
        kind = cast(TerritoryKind, row.choice("kind", get_args(TerritoryKind)))
        population = row.whole("population", 0, 200_000_000)
        if population == 0:
            row.wrong("population равно 0; где число неизвестно, оставьте пустым")
            population = None
        lat, lon = row.number("lat", -90, 90), row.number("lon", -180, 180)
        if (row.text("lat") == "") != (row.text("lon") == ""):
            row.wrong("lat и lon заполняют вместе; впишите оба или ни одного")
        found[id_] = Territory(
            id=id_,
            name=row.required("name"),
            kind=kind,
            parent=row.text("parent"),
            population=population,
            population_year=row.whole("year", 1897, 2100),
            population_source=row.text("source"),
            lat=lat,
            lon=lon,
            oktmo=row.text("oktmo"),
            aliases=row.names("aliases"),
        )
    for id_, territory in found.items():
        _check_tree(territory, found, region, complete, places[id_])
    return found


def _check_tree(territory: Territory, everything: dict[str, Territory], region: str, complete: bool, row: Row) -> None:
    parent = territory.parent
    if territory.kind == "region":
        if region and territory.id != region:
            row.wrong(f"у региона здесь id {quoted(territory.id)}, а в region.toml {region}; сделайте их одинаковыми")
        if parent:
            row.wrong("у региона parent не бывает; оставьте пустым")
    elif not parent:
        row.wrong(f"parent не заполнено; напишите территорию, в которую она входит, например {region or 'регион'}")
    elif parent not in everything:
        _refer(row, "parent", everything if complete else None)
    else:
        seen = {territory.id}
        while parent in everything and parent not in seen:
            seen.add(parent)
            parent = everything[parent].parent
        if parent == territory.id:
            row.wrong("территория через parent входит сама в себя; исправьте parent")


def _places(rows: list[Row], territories: Known) -> tuple[PlaceName, ...]:
    found: list[PlaceName] = []
    seen: dict[str, Row] = {}
    for row in rows:
        kind = cast(PlaceKind, row.choice("kind", get_args(PlaceKind)))
        name, territory = row.required("name"), row.required("territory")
        if territory:
            _refer(row, "territory", territories)
        if not _twice(f"{kind} {name} in {territory}", seen, row):
            found.append(PlaceName(name, kind, territory, row.names("aliases")))
    return tuple(found)


def _bodies(rows: list[Row], territories: Known) -> dict[str, Body]:
    found: dict[str, Body] = {}
    seen: dict[str, Row] = {}
    for row in rows:
        id_ = row.id()
        level = cast(BodyLevel, row.choice("level", get_args(BodyLevel)))
        body = Body(id_, row.required("name"), level, _refer(row, "territory", territories), row.names("aliases"))
        if not _twice(id_, seen, row):
            found[id_] = body
    return found


def _routes(rows: list[Row], territories: Known, bodies: Known) -> tuple[Route, ...]:
    found: list[Route] = []
    seen: dict[str, Row] = {}
    for row in rows:
        group, theme = row.choice("group", GROUPS), row.text("theme")
        territory = _refer(row, "territory", territories)
        body = _refer(row, "body", bodies) if row.required("body") else ""
        if not _twice(f"{group}, theme {theme or 'any'}, territory {territory or 'any'}", seen, row):
            found.append(Route(group, body, theme, territory))
    return tuple(found)


def _sources(rows: list[Row], territories: Known, region: str) -> dict[str, Source]:
    found: dict[str, Source] = {}
    seen: dict[str, Row] = {}
    for row in rows:
        id_ = row.required("id")
        if any(letter.isspace() or letter == "|" for letter in id_):
            row.wrong(f"id {quoted(id_)} с пробелом или знаком |; уберите его")
        source = Source(
            id=id_,
            network=row.id("network"),
            kind=cast(SourceKind, row.choice("kind", get_args(SourceKind))),
            region=region,
            address=row.required("address"),
            name=row.text("name"),
            territory=_refer(row, "territory", territories),
            weight=cast(SourceClass, row.choice("weight", get_args(SourceClass), "ordinary")),
            members=row.whole("members", 0, 1_000_000_000) or 0,
        )
        if not _twice(id_, seen, row):
            found[id_] = source
    return found


def _refer(row: Row, column: str, known: Known) -> str:
    value = row.text(column)
    if value and known is not None and value not in known:
        what = advice(value, known)
        row.wrong(f"{column} {quoted(value)} не существует; {what if what.endswith('?') else 'напишите id из файла'}")
    return value


def _twice(key: str, seen: dict[str, Row], row: Row) -> bool:
    if key in seen:
        row.wrong(f"{quoted(key)} уже есть в строке {seen[key].line}; удалите одно из двух")
        return True
    seen[key] = row
    return False
