"""Bytes to objects and back: msgspec writes, and reads with strict types.

Unknown fields are ignored, so that a newer writer can be read; a wrong type is an error that names the field's path.
"""

from __future__ import annotations

from threading import Lock
from typing import Any, TypeVar

import msgspec
import orjson

T = TypeVar("T")

_readers: dict[type, msgspec.json.Decoder[Any]] = {}
_making = Lock()


class DecodeError(ValueError):
    """The bytes are no such object; the message says where (a JSON path) and why, and never quotes the content."""


def encode(value: Any) -> bytes:
    """An object (struct, dataclass, dict, list …) as JSON bytes; equal objects give equal bytes."""
    return msgspec.json.encode(value)


def decode(data: bytes | bytearray | memoryview, kind: type[T]) -> T:
    """JSON bytes as an object of ``kind``. Raises DecodeError.

    What the quick reader refuses is refused only if orjson does too: how deep it can read depends on its caller's depth.
    """
    try:
        found: T = _reader(kind).decode(data)
        return found
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return msgspec.convert(orjson.loads(data), kind)
    except orjson.JSONDecodeError as error:
        raise DecodeError(f"not JSON: {error.msg} at byte {error.pos}") from None
    except msgspec.ValidationError as error:
        raise DecodeError(str(error)) from None


def convert(value: Any, kind: type[T]) -> T:
    """Plain values (as orjson.loads gives them) as an object of ``kind``. Raises DecodeError."""
    _reader(kind)
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise DecodeError(str(error)) from None


def _reader(kind: type) -> msgspec.json.Decoder[Any]:
    """The reader of a kind, made once: msgspec crashes where two threads look into the same type for the first time."""
    reader = _readers.get(kind)
    if reader is None:
        with _making:
            reader = _readers.setdefault(kind, msgspec.json.Decoder(kind))
    return reader
