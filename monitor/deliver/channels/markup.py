"""A letter as the small HTML that messengers take: bold, quotes, links, and nothing that a post could add."""

from __future__ import annotations

from html import escape

from monitor.deliver.channels.base import Letter, Line, cut, unlinked

QUOTE = 500


def html(letter: Letter, limit: int) -> str:
    """At most ``limit`` characters; whole lines are left out at the end where it would be longer."""
    parts: list[str] = []
    size = 0
    for line in letter.card:
        part = _line(line)
        if size + len(part) + 1 > limit:
            break
        parts.append(part)
        size += len(part) + 1
    return "\n".join(parts)


def _line(line: Line) -> str:
    if line.kind == "link":
        return f'<a href="{escape(line.text)}">Открыть в Набате</a>'
    text = escape(unlinked(cut(line.text, QUOTE)), quote=False)
    if line.kind == "title":
        return f"<b>{text}</b>"
    return f"<i>«{text}»</i>" if line.kind == "quote" else text
