"""What alerts quote of people's words, and how a quote is taken out of them again."""

from __future__ import annotations

import orjson

from detectors.topics.sketch import EXCERPT as TOPIC
from monitor.model.rows import AlertRow
from monitor.triage.erased import quote_hash
from monitor.watch.spike_posts import EXCERPT as SPIKE
from monitor.watch.wording import example

GONE = "Цитата удалена."
"""What stands where the words of somebody stood who is erased."""


def quotes_of(text: str) -> list[str]:
    """The forms in which a text may be quoted, or kept to be."""
    return list(dict.fromkeys((text[:TOPIC], *(example(part) for part in (text, text[:SPIKE], text[:TOPIC])))))


def unquoted(row: AlertRow, quotes: frozenset[str]) -> AlertRow:
    """The row without the examples that these hashes name; the same row where there is none."""
    examples = orjson.loads(row.examples)
    left = [one for one in examples if quote_hash(one) not in quotes]
    return row if left == examples else row._replace(examples=orjson.dumps(left).decode())
