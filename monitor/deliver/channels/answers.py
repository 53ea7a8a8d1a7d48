"""What HTTP receivers answer, as an outcome: one reading of statuses for all channels over HTTP."""

from __future__ import annotations

from monitor.deliver.channels.base import NotSent, Reason
from monitor.model.errors import SourceRefused, SourceUnavailable
from sources.http.after import retry_after
from sources.wire import Answer

_FORBIDDEN = (401, 403, 404, 405, 410)
_LIMITED = (408, 425, 429)


def reason_of(status: int) -> Reason:
    """Of a status that is no success. A redirect is not followed: the address is wrong, and a person must put it right."""
    if status in _LIMITED:
        return "limited"
    if status >= 500:
        return "server"
    return "forbidden" if status in _FORBIDDEN or status < 400 else "refused"


def check(answer: Answer, now: int) -> None:
    """Returns for a success (2xx), else raises NotSent with the status; what the receiver says beside it is not quoted."""
    if 200 <= answer.status < 300:
        return
    raise NotSent(reason_of(answer.status), f"адресат ответил {answer.status}", retry_after(answer.headers, now))


def unreachable(error: SourceUnavailable | SourceRefused) -> NotSent:
    """No whole answer came, or the address may not be asked at all. The errors name the host at most."""
    if isinstance(error, SourceRefused):
        return NotSent("forbidden", str(error))
    return NotSent("unreachable", str(error), error.retry_after)
