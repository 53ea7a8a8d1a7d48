"""Cuts a page of a preview where its items begin, and parses each by itself: what one leaves open can't swallow the next.

HTML takes time by the third power of the tags that stand open, so tags are counted before anything is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

_WRAP = re.compile(rb"tgme_widget_message_wrap\b")
# Bounded, as the search would else go to the page's end from each of its tags.
_WRAP_REACH: Final = 200
# Telegram allows 100 entities in a message, ten parts in an album and twelve answers in a poll: a thousand tags at most, without
# those of emoji, which are taken off before.
_TAGS: Final = 1_500


def nodes_of(items: Sequence[bytes]) -> list[LexborNode | None]:
    """What stands for each item; None for one that has too many tags."""
    nodes: list[LexborNode | None] = []
    lot: list[bytes] = []
    tags = 0
    for item in items:
        count = item.count(b"<") + 2
        if tags + count > _TAGS:
            nodes += _parsed(lot)
            lot, tags = [], 0
        if count > _TAGS:
            nodes.append(None)
        else:
            lot.append(item)
            tags += count
    return nodes + _parsed(lot)


def _parsed(lot: Sequence[bytes]) -> list[LexborNode]:
    """Each of some items. Making a document takes longer than parsing an item, so they share one as long as each keeps to itself.

    An object is what in HTML nothing that was left open or closed too often inside gets out of; what does all the same (raw text, a
    table) shows in the number of objects, and then each item has a document of its own.
    """
    page = b"".join(b"<object>" + item + b"</object>" for item in lot)
    if page.lower().count(b"</object") == len(lot):
        tree = LexborHTMLParser(page)
        nodes = list(tree.body.iter()) if tree.body is not None else []
        if len(nodes) == len(lot) and all(node.tag == "object" for node in nodes):
            return nodes
    trees = (LexborHTMLParser(b"<body>" + item).body for item in lot)
    return [node for node in trees if node is not None]


def starts_of(body: bytes) -> list[int]:
    """Where the items begin: at tags whose class says so, and not at texts that do."""
    begun = ((body.rfind(b"<", max(0, match.start() - _WRAP_REACH), match.start()), match.start()) for match in _WRAP.finditer(body))
    return [start for start, name in begun if start >= 0 and body.startswith(b"<div ", start) and body.find(b">", start, name) < 0]
