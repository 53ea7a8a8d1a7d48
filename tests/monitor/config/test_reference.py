from __future__ import annotations

import re
import tomllib
from pathlib import Path

from monitor.config import defaults_toml, load
from monitor.config.option import keys
from monitor.config.reference import TITLES
from monitor.config.sections import SECTIONS


def test_the_reference_loads_to_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "nabat.toml"
    path.write_text(defaults_toml())
    loaded, defaults = load(path, {}), load(None, {})
    assert loaded.nabat.data == tmp_path / "data"
    for name in SECTIONS:
        if name != "nabat":
            assert getattr(loaded, name) == getattr(defaults, name)
    assert loaded.nabat.region == defaults.nabat.region
    assert loaded.digest() == defaults.digest()


def test_every_key_stands_there_with_its_documentation() -> None:
    text = defaults_toml()
    written = tomllib.loads(text)
    assert list(written) == list(SECTIONS)
    lines = text.splitlines()
    for name, section in SECTIONS.items():
        assert list(written[name]) == [key.name for key in keys(section)]
        start = lines.index(f"[{name}]")
        for key in keys(section):
            at = next(number for number in range(start, len(lines)) if lines[number].startswith(f"{key.name} = "))
            assert lines[at - 1].startswith(f"# {key.option.doc}")


def test_it_is_in_russian() -> None:
    comments = [line for line in defaults_toml().splitlines() if line.startswith("#")]
    assert [line for line in comments if not re.search("[а-яё]", line)] == []
    assert set(TITLES) == set(SECTIONS)


def test_limits_and_choices_are_told() -> None:
    text = defaults_toml()
    assert "# На каком порту слушать; 0: на любом свободном. От 0 до 65_535.\nport = 8620\n" in text
    assert "Одно из: DEBUG, INFO, WARNING, ERROR." in text
