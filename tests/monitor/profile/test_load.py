from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from monitor.model.errors import ConfigError
from monitor.model.verdict import Urgency
from monitor.profile.load import load_profile
from monitor.profile.model import Body, Deadline, PlaceName, Route, Territory, Thresholds
from tests.monitor.profile.small import FILES, edited, write


def test_everything_is_read(tmp_path: Path) -> None:
    profile = load_profile(str(write(tmp_path)))
    assert (profile.id, profile.name) == ("ozersk", "Озёрская область")
    assert list(profile.territories) == ["ozersk", "bor", "bor-lug"]
    assert profile.territories["bor"] == Territory(
        "bor", "Борский район", "municipality", "ozersk", 4000, 2021, "census", 53.5, 49.1, "36600000", ("Бор", "Борский")
    )
    assert profile.territories["bor-lug"].population is None
    assert profile.places[0] == PlaceName('улица "Мира"; новая', "street", "bor", ("Мира",))
    assert profile.bodies == {
        "adm": Body("adm", "Администрация", "municipal", "bor", ("мэрия",)),
        "gzhi": Body("gzhi", "Инспекция", "regional"),
    }
    assert profile.routes[1:] == (Route("roads", "adm", "", "bor"), Route("roads", "gzhi", "roads.holes", "bor"))
    assert profile.deadlines[Urgency.NORMAL] == Deadline(Urgency.NORMAL, 9.0, "working", 63.0)
    assert profile.deadlines[Urgency.DANGER] == Deadline(Urgency.DANGER, 0.5)
    assert profile.thresholds == Thresholds(1.0, 2.5)
    calendar = profile.calendar
    assert (calendar.timezone.key, calendar.starts, calendar.ends, calendar.weekdays) == ("Europe/Samara", 510, 1050, (0, 1, 2, 3, 4))
    assert calendar.holidays == {date(2026, 1, 1), date(2026, 11, 4)}
    assert calendar.working == {date(2026, 2, 28)}
    assert profile.sources["vk:-1"].weight == "rare"
    assert (profile.sources["rss:a"].weight, profile.sources["rss:a"].members, profile.sources["rss:a"].region) == (
        "ordinary",
        0,
        "ozersk",
    )
    assert profile.path("bor-lug") == ["bor-lug", "bor", "ozersk"]
    assert profile.path("elsewhere") == ["ozersk"]


def test_files_as_excel_leaves_them(tmp_path: Path) -> None:
    rows = ['\ufeff"# remark; of ours";;;', "id;name;kind;parent", "ozersk;О;region;", ";;;", "bor;Б;municipality;ozersk"]
    territories = "\r\n".join([*rows, "bor-lug;Л;settlement;bor", ""])
    profile = load_profile(str(write(tmp_path, territories_csv=territories)))
    assert list(profile.territories) == ["ozersk", "bor", "bor-lug"]


def test_digest_is_of_the_bytes_of_every_file(tmp_path: Path) -> None:
    digests = {load_profile(str(write(tmp_path / "plain"))).digest, load_profile(str(write(tmp_path / "same"))).digest}
    assert len(digests) == 1
    for name, text in FILES.items():
        write(tmp_path / name, **{name.replace(".", "_"): text + "\n# one more remark\n"})
        digests.add(load_profile(str(tmp_path / name)).digest)
    assert len(digests) == 1 + len(FILES)


T, R, P, B, W, S = "territories.csv", "region.toml", "places.csv", "bodies.csv", "routes.csv", "sources.csv"

