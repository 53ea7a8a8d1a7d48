"""Who answers for a theme in a territory, by the routes of the region profile."""

from __future__ import annotations

from monitor.profile.model import Profile

BODIES = 3
"""How many candidates an operator is shown."""
THEME_FACTOR = 1000
"""Share, in thousandths, of the score that a body keeps whose route names the theme; one that names the group keeps less, so that
between near themes the more exact route comes first."""
GROUP_FACTOR = 900
CACHE_ROUTES = 20_000


class Router:
    """The profile's routes as a table, and a bounded cache of what was asked."""

    def __init__(self, profile: Profile | None) -> None:
        self._profile = profile
        self._table = {(route.group, route.theme, route.territory): route.body for route in profile.routes} if profile else {}
        self._known: dict[tuple[str, str], tuple[str, int]] = {}

    def one(self, theme: str, territory: str) -> tuple[str, int]:
        """The body by the most specific route, and the factor of its score; ``("", 0)`` if no route matches."""
        known = self._known.get((theme, territory))
        if known is None:
            if len(self._known) >= CACHE_ROUTES:
                self._known.clear()
            known = self._known[theme, territory] = self._find(theme, territory)
        return known

    def rank(self, themes: list[tuple[str, int]], territory: str) -> list[tuple[str, int]]:
        """At most BODIES bodies with scores 0 to 1000, from themes with theirs; the first is that of the first theme."""
        best: dict[str, int] = {}
        for theme, score in themes:
            body, factor = self.one(theme, territory)
            if body:
                best[body] = max(best.get(body, 0), score * factor // 1000)
        first = self.one(themes[0][0], territory)[0] if themes else ""
        return sorted(best.items(), key=lambda item: (item[0] != first, -item[1], item[0]))[:BODIES]

    def _find(self, theme: str, territory: str) -> tuple[str, int]:
        if self._profile is None:
            return "", 0
        group = theme.split(".")[0]
        path = [*self._profile.path(territory), ""]
        for slug, factor in ((theme, THEME_FACTOR), ("", GROUP_FACTOR)):
            for place in path:
                body = self._table.get((group, slug, place))
                if body is not None:
                    return body, factor
        return "", 0
