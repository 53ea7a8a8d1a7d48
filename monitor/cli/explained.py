"""A verdict told to an operator: what a text was taken for, and why."""

from __future__ import annotations

from collections.abc import Sequence

from detectors.classifier.learned import ByForm
from detectors.taxonomy import taxonomy
from monitor.model.verdict import Verdict
from monitor.profile.model import Profile

KINDS = {"complaint": "жалоба", "question": "вопрос", "suggestion": "предложение", "thanks": "благодарность"}
URGENCY = ("обычная", "повышенная", "срочно", "опасность")
_NONE = ByForm()


def explained(
    key: str,
    text: str,
    verdict: Verdict,
    territory: str,
    profile: Profile | None,
    why: Sequence[str] = (),
    form: ByForm = _NONE,
) -> str:
    """Some lines of Russian text. ``key`` is the id as JSON, ``why`` are the words that made the urgency, ``form`` what the form of
    the text did for its body.
    """
    said = [f"{key}: {' '.join(text.split())[:100]}"]
    if verdict.appeal:
        because = f" ({', '.join(why)})" if why else ""
        said.append(f"{KINDS[verdict.kind]}, уверенность {verdict.score // 10} %, срочность: {URGENCY[verdict.urgency]}{because}")
        said.append("тема: " + ("; ".join(f"{_theme(theme)} {score // 10} %" for theme, score in verdict.themes) or "не определена"))
    else:
        said.append("не обращение: слов о просьбе, неисправности, месте и ведомстве не хватает или они о другом")
    place = verdict.place
    where = (_territory(territory, profile), place.settlement, place.street, place.house and f"дом {place.house}", place.facility)
    said.append("место: " + (", ".join(part for part in where if part) or "не названо"))
    if verdict.appeal:
        found = "; ".join(f"{_body(body, profile)} {score // 10} %" for body, score in verdict.bodies)
        said.append("исполнитель: " + (found or "по теме и месту никто не назначен"))
        if formed := _formed(form, profile):
            said.append(f"форма письма: {formed}")
        said.append("решили слова: " + (", ".join(verdict.reasons) or "нет отдельных слов, текст похож на известные обращения"))
    return "\n    ".join(said) + "\n"


def _formed(form: ByForm, profile: Profile | None) -> str:
    """What the form of a text did for its body; empty if nothing."""
    told = {
        "за этого исполнителя": ", ".join(form.speaking),
        "против него": ", ".join(form.against),
        "без неё первым был бы": _body(form.instead, profile),
    }
    return "; ".join(f"{said} {what}" for said, what in told.items() if what)


def _theme(theme: str) -> str:
    known = taxonomy().themes.get(theme)
    # The labels of a region's own model are its words already.
    return known.name if known else theme


def _territory(territory: str, profile: Profile | None) -> str:
    known = profile.territories.get(territory) if profile else None
    return known.name if known else territory


def _body(body: str, profile: Profile | None) -> str:
    known = profile.bodies.get(body) if profile else None
    return known.name if known else body
