"""Reads the configuration: a TOML file, overridden by environment variables ``NABAT_SECTION__KEY``; strict in everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from monitor.config.delivery import Mail, Sms
from monitor.config.option import keys
from monitor.config.secret import Secret
from monitor.config.sections import SECTIONS, Config
from monitor.config.stores import ClickHouse, Kafka
from monitor.config.values import Given, Origin, WrongValue, check_together, take
from monitor.problems import Problems, advice, quoted, why
from monitor.toml_lines import read_toml

S = TypeVar("S", ClickHouse, Kafka, Mail, Sms)

PREFIX = "NABAT_"


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """The configuration of a file (None: defaults) and the environment. Raises ConfigError with all problems.

    Paths in the file are relative to it, paths in the environment to the current folder.
    """
    problems = Problems()
    given: Given = {}
    if path is not None:
        _read_file(path, given, problems)
    _read_environment(environ, given, problems)
    sections: dict[str, Any] = {}
    for name, section in SECTIONS.items():
        taken: dict[str, Any] = {}
        for key in keys(section):
            value, origin = given.get((name, key.name), (key.default, Origin("default", 0, path.parent if path else Path())))
            try:
                taken[key.name] = take(key, value, origin.base)
            except WrongValue as wrong:
                problems.add(origin.place, origin.line, f"{name}.{key.name} {wrong}")
                taken[key.name] = key.default
        sections[name] = section(**taken)
    config = _with_secrets(Config(**sections), given, problems)
    check_together(config, given, problems)
    problems.raise_any()
    return config


def _read_file(path: Path, given: Given, problems: Problems) -> None:
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        what = why(error) if isinstance(error, OSError) else str(error)
        problems.add(str(path), 1, f"файл не читается ({what}); путь к настройкам задаёт --config")
        return
    parsed = read_toml(data, str(path), problems)
    if parsed is None:
        return
    content, lines = parsed
    for name, table in content.items():
        section = SECTIONS.get(name)
        if section is None:
            problems.add(str(path), lines.of(name), f"неизвестный раздел {quoted(name)}; {advice(name, SECTIONS)}")
        elif not isinstance(table, dict):
            problems.add(str(path), lines.of(name), f"{name} — это раздел; напишите [{name}] и его ключи ниже")
        else:
            known = [key.name for key in keys(section)]
            for key, value in table.items():
                if key in known:
                    given[name, key] = value, Origin(str(path), lines.of(name, key), path.parent)
                else:
                    problems.add(str(path), lines.of(name, key), f"неизвестный ключ {quoted(f'{name}.{key}')}; {advice(key, known)}")


def _read_environment(environ: Mapping[str, str], given: Given, problems: Problems) -> None:
    known = {f"{PREFIX}{name}__{key.name}".upper(): (name, key) for name, section in SECTIONS.items() for key in keys(section)}
    for variable in sorted(environ):
        # Without "__" it is not ours: Kubernetes sets NABAT_CONSOLE_PORT and the like for a service named nabat-console.
        if not variable.startswith(PREFIX) or "__" not in variable:
            continue
        if variable not in known:
            near = get_close_matches(variable.upper(), known, n=1)
            what = f"возможно, имелось в виду {near[0]}?" if near else "все ключи показывает nabat check --defaults"
            problems.add(variable, 0, f"неизвестная переменная; {what}")
            continue
        name, key = known[variable]
        text = environ[variable]
        try:
            given[name, key.name] = {int: int, float: float}.get(key.type, str)(text), Origin(variable, 0, Path())
        except ValueError:
            problems.add(variable, 0, f"{quoted(text)} — не {'целое ' if key.type is int else ''}число; напишите его цифрами")
            continue
        twin = key.name.removesuffix("_file") if key.name.endswith("_file") else f"{key.name}_file"
        if f"{PREFIX}{name}__{twin}".upper() not in environ:
            given.pop((name, twin), None)


def _with_secrets(config: Config, given: Given, problems: Problems) -> Config:
    return replace(
        config,
        clickhouse=_with_password(config.clickhouse, "clickhouse", given, problems),
        kafka=_with_password(config.kafka, "kafka", given, problems),
        mail=_with_password(config.mail, "mail", given, problems),
        sms=_with_password(config.sms, "sms", given, problems),
    )


def _with_password(section: S, name: str, given: Given, problems: Problems) -> S:
    path = section.password_file
    if path is None:
        return section
    origin = given[name, "password_file"][1]
    if (name, "password") in given:
        problems.add(origin.place, origin.line, f"{name}.password и {name}.password_file заданы оба; оставьте одно")
        return section
    try:
        password = path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, ValueError):
        problems.add(origin.place, origin.line, f"{name}.password_file {path} не читается; проверьте путь и права")
        return section
    return replace(section, password=Secret(password))
