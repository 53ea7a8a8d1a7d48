"""Broken files are told of in Russian, whatever the libraries that read them say."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path

import msgspec
import orjson
import pytest

from monitor.model.errors import ConfigError
from monitor.problems import Problems
from monitor.reasons import csv_reason, json_reason, toml_reason, type_reason
from monitor.runtime.keys import load_key
from monitor.toml_lines import read_toml

FOREIGN = re.compile(r"[A-Za-z]{4,}")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[a]\nb = c\n", 2, "значение не понято: текст пишут в кавычках, дробь через точку"),
        ("b = \n", 1, "значение не понято: текст пишут в кавычках, дробь через точку"),
        ("a = 1,5\n", 1, "после значения лишнее: ключи пишут по одному в строке"),
        ("[a\n", 1, "название раздела не закрыто скобкой ]"),
        ("[[a]\n", 1, "название таблицы списка не закрыто скобками ]]"),
        ("a\n", 1, "после ключа нужен знак ="),
        ('a = 1\nb = "x\n', 2, "текст не закрыт кавычкой в той же строке"),
        ('b = "x', 1, "текст не закрыт кавычкой"),
        ('b = """x', 1, "текст не закрыт кавычкой"),
        ("b = 'x", 1, "текст не закрыт кавычкой"),
        ("a = 1\na = 2\n", 2, "этот ключ уже есть выше"),
        ("a = {b = 1, b = 2}\n", 1, "этот ключ уже есть выше"),
        ("[a]\n[b]\n[a]\n", 3, "этот раздел уже есть выше"),
        ("регион = 1\n", 1, "нужен ключ или [раздел]; ключ не латиницей пишут в кавычках"),
        ("= 1\n", 1, "нужен ключ или [раздел]; ключ не латиницей пишут в кавычках"),
        ("a = [1, 2\n", 2, "список не закрыт скобкой ]"),
        ("a = {b = 1\n", 1, "таблица не закрыта скобкой }"),
        ('a = "C:\\data"\n', 1, r"знак \ в тексте; удвойте его или возьмите кавычки '"),
        ("a = 2026-02-31\n", 1, "такой даты или времени нет"),
        ('a = "\x01"\n', 1, "недопустимый знак"),
    ],
)
def test_toml(text: str, line: int, said: str) -> None:
    problems = Problems()
    assert read_toml(text.encode(), "file", problems) is None
    with pytest.raises(Exception, match=f"^file:{line}: не TOML: ") as told:
        problems.raise_any()
    assert str(told.value) == f"file:{line}: не TOML: {said}"


def test_every_wording_of_the_library_is_known() -> None:
    """A new Python may word an error anew: then it is told in general, and this test says so."""
    with open(tomllib._parser.__file__, encoding="utf-8") as file:  # type: ignore[attr-defined]
        found = re.findall(r'suffixed_err\(\s*src,\s*(?:new_)?pos,\s*f?"([^"]+)"', file.read())
    assert len(found) > 15
    words = [re.sub(r"\{[^}]*\}", "x", one).replace("\\\\", "\\") for one in found]
    assert [one for one in words if toml_reason(one) == "запись не понята"] == []
    assert toml_reason("Something else") == "запись не понята"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"id":1', "оборвано, не хватает конца (знак 8)"),
        (b'{"id":1,}', "лишняя запятая (знак 8)"),
        (b"", "пусто"),
        (b"\xff\xfe", "не UTF-8"),
        (b'{"id":nul}', "неизвестное слово; бывают true, false и null (знак 7)"),
        (b"{} {}", "после объекта лишнее (знак 4)"),
        (b'{"a":"b\n"}', "в тексте управляющий знак; перенос строки пишут как \\n (знак 8)"),
        (b"{id:1}", "запись не понята (знак 2)"),
    ],
)
def test_json(text: bytes, said: str) -> None:
    with pytest.raises(orjson.JSONDecodeError) as error:
        orjson.loads(text)
    assert json_reason(error.value) == said


@pytest.mark.parametrize(
    ("text", "said"), [('a,"b\n', "кавычка не закрыта; закройте её"), ('a,"b"c\n', "после закрывающей кавычки лишнее")]
)
def test_csv(text: str, said: str) -> None:
    with pytest.raises(csv.Error) as error:
        list(csv.reader([text], strict=True))
    assert csv_reason(error.value) == said


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    count: int = 0


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    inner: list[Inner]


@pytest.mark.parametrize(
    ("value", "said", "path"),
    [
        ({"inner": [{"name": 1}]}, "нужно: текст; стоит: целое число", ["inner", 0, "name"]),
        ({"inner": [{"name": "a", "count": "b"}]}, "нужно: целое число; стоит: текст", ["inner", 0, "count"]),
        ({"inner": {}}, "нужно: список; стоит: таблица", ["inner"]),
        ({"inner": [{}]}, "нет ключа name", ["inner", 0]),
        ({"inner": [{"name": "a", "nome": 1}]}, "неизвестный ключ nome", ["inner", 0, "nome"]),
        ({"foo": 1}, "неизвестный ключ foo", ["foo"]),
    ],
)
def test_types(value: object, said: str, path: list[str | int]) -> None:
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.convert(value, Outer)
    assert type_reason(error.value) == (said, path)
    assert not FOREIGN.search(said.replace("name", "").replace("nome", ""))


@pytest.mark.parametrize(
    ("text", "said"), [(None, "такого файла"), ("xyz", "не шестнадцатеричная"), ("abcd", "в ключе 2 байт, нужно 64")]
)
def test_keys(tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "key"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigError, match=said) as told:
        load_key(path, path)
    assert str(told.value).startswith(f"{path}: ")
    assert str(told.value).endswith("сделайте его: openssl rand -hex 64")
