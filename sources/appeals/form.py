"""A row of another system (of a table or of JSON) as an appeal, by the columns of its mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from monitor.model.post import Attachment, Post
from sources.appeals.mapping import Intake
from sources.masking import mask
from sources.rows import BadRow, moment, post_of

CARRIED: Final = ("category", "subcategory", "fact", "stage", "executor", "deadline", "oktmo")
"""Fields that a post has no place for travel as attachments of that kind: a change of one makes another version."""
# Triage takes no longer ids, and the prefix is part of them.
_ID_CHARACTERS: Final = 200
_VALUE_CHARACTERS: Final = 300
# Days since the end of 1899, as a table counts where it was not told that a number is a date: 1954 to 2173. As seconds since 1970
# these would be the first day of that year.
_SERIAL: Final = (20_000, 100_000)
_SERIAL_FROM: Final = datetime(1899, 12, 30)  # noqa: DTZ001
_MISSING: Final = object()


def fold(name: str) -> str:
    """A column's heading as it is compared: case, ё, spaces and line ends do not matter."""
    return " ".join(name.casefold().replace("ё", "е").split())


def within(value: Any, path: str) -> Any:
    """What stands in ``value`` at ``path`` (keys and numbers of elements, points between them; empty: itself); None if nothing."""
    found = _at(value, path)
    return None if found is _MISSING else found


class Form:
    """Makes appeals of one source. ``territories``: names by OKTMO code, for rows that tell their place by it."""

    def __init__(self, source: str, intake: Intake, key: bytes, territories: Mapping[str, str]) -> None:
        self._stem = source.removeprefix("appeal:")
        self._intake = intake
        self._key = key
        self._territories = territories
        self._names = {field: tuple((name, fold(name)) for name in names) for field, names in intake.columns.items()}
        authors = self._names["author"]
        self.people = frozenset(key for name, folded in authors for key in (name, folded, name.rpartition(".")[2]) if key)
        """Names of the fields that name an author; what a dead letter must not keep."""

    def heads(self, cells: Sequence[Any]) -> bool:
        """Whether these cells are the headings of a table: the number, and something to read, are among them."""
        found = {fold(cell) for cell in cells if isinstance(cell, str)}

        def has(field: str) -> bool:
            return any(folded in found for _, folded in self._names[field])

        return has("number") and any(has(field) for field in ("text", "fact", "subcategory", "category"))

    def post(self, row: Mapping[str, Any], at: int) -> Post:
        """The row as a masked post. ``at`` (ms) is the time of the export or event: it dates what the row does not date itself.

        A row with a column for its last change is of that version, any other one of the time of the export. Raises BadRow.
        """
        changed = self._value(row, "changed_at")
        carried = {field: mask(_plain(self._value(row, field)))[:_VALUE_CHARACTERS] for field in CARRIED}
        text = self._value(row, "text")
        if not isinstance(text, str):
            text = _plain(text)
        if not text:
            text = ". ".join(value for field in ("category", "subcategory", "fact") if (value := carried[field])) or None
        made: dict[str, Any] = {
            "id": " ".join(_plain(self._value(row, "number")).split()),
            "text": text,
            "published_at": self._time(self._value(row, "registered_at"), "registered_at"),
            "edited_at": at if changed is _MISSING else self._time(changed, "changed_at"),
            "author": _plain(self._value(row, "author")),
            "place": self._place(row),
            "url": _plain(self._value(row, "url")),
            "deleted": self._value(row, "deleted"),
            "kind": "appeal",
        }
        post = post_of(made, self._stem, at, self._key, self._intake.zone, "appeal")
        if len(post.id) > _ID_CHARACTERS:
            raise BadRow("слишком длинный номер")
        if not post.deleted:
            post.attachments = [Attachment(field, value) for field, value in carried.items() if value]
        return post

    def _value(self, row: Mapping[str, Any], field: str) -> Any:
        """The first filled of the field's columns; None if all that are there are empty."""
        found: Any = _MISSING
        for name, folded in self._names[field]:
            value = row.get(name, _MISSING)
            if value is _MISSING:
                value = row.get(folded, _MISSING)
            if value is _MISSING and "." in name:
                value = _at(row, name)
            if value is not _MISSING:
                if value is not None and value != "":
                    return value
                found = None
        return found

    def _place(self, row: Mapping[str, Any]) -> str:
        address = _plain(self._value(row, "address"))
        code = _plain(self._value(row, "oktmo"))
        # A table that took the code for a number has lost the zero that codes of the first regions begin with.
        code = code.zfill(8 if len(code) <= 8 else 11)
        territory = self._territories.get(code) or self._territories.get(code[:8], "")
        return ", ".join(filter(None, (territory, address)))

    def _time(self, value: Any, name: str) -> int:
        if value is _MISSING:
            return 0
        if isinstance(value, str):
            value = self._parsed(value.strip())
        elif isinstance(value, int | float) and not isinstance(value, bool) and _SERIAL[0] <= value < _SERIAL[1]:
            value = _SERIAL_FROM + timedelta(seconds=round(value * 86_400))
        if isinstance(value, date):
            moment_of = value if isinstance(value, datetime) else datetime.combine(value, time())
            value = moment_of.isoformat()
        return moment(value, name, self._intake.zone)

    def _parsed(self, text: str) -> datetime | str:
        for form in self._intake.dates:
            try:
                return datetime.strptime(text, form)  # noqa: DTZ007
            except ValueError:
                continue
        return text


def _plain(value: Any) -> str:
    """A cell as text; what is no text, number or time is empty."""
    if isinstance(value, str):
        return value.replace("\0", "").strip()
    if isinstance(value, bool):
        return "да" if value else ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)[:_ID_CHARACTERS]
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list):
        return ", ".join(filter(None, map(_plain, value[:20])))
    return ""


def _at(value: Any, path: str) -> Any:
    for key in path.split(".") if path else ():
        if isinstance(value, Mapping):
            value = value.get(key, _MISSING)
        elif isinstance(value, list) and key.isascii() and key.isdigit() and len(key) < 7 and int(key) < len(value):
            value = value[int(key)]
        else:
            return _MISSING
    return value
