"""Keys that protect people: of the hash of authors, and of the dead letters."""

from __future__ import annotations

import os
import secrets
import zlib
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from monitor.model.errors import ConfigError, NabatError
from monitor.problems import why

KEY_BYTES = 64


def load_key(path: Path | None, default: Path) -> bytes:
    """64 bytes from ``path``, written there as hexadecimal digits; without a path, from ``default``, made with mode 0600 if missing.

    Raises ConfigError for a missing file or one that is no key.
    """
    if path is None and not default.exists():
        default.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and renamed: a crash in between must not leave half a key.
        fresh = default.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_bytes(KEY_BYTES).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(default)
    used = path or default
    try:
        key = bytes.fromhex(used.read_text().strip())
    except (OSError, ValueError) as error:
        what = why(error) if isinstance(error, OSError) else "это не шестнадцатеричная запись"
        raise ConfigError([f"{used}: ключ не читается ({what}); сделайте его: openssl rand -hex {KEY_BYTES}"]) from None
    if len(key) != KEY_BYTES:
        raise ConfigError([f"{used}: в ключе {len(key)} байт, нужно {KEY_BYTES}; сделайте его: openssl rand -hex {KEY_BYTES}"])
    return key


class Sealer:
    """Encrypts what goes to the dead letters. Deterministic (AES-SIV): the same letter from the same place gives the same bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)

    def seal(self, payload: bytes, place: bytes) -> bytes:
        return self._cipher.encrypt(zlib.compress(payload, 6), [place])

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Raises NabatError if the key or the place is another one, or the bytes were changed."""
        try:
            return zlib.decompress(self._cipher.decrypt(sealed, [place]))
        except InvalidTag:
            raise NabatError("непринятое сообщение не открыть: оно закрыто другим ключом (privacy.dead_letter_key_file)") from None
