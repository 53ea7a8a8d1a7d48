"""Dates as feeds write them: RFC 822, ISO 8601, and what Russian sites make of both; without a zone they are of the feed's own."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final

# Names that RFC 822 does not have; hours east of Greenwich.
_ZONES: Final = {
    "MSK": 3, "MSD": 4, "SAMT": 4, "YEKT": 5, "OMST": 6, "NOVT": 7, "KRAT": 7, "IRKT": 8, "YAKT": 9, "VLAT": 10, "MAGT": 11,
    "SAKT": 11, "PETT": 12, "EET": 2, "МСК": 3,
}  # fmt: skip
_MONTHS: Final = {
    "янв": "Jan", "фев": "Feb", "мар": "Mar", "апр": "Apr", "май": "May", "мая": "May", "июн": "Jun", "июл": "Jul", "авг": "Aug",
    "сен": "Sep", "окт": "Oct", "ноя": "Nov", "дек": "Dec",
}  # fmt: skip
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})[а-я]*\.?", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"^(?:пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье)\.?,?\s+", re.IGNORECASE
)
_DOTTED = re.compile(r"^(\d{1,2})[./](\d{1,2})[./](\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*(.*)$")
_ZONE = re.compile(r"\s*\b([A-Za-zА-Яа-я]{3,4})$")
_OFFSET = re.compile(r"^(?:(?:GMT|UTC)\s*)?([+-])(\d{1,2}):?(\d{2})?$|^(Z|GMT|UTC|UT)$")
# A date is short; what is longer is no date and not worth looking at.
_LONGEST: Final = 100
# 1970 to 2100, as in files: what lies outside is no time at all.
_LAST: Final = 4_102_444_800


def moment(text: str, zone: tzinfo) -> int:
    """ms since 1970; 0 if the text is no date. ``zone`` is that of dates which name none."""
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST:
        return 0
    named = _ZONE.search(text)
    if named and (hours := _ZONES.get(named[1].upper())) is not None:
        text, zone = text[: named.start()], timezone(timedelta(hours=hours))
    try:
        found = _iso(text) or _dotted(text) or _mail(text)
        if found is None:
            return 0
        seconds = (found if found.tzinfo else found.replace(tzinfo=zone)).timestamp()
    except (ValueError, OverflowError, TypeError):
        return 0
    return int(seconds * 1000) if 0 < seconds < _LAST else 0


def _iso(text: str) -> datetime | None:
    if not re.match(r"\d{4}-\d", text):
        return None
    # "2026-07-14 12:00:00 +0300" and "… UTC": the blank before the zone is not in the standard.
    return datetime.fromisoformat(re.sub(r"\s*(?:UTC|GMT)$", "Z", re.sub(r"\s+(?=[+-]\d\d:?\d\d$)", "", text)))


def _dotted(text: str) -> datetime | None:
    match = _DOTTED.match(text)
    if match is None:
        return None
    day, month, year, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    return datetime(year, month, day, hour, minute, second, tzinfo=_offset(match[7]))


def _offset(text: str) -> tzinfo | None:
    match = _OFFSET.match(text)
    if match is None:
        return None
    if match[4]:
        return UTC
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(ahead if match[1] == "+" else -ahead)


def _mail(text: str) -> datetime | None:
    english = _MONTH.sub(lambda match: _MONTHS[match[1].lower()], _WEEKDAY.sub("", text), count=1)
    try:
        return parsedate_to_datetime(english)
    except (ValueError, TypeError, IndexError):
        return None
