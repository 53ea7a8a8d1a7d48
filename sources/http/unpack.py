"""Unpacks a body while it arrives, never beyond a limit: an answer of a kilobyte may unpack to gigabytes."""

from __future__ import annotations

import zlib
from typing import Any, Final

# gzip allows members one after the other; each costs a new decompressor, and an empty one takes only twenty bytes.
_MEMBERS: Final = 1_000


class TooLarge(Exception):
    """The body is larger than the limit, packed or unpacked."""


class Damaged(Exception):
    """The body is not what its Content-Encoding says, or ends too early."""


class Body:
    """Collects a body of at most ``limit`` bytes; ``encoding`` is the value of Content-Encoding. Raises TooLarge, Damaged."""

    def __init__(self, encoding: str, limit: int) -> None:
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise Damaged
        self._encoding = encoding
        self._limit = limit
        self._taken = 0
        self._parts = bytearray()
        self._unpacker: Any = None
        self._members = 0

    def feed(self, data: bytes) -> None:
        self._taken += len(data)
        if self._taken > self._limit:
            raise TooLarge
        if self._encoding in ("", "identity"):
            self._parts += data
            return
        while data:
            if self._unpacker is None:
                self._unpacker = self._begin(data)
            try:
                # One byte beyond the limit tells that there is more; the rest is never unpacked.
                self._parts += self._unpacker.decompress(data, self._limit - len(self._parts) + 1)
            except zlib.error:
                raise Damaged from None
            if len(self._parts) > self._limit:
                raise TooLarge
            if not self._unpacker.eof:
                return
            data = self._unpacker.unused_data
            self._unpacker = None

    def end(self) -> bytes:
        """The whole body."""
        if self._unpacker is not None:
            raise Damaged
        return bytes(self._parts)

    def _begin(self, data: bytes) -> Any:
        self._members += 1
        if self._members > _MEMBERS:
            raise TooLarge
        if self._encoding == "deflate":
            # Some servers send it without the zlib header that the standard asks for; the header's first byte ends in 8.
            return zlib.decompressobj(zlib.MAX_WBITS if data[0] & 0x0F == 8 else -zlib.MAX_WBITS)
        return zlib.decompressobj(16 + zlib.MAX_WBITS)
