"""What a comment means with what it answers: «у нас тоже» under an appeal is one on the same theme.

Watch knows a region's appeals as they stand, bounded and in its snapshots, and gets them in the log's order; so a comment means the
same in every replay, wherever batches end. Of what it answers, the post that it replies to counts before the one that opened the
thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from msgspec import structs

from detectors.classifier.body import Router
from monitor.model.incident import Appeal
from monitor.model.rows import AppealRow
from monitor.model.verdict import Place, Urgency, Verdict
from monitor.profile.model import Profile


class Contexts:
    """Reads comments of one region. ``get`` gives an appeal that watch keeps, as it is now."""

    def __init__(self, profile: Profile, get: Callable[[str], AppealRow | None]) -> None:
        self._profile = profile
        self._get = get
        self._router = Router(profile)

    def parent(self, appeal: Appeal) -> AppealRow | None:
        """The appeal that one answers, if it is known and counts."""
        for name in (appeal.reply_to, appeal.thread):
            row = self._get(name) if name and name != appeal.id else None
            if row is not None and row.status == "active":
                return row
        return None

    def read(self, appeal: Appeal, parent: AppealRow) -> Appeal:
        """The comment with what its own text leaves open: theme, territory; an echo of a complaint is as urgent as that."""
        verdict = appeal.verdict
        place = self._place(verdict.place, parent)
        if verdict.echo:
            return structs.replace(appeal, verdict=self._echo(verdict, place, parent))
        if place == verdict.place:
            return appeal
        bodies = self._router.rank(verdict.themes, place.territory) or verdict.bodies
        body = bodies[0][0] if bodies else ""
        return structs.replace(appeal, verdict=replace(verdict, place=place, body=body, bodies=bodies))

    def _echo(self, verdict: Verdict, place: Place, parent: AppealRow) -> Verdict:
        themes = [(parent.theme, parent.score)] if parent.theme else []
        bodies = self._router.rank(themes, place.territory)
        body = parent.body if place.territory == parent.territory or not bodies else bodies[0][0]
        alike = verdict.echo == "complaint" and parent.kind == "complaint"
        return replace(
            verdict,
            kind=verdict.echo or verdict.kind,
            group=parent.group,
            theme=parent.theme,
            themes=themes,
            place=place,
            body=body,
            bodies=bodies,
            urgency=max(verdict.urgency, Urgency(parent.urgency)) if alike else verdict.urgency,
        )

    def _place(self, own: Place, parent: AppealRow) -> Place:
        """The comment's own place in the territory of the other, unless it names another one."""
        if own.settlement or (own.exact and own.territory not in ("", self._profile.id)):
            return own
        if own.territory and own.territory not in self._profile.path(parent.territory):
            return own
        return replace(own, territory=parent.territory or own.territory, settlement=parent.settlement)
