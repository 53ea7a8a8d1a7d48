"""Personal data leaves a text before anything else sees it: phones, e-mails, card and document numbers; authors become keyed hashes.

A number is masked by its shape and, where the shape alone is not enough (a landline of six digits, an INN), by the word before
it. Numbers that a complaint lives from stay: houses, dates, times, routes, prices, telephone numbers of two to four digits (112).
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Final

from monitor.model.post import Post

PHONE: Final = "<PHONE>"
EMAIL: Final = "<EMAIL>"
CARD: Final = "<CARD>"
DOCUMENT: Final = "<DOCUMENT>"

# Five digits with nothing but separators between them is the least that can be personal; most posts have no such run.
_SUSPECT = re.compile(r"\d(?:[\s\-‐‑–—.()№]{0,3}\d){4}").search

_S = r"[ \t\xa0\-‐‑–—.()]{0,3}"
_FREE = r"(?<![0-9A-Za-z_/=+])(?<![A-Za-z]-)(?<!\d[-.,:])"
_END = r"(?!\d)(?!\s?(?:руб|₽|тыс|млн|млрд|р\b|коп|кв\.? ?м|км))"
_TEN = rf"(?:\d{{3}}(?:{_S}\d){{7}}|\d{{4}}(?:{_S}\d){{6}}|\d{{5}}(?:{_S}\d){{5}})"
_PHONE_WORD = r"(?:\b(?:тел|моб|сот|факс|ватсап|вотсап|вацап|вайбер|whats?app|viber|звон)[а-яё]*|[☎📞📱]\ufe0f?)"
_DOCUMENT_WORD = r"\b(?:паспорт|сери|инн|снилс|полис|омс|свидетельств|удостоверени)[а-яё]*"

_BY_WORD = (
    rf"(?P<named>{_DOCUMENT_WORD}[^\d\n]{{0,20}}\d[\d \-]{{1,4}}\d[^\d\n]{{0,10}}\d[\d \-]{{3,15}}\d)(?!\d)",
    rf"(?P<local>{_PHONE_WORD}[\s.:№\-–—]{{0,4}}(?:номер[а-я]*[\s:]{{0,2}})?"
    rf"(?:\d{{5,7}}|\d{{1,3}}-\d{{2}}-\d{{2}}|\d{{2,3}} \d{{2}} \d{{2}}){_END}(?![-.]\d))",
)
_BY_SHAPE = (
    rf"(?P<snils>{_FREE}\d{{3}}-\d{{3}}-\d{{3}}[ -]\d{{2}}(?!\d))",
    rf"(?P<card>{_FREE}\d{{4}}(?:[ \-]?\d{{4}}){{3}}(?:[ \-]?\d{{2,4}})?(?!\d))",
    rf"(?P<foreign>\+{_S}\d(?:{_S}\d){{9,13}}(?!\d))",
    rf"(?P<phone>{_FREE}\(?[78]{_S}(?=[34589]){_TEN}{_END})",
    rf"(?P<mobile>{_FREE}\(?9\d{{2}}(?:{_S}\d){{7}}{_END})",
    rf"(?P<coded>\(\d{{3,5}}\)(?:{_S}\d){{5,7}}(?!\d))",
    rf"(?P<passport>{_FREE}\d{{2}} ?\d{{2}} (?:№ ?)?\d{{6}}{_END})",
    rf"(?P<bare>{_FREE}\d{{11,12}}{_END})",
    r"(?P<city>(?<![\d.,/\-])\d{3}-\d{2}-\d{2}(?![\d\-]))",
)
# The two look-aheads spare nearly all positions of a text the trial of all alternatives: ten times faster.
_NUMBERS = re.compile(
    rf"(?=[псиотмфвwvз☎📞📱])(?:{'|'.join(_BY_WORD)})|(?=[\d(+])(?:{'|'.join(_BY_SHAPE)})",
    re.IGNORECASE,
)
# The look-behind keeps a long run without "@" from being tried at each of its letters.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.)+[\w-]{2,}")
# What can stand before a number and tell its kind is never longer.
_BEFORE: Final = 60
_FIRST_DIGIT = re.compile(r"[\d(+]")
_YEARS = re.compile(r"(?:19|20)\d{2}(?:[ -](?:19|20)\d{2}){3}")
_KINDS: Final = {"named": DOCUMENT, "snils": DOCUMENT, "passport": DOCUMENT, "card": CARD}


def mask(text: str) -> str:
    """The text without personal numbers and addresses; the very same object if there are none. Masking twice changes nothing."""
    if "@" in text:
        text = _EMAIL.sub(EMAIL, text)
    suspect = _SUSPECT(text)
    if suspect is None:
        return text
    start = max(0, suspect.start() - _BEFORE)
    return text[:start] + _NUMBERS.sub(_replace, text[start:])


def mask_post(post: Post) -> Post:
    """Masks every field of a post that people fill in, in place, and returns the post."""
    post.text = mask(post.text)
    if post.place:
        post.place = mask(post.place)
    for attachment in post.attachments:
        attachment.title = mask(attachment.title)
    return post


def author_hash(key: bytes, network: str, author: str | int) -> str:
    """A stable pseudonym, 16 hex digits. Without the key it leads back to nobody; with a new key nobody is recognised.

    Raises ValueError for an empty key: a hash without one could be undone by trying all ids.
    """
    if not key:
        raise ValueError("the key of the authors' hash is empty")
    # BLAKE2b takes keys of up to 64 bytes; a longer one is digested, not cut.
    secret = key if len(key) <= 64 else blake2b(key).digest()
    return blake2b(f"{network}:{author}".encode("utf-8", "replace"), key=secret, digest_size=8).hexdigest()


def _replace(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    found = match.group()
    if kind == "card":
        return found if _YEARS.fullmatch(found) else CARD
    if kind == "bare":
        return DOCUMENT if _checked(found) else found
    if kind in ("named", "local"):
        # The word that told what the number is stays: it is no secret, and the sentence stays readable.
        begin = _FIRST_DIGIT.search(found)
        head = found[: begin.start()] if begin else ""
        if kind == "local":
            return head + PHONE
        return head + DOCUMENT if _long_enough(found) else found
    return _KINDS.get(kind, PHONE)


def _long_enough(found: str) -> bool:
    """Ten digits at least (passport, INN of a firm): "полис от 12.05.2024" is no document."""
    return sum(character.isdigit() for character in found) >= 10


def _checked(digits: str) -> bool:
    """Whether 12 digits are an INN, or 11 a SNILS, by their control digits (Federal Tax Service; Pension Fund)."""
    numbers = [int(digit) for digit in digits]
    if len(numbers) == 11:
        total = sum(number * weight for number, weight in zip(numbers, range(9, 0, -1), strict=False)) % 101 % 100
        return total == numbers[9] * 10 + numbers[10]
    first = sum(a * b for a, b in zip(numbers, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8), strict=False)) % 11 % 10
    second = sum(a * b for a, b in zip(numbers, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8), strict=False)) % 11 % 10
    return first == numbers[10] and second == numbers[11]