WRONG: list[tuple[str, str, str, int, str]] = [
    (T, "bor;Б", "Bor;Б", 4, "— не id"),
    (T, ";municipality;", ";raion;", 4, "kind 'raion' — неизвестное значение; возможно, имелось в виду region?"),
    (T, ";municipality;", ";municipalty;", 4, "возможно, имелось в виду municipality?"),
    (T, ";municipality;", ";;", 4, "kind не заполнено"),
    (T, "municipality;ozersk", "municipality;ozerks", 4, "parent 'ozerks' не существует; возможно, имелось в виду ozersk?"),
    (T, "municipality;ozersk", "municipality;", 4, "parent не заполнено"),
    (T, "municipality;ozersk", "municipality;bor-lug", 4, "входит сама в себя"),
    (T, "municipality;ozersk", "municipality;bor", 4, "входит сама в себя"),
    (T, "region;;", "region;bor;", 3, "у региона parent не бывает"),
    (T, "ozersk;Озёрская", "ozer;Озёрская", 3, "сделайте их одинаковыми"),
    (T, "ozersk;Озёрская область;region;;", "oz;Озёрская область;municipality;bor;", 1, "нет самого региона"),
    (T, "bor-lug;Л", "bor;Л", 5, "'bor' уже есть в строке 4"),
    (T, ";4000;", ";0;", 4, "population равно 0; где число неизвестно"),
    (T, ";4000;", ";-4000;", 4, "population равно -4000; допустимо от 0"),
    (T, ";4000;", ";4 000;", 4, "population '4 000' — не целое число"),
    (T, ";4000;", ";4000.5;", 4, "— не целое число"),
    (T, ";4000;2021;", ";4000;21;", 4, "year равно 21"),
    (T, "53,5", "530", 4, "lat равно 530"),
    (T, "53,5", "nan", 4, "lat 'nan' — не число"),
    (T, "53,5", "", 4, "lat и lon заполняют вместе"),
    (T, "Борский район", "", 4, "name не заполнено"),
    (T, "id;name;kind", "id;nam;kind", 2, "неизвестный столбец 'nam'; возможно, имелось в виду name?"),
    (T, "id;name;kind", "id;nam;kind", 2, "нет столбца name"),
    (T, "lat;lon", "lat;lat", 2, "столбец lat встречается дважды"),
    (T, ";53,5;", ";53,5;;", 4, "ячеек 12, а в заголовке 11"),
    (T, ";settlement;bor;;;;;;;", ";settlement;bor", 5, "ячеек 4, а в заголовке 11"),
    (T, "Борский район", '"Борский район', 4, "не CSV"),
    (P, "Заречье;microdistrict;bor", "Заречье;village;bor", 3, "kind 'village' — неизвестное значение"),
    (P, "Заречье;microdistrict;bor", "Заречье;microdistrict;bro", 3, "territory 'bro' не существует; возможно, имелось в виду bor?"),
    (P, "Заречье;microdistrict;bor", "Заречье;microdistrict;", 3, "territory не заполнено"),
    (P, "Заречье;microdistrict;bor;\n", "Заречье;microdistrict;bor;\nЗаречье;microdistrict;bor;\n", 4, "уже есть в строке 3"),
    (B, "regional", "county", 3, "level 'county' — неизвестное значение"),
    (B, "gzhi,", "adm,", 3, "'adm' уже есть в строке 2"),
    (B, "municipal,bor", "municipal,nowhere", 2, "territory 'nowhere' не существует"),
    (B, "Инспекция", "", 3, "name не заполнено"),
    (W, "housing", "hosing", 2, "group 'hosing' — неизвестное значение; возможно, имелось в виду housing?"),
    (W, ";bor;adm", ";bor;adn", 3, "body 'adn' не существует; возможно, имелось в виду adm?"),
    (W, ";bor;adm", ";bor;", 3, "body не заполнено"),
    (W, ";bor;adm", ";bar;adm", 3, "territory 'bar' не существует; возможно, имелось в виду bor?"),
    (W, "roads;roads.holes", "roads;", 4, "уже есть в строке 3"),
    (S, "vk:-1;vk", "vk: 1;vk", 2, "с пробелом"),
    (S, "vk:-1;vk", "rss:a;vk", 3, "уже есть в строке 2"),
    (S, ";community;", ";comunity;", 2, "возможно, имелось в виду community?"),
    (S, ";rare;", ";seldom;", 2, "weight 'seldom' — неизвестное значение"),
    (S, ";120", ";-1", 2, "members равно -1"),
    (S, ";bor;rare", ";lug;rare", 2, "territory 'lug' не существует"),
    (S, "community;-1;", "community;;", 2, "address не заполнено"),
    (R, 'id = "ozersk"', 'id = "Озёрск"', 1, "— не id"),
    (R, 'id = "ozersk"', "id = 5", 1, "id — нужен непустой текст"),
    (R, 'id = "ozersk"', "", 1, "нет id"),
    (R, 'name = "Озёрская область"', "nome = 1", 2, "неизвестный ключ 'nome'; возможно, имелось в виду name?"),
    (R, "Europe/Samara", "Europe/Samarra", 3, "timezone 'Europe/Samarra' — неизвестный часовой пояс"),
    (R, "Europe/Samara", "../etc", 3, "неизвестный часовой пояс"),
    (R, "Europe/Samara", "Europe", 3, "неизвестный часовой пояс"),
    (R, '"08:30"', '"8:30"', 6, "— не время суток"),
    (R, '"08:30"', '"24:01"', 6, "— не время суток"),
    (R, '"08:30"', "830", 6, "— не время суток"),
    (R, '"08:30"', '"18:00"', 7, "рабочий день кончается раньше, чем начинается"),
    (R, '"thu"', '"don"', 8, "неизвестный день недели 'don'"),
    (R, '["mon", "tue", "wed", "thu", "fri"]', "[]", 8, "нет ни одного рабочего дня"),
    (R, '["mon", "tue", "wed", "thu", "fri"]', '"mon"', 8, "weekdays — нужен список"),
    (R, "2026-11-04", '"2026-11-04"', 11, "— не дата"),
    (R, "2026-11-04", "2026-11-04T10:00:00", 11, "— не дата"),
    (R, "2026-11-04", "2026-11-31", 11, "не TOML"),
    (R, "2026-02-28", "2026-01-01", 13, "и выходной, и рабочий"),
    (R, "[calendar]", "[calender]", 5, "неизвестный ключ 'calender'; возможно, имелось в виду calendar?"),
    (R, "hours = 9", "hours = 0", 16, "hours равно 0"),
    (R, "hours = 9", "hours = -1", 16, "hours вне пределов"),
    (R, "hours = 9", "hours = nan", 16, "hours — нужно число"),
    (R, "hours = 9", "hours = true", 16, "hours — нужно число"),
    (R, "hours = 9", "hours = 1801", 16, "hours больше рабочего времени за 40 недель"),
    (R, "interim_hours = 63", "interim_hours = 8000", 18, "interim_hours больше рабочего времени за 40 недель"),
    (R, "hours = 9\n", "", 15, "нет hours"),
    (R, '"working"', '"work"', 17, "clock 'work' — неизвестное значение"),
    (R, "[deadlines.urgent]", "[deadlines.urgently]", 23, "неизвестный ключ 'urgently'; возможно, имелось в виду urgent?"),
    (R, "[deadlines.urgent]\nhours = 2\n", "", 15, "нет срока urgent"),
    (R, "[deadlines.urgent]\nhours = 2\n", "[deadlines]\nurgent = 2\n", 24, "deadlines.urgent — не таблица"),
    (R, "red = 2.5", "red = 1", 31, "red не больше yellow"),
    (R, "red = 2.5", "rot = 2", 31, "неизвестный ключ 'rot'"),
    (R, "[thresholds]", "[thresholds", 29, "не TOML"),
]


