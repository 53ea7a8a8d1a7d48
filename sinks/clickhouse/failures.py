"""What a failed request means: try again later, or never.

Everything is taken for passing trouble but the codes below: rows are known by key and version, so trying again is always safe.
"""

from __future__ import annotations

from typing import Literal

from clickhouse_connect.driver.exceptions import Error, OperationalError

from monitor.model.errors import ConfigError, RetryableError, SinkBackpressure

FailureReason = Literal["refused", "timeout", "overloaded", "server", "setup", "rejected"]
"""refused: no connection. timeout: no answer in time. overloaded: the server says so. server: any other error of its. setup: schema
or rights are wrong, a person must act. rejected: these rows can never be stored."""

REASONS: tuple[FailureReason, ...] = ("refused", "timeout", "overloaded", "server", "setup", "rejected")

_OVERLOADED = {202, 209, 241, 243, 252, 439, 745}
"""Too many queries, socket timeout, memory, disk space, too many parts, no thread, overload."""
_TIMEOUT = {159, 160}
_SETUP = {
    60: "таблицы нет; запустите nabat migrate",
    81: "базы нет; запустите nabat migrate",
    16: "столбца нет; запустите nabat migrate",
    115: "сервер слишком старый: не знает нужной настройки; обновите его",
    192: "такого пользователя нет; проверьте clickhouse.user",
    193: "пароль неверен; проверьте clickhouse.password",
    291: "у пользователя нет прав на эту базу; дайте их (GRANT)",
    497: "у пользователя не хватает прав; дайте их (GRANT)",
    516: "пользователь или пароль неверны; проверьте clickhouse.user и clickhouse.password",
}
_REJECTED = {
    6,
    10,
    26,
    27,
    36,
    41,
    42,
    43,
    44,
    46,
    47,
    50,
    53,
    62,
    69,
    70,
    72,
    117,
    131,
    158,
    164,
    307,
    321,
    349,
    386,
    396,
    407,
    456,
    457,
}
"""Parse errors, wrong or impossible types and values, syntax, too many rows asked for, writing where only reading is allowed."""


_CUT_SHORT = 32
"""In a query a parameter is no such number; in an insert the bytes may have been cut on their way."""


def reason_of(error: Exception, *, query: bool = False) -> FailureReason:
    """Sorts an exception that the driver raised while inserting, or running a ``query``."""
    code = error.code if isinstance(error, Error) else None
    if code in _SETUP:
        return "setup"
    if code in _REJECTED or (query and code == _CUT_SHORT):
        return "rejected"
    if code in _TIMEOUT:
        return "timeout"
    if code in _OVERLOADED:
        return "overloaded"
    if code is not None:
        return "server"
    text = f"{error} {error.__cause__}".lower()
    if "timed out" in text or "timeout" in text:
        return "timeout"
    return "refused" if isinstance(error, (OperationalError, OSError)) else "server"


def translate(error: Exception, what: str, retry_after: float, *, query: bool = False) -> Exception:
    """The error to raise instead: SinkBackpressure (for a ``query`` RetryableError) for passing trouble, ConfigError where a person
    must act, ValueError for the rest. The message names the server's code and never quotes rows.
    """
    reason = reason_of(error, query=query)
    code = getattr(error, "code", None)
    label = f"{what}: {reason}" + (f" (code {code} {getattr(error, 'name', None) or ''})".replace(" )", ")") if code else "")
    if reason == "setup" and code is not None:
        return ConfigError([f"clickhouse: {what}: {_SETUP[code]} (код {code})"])
    if reason == "rejected":
        return ValueError(label)
    return (RetryableError if query else SinkBackpressure)(label, retry_after)
