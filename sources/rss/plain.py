"""HTML of a description as plain text: what a reader of the page would see, without scripts, styles and pictures."""

from __future__ import annotations

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser

# Longer descriptions are cut before they are parsed: the post's text would be cut later anyway.
_LONGEST: Final = 400_000
_BREAKING: Final = frozenset(
    ("br", "p", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "article", "section", "hr")
)
_UNSEEN: Final = ("script", "style", "template", "noscript", "iframe", "object", "svg", "title")
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[#\w]")
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")


def plain(html: str) -> str:
    """The text with one newline between blocks; the same words if it was plain already."""
    text = _text(html[:_LONGEST]) if _MARKUP.search(html) else html
    return _LINES.sub("\n", _BLANKS.sub(" ", text.replace("\xa0", " ").replace("\0", ""))).strip()


def _text(html: str) -> str:
    body = LexborHTMLParser(html).body
    if body is None:
        return ""
    body.strip_tags(list(_UNSEEN))
    parts: list[str] = []
    for node in body.traverse(include_text=True):
        if node.tag == "-text":
            parts.append(node.text_content or "")
        elif node.tag in _BREAKING:
            parts.append("\n")
    return "".join(parts)
