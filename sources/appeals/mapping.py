"""The mapping file of one source of appeals: where they come from, and which column means what. Strict, with lines in every error."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from monitor.problems import Problems, advice, quoted, why
from monitor.reasons import type_reason
from monitor.toml_lines import Lines, read_toml
from sources.webhook import secret_of

FIELDS: Final = (
    "number", "registered_at", "changed_at", "text", "address", "oktmo", "category", "subcategory", "fact", "stage", "executor",
    "deadline", "author", "url", "deleted",
)  # fmt: skip
"""What an appeal may carry; ``number`` is always needed, ``text`` nearly always."""
DATES: Final = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")


class Files(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Exports: a file, or a folder whose files match ``names``. ``sheet`` of a workbook, ``items`` in a JSON document."""

    path: str
    names: str = "*"
    sheet: str = ""
    items: str = ""


class Endpoint(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An address that answers JSON. ``items`` and ``next`` are paths in the answer, such as ``data.items``.

    ``token`` is the kind of the token in the file of tokens; it is sent in ``header`` behind ``prefix``. ``since`` names the query
    parameter that asks for what has changed since a time; ``page`` the one that counts pages from ``first_page``, or takes what
    ``next`` says, unless that is an address.
    """

    url: str
    method: Literal["GET", "POST"] = "GET"
    token: str = ""
    header: str = "Authorization"
    prefix: str = "Bearer "
    query: dict[str, str] = {}
    items: str = ""
    next: str = ""
    page: str = ""
    first_page: int = 1
    since: str = ""
    since_format: str = "%Y-%m-%dT%H:%M:%S%z"
    overlap_seconds: int = 600
    poll_seconds: int = 60


class Webhook(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Signed requests to ``/push/appeals/<name>``; ``secrets_file`` has a secret a line, several while one replaces another."""

    name: str
    secrets_file: str
    items: str = ""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    preset: str = ""
    timezone: str = ""
    dates: tuple[str, ...] = DATES
    columns: dict[str, str | list[str]] = {}
    files: Files | None = None
    endpoint: Endpoint | None = None
    webhook: Webhook | None = None


@dataclass(slots=True, frozen=True)
class Intake:
    """A mapping file as it is meant: one of ``files``, ``endpoint``, ``webhook``; ``columns``: the names of each field, best first.

    ``digest`` names what a row means: with another one all files are read again. ``secrets`` are the webhook's.
    """

    columns: Mapping[str, tuple[str, ...]]
    dates: tuple[str, ...]
    zone: ZoneInfo
    digest: str
    files: Files | None = None
    endpoint: Endpoint | None = None
    webhook: Webhook | None = None
    secrets: tuple[bytes, ...] = ()


@cache
def presets() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("sources.appeals").joinpath("presets.toml").read_text(encoding="utf-8"))


def read_mapping(path: Path, zone: ZoneInfo, problems: Problems) -> Intake | None:
    """Reads the file and notes all that is wrong with it; None if it says nothing that can be used. ``zone``: unless it names one.

    Paths in it are relative to it.
    """
    shown = str(path)
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        what = why(error) if isinstance(error, OSError) else "недопустимое имя"
        problems.add(shown, 1, f"описание источника не читается ({what}); его называет address в sources.csv")
        return None
    parsed = read_toml(data, shown, problems)
    if parsed is None:
        return None
    values, lines = parsed
    try:
        said = msgspec.convert(values, _File)
    except msgspec.ValidationError as error:
        what, keys = type_reason(error)
        shown_key = f"{'.'.join(str(key) for key in keys)}: " if keys else ""
        problems.add(shown, lines.of(*keys), f"{shown_key}{what}; ключи описаны в README.md, Appeals")
        return None
    before = len(problems)
    intake = _Checked(said, lines, path, problems).intake(zone)
    return intake if len(problems) == before else None


