"""Takes what a person wrote out of the store: out of every row that was ever written, not out of the current ones alone.

Which posts are erased stands in ``posts`` itself (``appeal_kind`` ``erased``), written by triage. So a crash in the middle leaves
nothing to be remembered: whatever still has words of such a post is found and cleaned again. Rows are changed by mutations, which the
server finishes by itself once it has taken them; no statement has words of people or hashes of authors, since the server keeps its
statements. Parts from before a mutation are on the disk for some minutes more (``old_parts_lifetime``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

import orjson

from monitor.model.rows import DeadLetterRow
from sinks.clickhouse.connect import Target
from sinks.clickhouse.reader import Queries, rows
from sinks.clickhouse.writer import ClickHouseWriter

AT_ONCE = 1000
"""Ids in one statement."""
ALERTS_AT_ONCE, LETTERS_AT_ONCE = 20_000, 50
NO_QUOTE = "Цитата удалена."
"""What an alert says instead of what it quoted."""
SURE = 20
"""Characters of a quote that is looked for in every alert; a shorter one may stand there by chance, and is looked for in the alerts
of its author's incidents alone."""

_FIND = """SELECT id, argMax(region, version) AS region, argMax(network, version) AS network, argMax(source, version) AS source,
    argMax(kind, version) AS kind, toUnixTimestamp64Milli(argMax(published_at, version)) AS published,
    toUnixTimestamp64Milli(max(posts.fetched_at)) AS fetched
FROM posts WHERE id IN (SELECT id FROM posts WHERE author IN {subjects:Array(String)} OR id IN {subjects:Array(String)})
GROUP BY id HAVING argMax(appeal_kind, version) != 'erased' ORDER BY published, id"""
_NAMED = """SELECT id, argMax(author, version) AS author FROM posts WHERE id = {post:String} OR url = {post:String}
GROUP BY id LIMIT 100"""
_TEXTS = """SELECT DISTINCT text FROM
(SELECT text FROM post_revisions WHERE id IN {ids:Array(String)} UNION ALL SELECT text FROM posts WHERE id IN {ids:Array(String)})
WHERE text != ''"""
_ERASED = "(SELECT id FROM posts WHERE appeal_kind = 'erased')"
_POST = "text != '' OR author != '' OR url != '' OR attachments != '[]'"
_APPEAL = "author != '' OR url != '' OR street != '' OR house != '' OR facility != ''"
_DIRTY = f"""SELECT DISTINCT id FROM (
    SELECT id FROM posts WHERE ({_POST}) AND id IN {_ERASED}
    UNION ALL SELECT id FROM post_revisions WHERE text != '' AND id IN {_ERASED}
    UNION ALL SELECT id FROM appeals WHERE ({_APPEAL}) AND id IN {_ERASED}
    UNION ALL SELECT id FROM replies WHERE url != '' AND id IN {_ERASED}
) ORDER BY id"""
_IDS = "id IN {ids:Array(String)}"
_CLEAN = (
    f"ALTER TABLE appeals UPDATE author = '', url = '', street = '', house = '', facility = '' WHERE {_IDS}",
    f"ALTER TABLE replies UPDATE url = '' WHERE {_IDS}",
    f"ALTER TABLE post_revisions UPDATE text = '' WHERE {_IDS}",
    f"ALTER TABLE posts UPDATE text = '', author = '', url = '', attachments = '[]' WHERE {_IDS}",
)
_ALERT = "concat(id, '|', toString(version))"
_ALERTS = f"""SELECT DISTINCT id, version, {_ALERT} AS name, incident, text, examples FROM alerts
WHERE (version, id) > ({{after:UInt128}}, {{name:String}}) ORDER BY version, id LIMIT {{limit:UInt32}}"""
_UNQUOTE = f"ALTER TABLE alerts UPDATE text = {{gone:String}}, examples = '[]' WHERE {_ALERT} IN {{names:Array(String)}}"
_MESSAGES = """ALTER TABLE deliveries UPDATE payload = replaceRegexpAll(replaceRegexpAll(payload, {text:String}, {gone:String}),
    {examples:String}, '"examples":[]') WHERE payload != '' AND alert IN {ids:Array(String)}"""
_JSON_TEXT = r'"(?:[^"\\]|\\.)*"'
_LETTERS = """SELECT DISTINCT id, region, source, scope, reason, detail, toUnixTimestamp64Milli(dead_letters.at) AS at,
    hex(payload) AS sealed, status, version, cityHash64(payload) AS hash FROM dead_letters
WHERE status = 'dead' AND payload != '' AND version > {after:UInt128} ORDER BY version, id LIMIT {limit:UInt32}"""
_NO_LETTER = "ALTER TABLE dead_letters DELETE WHERE status = 'dead' AND id = {id:String} AND cityHash64(payload) = {hash:UInt64}"
_COUNTS = {
    "texts": "SELECT uniqExact(id, version) AS n FROM post_revisions WHERE text != '' AND id IN {ids:Array(String)}",
    "appeals": "SELECT uniqExact(id) AS n FROM appeals WHERE id IN {ids:Array(String)}",
    "incidents": "SELECT uniqExact(incident) AS n FROM appeals WHERE incident != '' AND id IN {ids:Array(String)}",
    "replies": "SELECT uniqExact(id) AS n FROM replies WHERE id IN {ids:Array(String)}",
}
_RUNNING = "SELECT count() AS n FROM system.mutations WHERE database = currentDatabase() AND NOT is_done"


