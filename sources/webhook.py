"""Standard Webhooks 1.0.0 (standardwebhooks.com), symmetric: signatures of what is sent and received, by HMAC-SHA256.

Signed are the id, the time of the attempt and the body as it is on the wire. Several secrets hold while one is replaced by another.
"""

from __future__ import annotations

import binascii
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Final

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"
TOLERANCE: Final = 300
"""Seconds between the sender's clock and ours, either way: older requests may be recorded ones."""

_PREFIX: Final = "whsec_"
_LEAST, _MOST = 24, 64
# A point inside an id would let one signed message be read as another id with another time.
_TELLING_ID = re.compile(r"[!-\-/-~]{1,200}")
_SIGNATURES: Final = 16


class WrongSignature(ValueError):
    """The request is not one of the sender's; the message says why and quotes nothing of it."""


def secret_of(text: str) -> bytes:
    """The key in ``whsec_…``. ValueError (which does not quote it) unless it is base64 of 24 to 64 bytes, as the standard says."""
    text = text.strip()
    try:
        key = b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith(_PREFIX) or not _LEAST <= len(key) <= _MOST:
        raise ValueError(
            f"не секрет: нужно {_PREFIX} и за ним от {_LEAST} до {_MOST} случайных байтов в base64 (openssl rand -base64 32)"
        )
    return key


def headers_of(secrets: Sequence[bytes], event: str, now: int, body: bytes) -> dict[str, str]:
    """The three headers of a request that is sent at ``now`` (ms), with a signature by each secret."""
    timestamp = str(now // 1000)
    signatures = " ".join(_signature(secret, event, timestamp, body) for secret in secrets)
    return {ID: event, TIMESTAMP: timestamp, SIGNATURE: signatures}


def verify(secrets: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: int) -> tuple[str, int]:
    """The id of the event and the time of the attempt (ms). Names of ``headers`` are in lower case. Raises WrongSignature."""
    event, timestamp = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not _TELLING_ID.fullmatch(event):
        raise WrongSignature("нет webhook-id, или в нём точка, пробел или больше 200 знаков")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise WrongSignature("нет webhook-timestamp в секундах")
    sent = int(timestamp)
    if abs(sent * 1000 - now) > TOLERANCE * 1000:
        raise WrongSignature(f"webhook-timestamp расходится с часами приёмника больше чем на {TOLERANCE} секунд")
    given = headers.get(SIGNATURE, "").encode("utf-8", "replace").split(b" ")[:_SIGNATURES]
    wanted = [_signature(secret, event, timestamp, body).encode() for secret in secrets]
    # All are compared, so that the time taken tells nothing.
    if not sum(hmac.compare_digest(one, other) for one in given for other in wanted):
        raise WrongSignature("ни одна webhook-signature не подходит")
    return event, sent * 1000


def _signature(secret: bytes, event: str, timestamp: str, body: bytes) -> str:
    digest = hmac.digest(secret, f"{event}.{timestamp}.".encode() + body, "sha256")
    return f"v1,{b64encode(digest).decode()}"