@pytest.mark.parametrize(("name", "old", "new", "line", "what"), WRONG, ids=[f"{case[0]}:{case[3]} {case[4]}" for case in WRONG])
def test_each_error_is_told_at_its_line(tmp_path: Path, name: str, old: str, new: str, line: int, what: str) -> None:
    write(tmp_path, **{name.replace(".", "_"): edited(name, old, new)})
    with pytest.raises(ConfigError) as caught:
        load_profile(str(tmp_path))
    prefix = f"{tmp_path / name}:{line}: "
    assert any(problem.startswith(prefix) and what in problem for problem in caught.value.problems), caught.value.problems


def test_all_errors_come_at_once_in_order(tmp_path: Path) -> None:
    write(
        tmp_path,
        region_toml=edited(R, "hours = 9", "hours = 0"),
        territories_csv=edited(T, ";4000;", ";many;").replace("bor-lug;", "b|;"),
        routes_csv=edited(W, "housing", "house"),
    )
    with pytest.raises(ConfigError) as caught:
        load_profile(str(tmp_path))
    places = [":".join(problem.removeprefix(f"{tmp_path}/").split(":")[:2]) for problem in caught.value.problems]
    assert places == ["region.toml:16", "territories.csv:4", "territories.csv:5", "routes.csv:2"]


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_and_one_that_is_not_utf8(tmp_path: Path, name: str) -> None:
    key = name.replace(".", "_")
    with pytest.raises(ConfigError, match=r":1: файла нет"):
        load_profile(str(write(tmp_path / "missing", **{key: None})))
    with pytest.raises(ConfigError, match=r":3: не UTF-8"):
        load_profile(str(write(tmp_path / "latin", **{key: "# one\n# two\n# три".encode("cp1251")})))


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    (write(tmp_path, bodies_csv=None) / "bodies.csv").mkdir()
    with pytest.raises(ConfigError, match=r"bodies\.csv:1: файл не читается"):
        load_profile(str(tmp_path))


def test_an_empty_table_wants_a_header(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"нет заголовка; первая строка называет столбцы: id;network"):
        load_profile(str(write(tmp_path, sources_csv="# nothing yet\n")))


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"возможно, имелось в виду samara\?"):
        load_profile("samra")