class ClickHouseErasure:
    """Used by one task at a time. Errors as of the reader and the writer."""

    def __init__(self, target: Target) -> None:
        self._queries = Queries(target, threads=1, max_rows=0, max_seconds=target.server_timeout)
        self._writer = ClickHouseWriter(target)

    async def named(self, post: str) -> list[tuple[str, str]]:
        """Posts by their id or address, each with its author's hash (empty: not known)."""
        return [(row["id"], row["author"]) for row in await self._ask(_NAMED, {"post": post})]

    async def find(self, subjects: Sequence[str]) -> list[dict[str, Any]]:
        """What is stored of these authors and posts and is not erased yet, oldest first."""
        return await self._ask(_FIND, {"subjects": list(subjects)})

    async def texts(self, ids: Collection[str]) -> list[str]:
        return [row["text"] for some in _portions(ids) for row in await self._ask(_TEXTS, {"ids": some})]

    async def counted(self, ids: Collection[str]) -> dict[str, int]:
        """How many rows of each sort there are; incidents that are in two portions count twice."""
        found = dict.fromkeys(_COUNTS, 0)
        for some in _portions(ids):
            for name, sql in _COUNTS.items():
                found[name] += int((await self._ask(sql, {"ids": some}))[0]["n"])
        return found

    async def dirty(self) -> list[str]:
        """Erased posts of which something is still stored."""
        return [row["id"] for row in await self._ask(_DIRTY)]

    async def quoting(self, ids: Collection[str], texts: Iterable[str], forms: Callable[[str], Sequence[str]]) -> dict[str, str]:
        """Versions of alerts that quote these posts, by name, each with its alert. ``forms``: how a text may be quoted."""
        quotes = {form for text in texts for form in forms(text) if form}
        own: set[str] = set()
        for some in _portions(ids):
            sql = "SELECT DISTINCT incident FROM appeals WHERE incident != '' AND id IN {ids:Array(String)}"
            own |= {row["incident"] for row in await self._ask(sql, {"ids": some})}
        sure = [quote for quote in quotes if len(quote) >= SURE]
        found: dict[str, str] = {}
        after, name = "0", ""
        while quotes and (alerts := await self._ask(_ALERTS, {"after": after, "name": name, "limit": ALERTS_AT_ONCE})):
            for row in alerts:
                looked = quotes if row["incident"] in own else sure
                if any(quote in row["text"] for quote in looked) or not quotes.isdisjoint(orjson.loads(row["examples"])):
                    found[row["name"]] = row["id"]
            after, name = alerts[-1]["version"], alerts[-1]["id"]
        return found

    async def unquote(self, found: dict[str, str]) -> None:
        """Takes the quotes out of alerts, and out of what was told of them."""
        for names in _portions(found):
            await self._writer.command(_UNQUOTE, {"names": names, "gone": NO_QUOTE})
        for ids in _portions(set(found.values())):
            patterns = {"text": f'"text":{_JSON_TEXT}', "gone": f'"text":"{NO_QUOTE}"'}
            examples = rf'"examples":\[(?:{_JSON_TEXT},?)*\]'
            await self._writer.command(_MESSAGES, {"ids": ids, **patterns, "examples": examples})

    async def clean(self, ids: Collection[str]) -> None:
        """Empties all rows of erased posts. Their ids, times and figures stay, and the hashes of their texts."""
        for some in _portions(ids):
            for sql in _CLEAN:
                await self._writer.command(sql, {"ids": some})

    async def letters(self, after: int) -> list[dict[str, Any]]:
        """Dead letters, in portions, behind a position (packed)."""
        return await self._ask(_LETTERS, {"after": after, "limit": LETTERS_AT_ONCE})

    async def replace(self, letter: dict[str, Any], payload: bytes) -> None:
        """Puts another payload into a dead letter; with none the letter goes. The new one first: a crash loses neither."""
        if payload:
            fields = letter | {"payload": payload, "version": int(letter["version"])}
            await self._writer.write([DeadLetterRow._make(fields[name] for name in DeadLetterRow._fields)])
        await self._writer.command(_NO_LETTER, {"id": letter["id"], "hash": letter["hash"]})

    async def erased(self) -> list[str]:
        """Everybody who is erased."""
        return [row["subject"] for row in await self._ask("SELECT DISTINCT subject FROM erasures ORDER BY subject")]

    async def running(self) -> int:
        """Mutations that the server has still to finish."""
        return int((await self._ask(_RUNNING))[0]["n"])

    async def close(self, patience: float | None = None) -> None:
        await self._queries.close(patience)
        await self._writer.close(patience)

    async def _ask(self, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        return await self._queries.run(lambda client: rows(client, sql, parameters))


def _portions(names: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(names)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
