"""Figures of a region for a summary."""

from __future__ import annotations

from monitor.runtime.embedded import Embedded


async def figures(engine: Embedded) -> dict[str, int]:
    """What the store holds of this region, from the views that everybody reads."""
    rows = await engine.reader.query(
        "SELECT (SELECT count() FROM current_post_revisions) AS revisions,"
        " (SELECT count() FROM current_appeals WHERE region = {r:String}) AS appeals,"
        " (SELECT count() FROM current_incidents WHERE region = {r:String}) AS incidents,"
        " (SELECT count() FROM current_alerts WHERE region = {r:String}) AS alerts,"
        " (SELECT count() FROM current_posts WHERE duplicate_of != '') AS exact,"
        " (SELECT count() FROM current_appeals WHERE duplicate_of != '' AND id NOT IN"
        "   (SELECT id FROM current_posts WHERE duplicate_of != '')) AS near,"
        " exact + near AS duplicates,"
        " (SELECT count() FROM current_dead_letters WHERE status = 'dead') AS dead_letters",
        {"r": engine.profile.id},
    )
    return {name: int(value) for name, value in rows[0].items()}
