"""What a feed must pass before feedparser sees it, so that no document is worth an attack.

feedparser takes hours for some documents of a megabyte: elements nested without end, thousands of attributes, an author of a hundred
thousand letters. So the document is decoded here, declarations of entities are refused wherever they stand (also where a parser would
take them for text: which parser is right need not be known), its structure is bounded by a quick pass, and elements that name authors
are renamed: feedparser looks for e-mail addresses in them in quadratic time.
"""

from __future__ import annotations

import codecs
import re
from typing import Final
from xml.parsers import expat

ELEMENTS: Final = 30_000
"""A feed of a thousand entries has about twenty thousand."""
DEPTH: Final = 100
ATTRIBUTES: Final = 64
LOOSE_TAGS: Final = 20_000
"""In a document that is no well-formed XML, where only the signs can be counted."""
LOOSE_TAG: Final = 8_000
BY: Final = "nabatby"
"""The name that elements with authors get; the element with a name in one of them gets ``nabatbyname``."""

_DECLARATION = re.compile(r"<!(?:ENTITY|ATTLIST|ELEMENT|NOTATION)", re.IGNORECASE)
_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_HEADER = re.compile(r"^\s*<\?xml[^>]*\?>\s*")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_AUTHOR = re.compile(
    r"(</?(?:[\w.-]{1,40}:)?)(?:author|creator|managingEditor|webMaster|publisher|owner|(name))\b(?![\w.:-])", re.IGNORECASE
)
_PEOPLE = re.compile(
    r"<((?:[\w.-]{1,40}:)?(?:author|creator|managingEditor|webMaster|publisher|owner))(?![\w.:-])(?:[^<>]*/>|.*?(?:</\1\s*>|\Z))",
    re.IGNORECASE | re.DOTALL,
)
_LONG_TAG = re.compile(rf"<[^<>]{{{LOOSE_TAG}}}")
_HTML = re.compile(r"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Unsafe(Exception):
    """The document is not parsed; the message, in Russian, says why."""


def decode(body: bytes, content_type: str) -> str:
    """The document as text, by its byte order mark, as UTF-8 if it is that, by the header, its own declaration, or as windows-1251.

    Bytes that happen to be UTF-8 are nothing else, whatever is said of them; and servers name a charset that the file does not have
    as often as files do.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").lstrip("\ufeff")
    header = _CHARSET.search(content_type)
    declared = _ENCODING.search(body[:300])
    for name in ("utf-8", header[1] if header else "", declared[1].decode("ascii") if declared else ""):
        try:
            # Other codecs of Python (zip, rot13, idna …) are no encodings of text, or not linear in time.
            if name and codecs.lookup(name).name in _TEXT:
                return body.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return body.decode("windows-1251", "replace")


_TEXT: Final = frozenset(
    codecs.lookup(name).name
    for name in ("utf-8", "utf-16", "windows-1251", "koi8-r", "koi8-u", "iso-8859-5", "iso-8859-1", "windows-1252", "ascii", "cp866")
)


def guarded(text: str) -> bytes:
    """The document in UTF-8, safe for feedparser. Raises Unsafe."""
    if _HTML.match(text[:2_000]):
        raise Unsafe("вместо ленты пришла веб-страница")
    if _DECLARATION.search(text):
        raise Unsafe("в ленте объявлены сущности XML, такие ленты не разбираются")
    text = _HEADER.sub("", text, count=1)
    data = text.encode("utf-8", "replace")
    if not _well_formed(data) and (text.count("<") > LOOSE_TAGS or _LONG_TAG.search(text)):
        raise Unsafe("лента повреждена и слишком велика, чтобы её разобрать")
    return _AUTHOR.sub(rf"\g<1>{BY}\g<2>", text).encode("utf-8", "replace")


def nameless(text: str) -> str:
    """The beginning of a document without the names of authors, for people who look why it was not taken."""
    return _PEOPLE.sub(r"<\1/>", text)


def _well_formed(data: bytes) -> bool:
    depth = count = 0
    parser = expat.ParserCreate("utf-8")

    def start(name: str, attributes: list[str]) -> None:
        nonlocal depth, count
        depth += 1
        count += 1
        if depth > DEPTH or count > ELEMENTS or len(attributes) > 2 * ATTRIBUTES:
            raise Unsafe("лента устроена слишком сложно: вложенность, число элементов или атрибутов")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.ordered_attributes = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        return False
    return True