class _Checked:
    def __init__(self, said: _File, lines: Lines, path: Path, problems: Problems) -> None:
        self._said = said
        self._lines = lines
        self._path = path
        self._problems = problems

    def intake(self, zone: ZoneInfo) -> Intake:
        said = self._said
        if sum(one is not None for one in (said.files, said.endpoint, said.webhook)) != 1:
            self._wrong("не сказано, откуда обращения: нужен ровно один раздел из [files], [endpoint] и [webhook]")
        if said.timezone:
            try:
                zone = ZoneInfo(said.timezone)
            except (KeyError, ValueError, OSError):
                self._wrong(f"timezone {quoted(said.timezone)} — неизвестный часовой пояс; например, Europe/Moscow", "timezone")
        columns = self._columns()
        for number, form in enumerate(said.dates):
            self._check_date(form, "dates", number)
        meaning = msgspec.json.encode([columns, said.dates, str(zone), said.files], order="deterministic")
        return Intake(
            columns,
            said.dates,
            zone,
            blake2b(meaning, digest_size=6).hexdigest(),
            self._files(said.files),
            self._endpoint(said.endpoint),
            said.webhook,
            self._secrets(said.webhook),
        )

    def _columns(self) -> dict[str, tuple[str, ...]]:
        said = self._said
        preset: dict[str, list[str]] = {}
        if said.preset:
            preset = presets().get(said.preset, {})
            if not preset:
                self._wrong(f"preset {quoted(said.preset)} неизвестен; {advice(said.preset, presets())}", "preset")
        for name in said.columns:
            if name not in FIELDS:
                self._wrong(f"неизвестное поле {quoted(name)}; {advice(name, FIELDS)}", "columns", name)
        found = {}
        for name in FIELDS:
            own = said.columns.get(name, preset.get(name, []))
            found[name] = (*([own] if isinstance(own, str) else own), name)
        return found

    def _files(self, said: Files | None) -> Files | None:
        if said is None:
            return None
        if not said.path or "\0" in said.path:
            self._wrong("path пуст; назовите файл или папку", "files", "path")
        return msgspec.structs.replace(said, path=str(self._path.parent / said.path))

    def _endpoint(self, said: Endpoint | None) -> Endpoint | None:
        if said is None:
            return None
        try:
            parts = urlsplit(said.url)
            right = parts.scheme in ("http", "https") and parts.hostname and not parts.username and not parts.password
        except ValueError:
            right = False
        if not right:
            self._wrong("url — не адрес; напишите как https://host/path, без пароля", "endpoint", "url")
        if not _HEADER.fullmatch(said.header):
            self._wrong(
                f"header {quoted(said.header)} — не имя заголовка; допустимы латинские буквы, цифры и -", "endpoint", "header"
            )
        if said.since_format not in ("unix", "ms"):
            self._check_date(said.since_format, "endpoint", "since_format")
        if not 0 <= said.overlap_seconds <= 86_400:
            self._wrong("overlap_seconds вне пределов; допустимо от 0 до 86400", "endpoint", "overlap_seconds")
        if not 1 <= said.poll_seconds <= 86_400:
            self._wrong("poll_seconds вне пределов; допустимо от 1 до 86400", "endpoint", "poll_seconds")
        return said

    def _secrets(self, said: Webhook | None) -> tuple[bytes, ...]:
        if said is None:
            return ()
        if not _NAME.fullmatch(said.name):
            self._wrong(f"name {quoted(said.name)} не годится для адреса; допустимы a-z, 0-9, - и _", "webhook", "name")
        found: list[bytes] = []
        path = self._path.parent / said.secrets_file
        try:
            written = path.read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            self._wrong("secrets_file не читается; проверьте путь и права", "webhook", "secrets_file")
            return ()
        for number, line in enumerate(written, 1):
            if line.strip() and not line.startswith("#"):
                try:
                    found.append(secret_of(line))
                except ValueError as error:
                    self._problems.add(str(path), number, str(error))
        if not found:
            self._wrong(
                "в secrets_file нет ни одного секрета; сделайте: echo whsec_$(openssl rand -base64 32)", "webhook", "secrets_file"
            )
        return tuple(found)

    def _check_date(self, form: str, *where: str | int) -> None:
        try:
            datetime.strptime(datetime(2026, 1, 2, tzinfo=UTC).strftime(form), form)  # noqa: DTZ007
        except ValueError:
            self._wrong(f"{quoted(form)} — не вид даты; напишите как %d.%m.%Y %H:%M", *where)

    def _wrong(self, what: str, *where: str | int) -> None:
        self._problems.add(str(self._path), self._lines.of(*where), what)
