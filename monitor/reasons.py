"""What libraries say of broken files, in Russian: TOML, JSON, CSV, and values of another type than was asked for.

Libraries word their errors in English and change the words from version to version: what is not known is told in general, with its
place, and never in English.
"""

from __future__ import annotations

import re
from typing import Final

import orjson

_TOML: Final = {
    r"Invalid value": "значение не понято: текст пишут в кавычках, дробь через точку",
    r"Expected '=' after a key.*": "после ключа нужен знак =",
    r"Expected '\]' at the end of a table declaration": "название раздела не закрыто скобкой ]",
    r"Expected '\]\]' at the end of an array declaration": "название таблицы списка не закрыто скобками ]]",
    r"Expected newline or end of document.*": "после значения лишнее: ключи пишут по одному в строке",
    r"Illegal character '\\n'": "текст не закрыт кавычкой в той же строке",
    r"(Illegal|Found invalid) character.*": "недопустимый знак",
    r"Unterminated string|Expected .*": "текст не закрыт кавычкой",
    r"Cannot overwrite a value|Duplicate inline table key.*": "этот ключ уже есть выше",
    r"Cannot (declare|redefine|mutate) .*": "этот раздел уже есть выше",
    r"Invalid statement|Invalid initial character for a key part": "нужен ключ или [раздел]; ключ не латиницей пишут в кавычках",
    r"Unclosed array": "список не закрыт скобкой ]",
    r"Unclosed inline table": "таблица не закрыта скобкой }",
    r"Unescaped .*|Invalid hex value|Escaped character.*": r"знак \ в тексте; удвойте его или возьмите кавычки '",
    r"Invalid date or datetime": "такой даты или времени нет",
}
_JSON: Final = {
    "unexpected end": "оборвано, не хватает конца",
    "zero-length": "пусто",
    "trailing comma": "лишняя запятая",
    "UTF-8": "не UTF-8",
    "surrogates": "не UTF-8",
    "after document": "после объекта лишнее",
    "control character": "в тексте управляющий знак; перенос строки пишут как \\n",
    "unclosed string": "текст не закрыт кавычкой",
    "Recursion": "слишком глубокая вложенность",
    "number": "неверное число",
    "literal": "неизвестное слово; бывают true, false и null",
}
_CSV: Final = {
    "unexpected end": "кавычка не закрыта; закройте её",
    "field larger": "слишком длинная ячейка; ищите незакрытую кавычку",
    "NUL": "в строке нулевой знак",
    "new-line": "странный конец строки; сохраните файл заново",
    "expected after": "после закрывающей кавычки лишнее",
}
_TYPES: Final = {
    "str": "текст", "int": "целое число", "float": "число", "bool": "true или false", "array": "список", "object": "таблица",
    "null": "пусто",
}  # fmt: skip


def toml_reason(said: str) -> str:
    """Of tomllib's words without their place."""
    return next((ours for theirs, ours in _TOML.items() if re.fullmatch(theirs, said, re.DOTALL)), "запись не понята")


def json_reason(error: orjson.JSONDecodeError) -> str:
    """With the place in the text: the character, counted from 1."""
    what = next((ours for theirs, ours in _JSON.items() if theirs in error.msg), "запись не понята")
    return f"{what} (знак {error.pos + 1})" if error.pos else what


def csv_reason(error: Exception) -> str:
    return next((ours for theirs, ours in _CSV.items() if theirs in str(error)), "строка не понята")


def type_reason(error: Exception) -> tuple[str, list[str | int]]:
    """What is wrong by msgspec's words (its own error, or one that repeats them), and the path of keys and numbers to it."""
    said, _, where = str(error).partition(" - at `$")
    path = [int(key) if key.isdigit() else key for key in re.split(r"[.\[\]`]+", where) if key and key != "..."]
    names = re.findall(r"`([^`]*)`", said)
    if said.startswith("Expected") and len(names) == 2:
        asked = " или ".join(_TYPES.get(one.strip(), one.strip()) for one in names[0].split("|"))
        bounds = re.sub(r"^Expected `[^`]*`", "", said) if " got " not in said else ""
        return f"нужно: {asked}{bounds}; стоит: {_TYPES.get(names[1], names[1])}", path
    if said.startswith("Object missing required field") and names:
        return f"нет ключа {names[0]}", path
    if said.startswith("Object contains unknown field") and names:
        return f"неизвестный ключ {names[0]}", [*path, names[0]]
    if said.startswith("Invalid enum value"):
        return f"неизвестное значение {said.removeprefix('Invalid enum value ')}", path
    return "значение не подходит", path
