"""A region of three territories, small enough to be seen whole; tests change one file of it."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "region.toml": """\
id = "ozersk"
name = "Озёрская область"
timezone = "Europe/Samara"

[calendar]
starts = "08:30"
ends = "17:30"
weekdays = ["mon", "tue", "wed", "thu", "fri"]
holidays = [
    2026-01-01,
    2026-11-04,
]
working = [2026-02-28]

[deadlines.normal]
hours = 9
clock = "working"
interim_hours = 63

[deadlines.raised]
hours = 4

[deadlines.urgent]
hours = 2

[deadlines.danger]
hours = 0.5

[thresholds]
yellow = 1
red = 2.5
""",
    "territories.csv": """\
# remark; with "quotes
id;name;kind;parent;population;year;source;lat;lon;oktmo;aliases
ozersk;Озёрская область;region;;10000;2021;census;;;;
bor;Борский район;municipality;ozersk;4000;2021;census;53,5;49.1;36600000;Бор | Борский|Бор
bor-lug;Луговое;settlement;bor;;;;;;;
""",
    "places.csv": 'name;kind;territory;aliases\n"улица ""Мира""; новая";street;bor;Мира\nЗаречье;microdistrict;bor;\n',
    "bodies.csv": "id,name,level,territory,aliases\nadm,Администрация,municipal,bor,мэрия\ngzhi,Инспекция,regional,,\n",
    "routes.csv": "group;theme;territory;body\nhousing;;;gzhi\nroads;;bor;adm\nroads;roads.holes;bor;gzhi\n",
    "sources.csv": """\
id;network;kind;address;name;territory;weight;members
vk:-1;vk;community;-1;Борское;bor;rare;120
rss:a;rss;feed;https://bor.example/feed;;;;
""",
}


def write(folder: Path, **changed: str | bytes | None) -> Path:
    """Writes the files; ``changed`` replaces some, by name with _ for the dot; None leaves a file out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        content = changed.get(name.replace(".", "_"), text)
        if content is not None:
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def edited(name: str, old: str, new: str) -> str:
    """A file's text with one thing replaced; a test that replaces nothing would prove nothing."""
    assert FILES[name].count(old) == 1
    return FILES[name].replace(old, new)
