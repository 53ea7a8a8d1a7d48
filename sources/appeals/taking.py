"""Items of JSON as appeals; each that is none is kept apart with its number and the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monitor.model.post import Post
from sources.appeals.form import Form
from sources.paging import fit
from sources.people import letter
from sources.rows import BadRow


def take(form: Form, items: Sequence[Any], at: int) -> tuple[list[Post], list[tuple[Any, str]]]:
    """Posts, and broken items. ``at`` (ms): see Form.post."""
    posts: list[Post] = []
    broken: list[tuple[Any, str]] = []
    for number, item in enumerate(items, 1):
        try:
            if not isinstance(item, dict):
                raise BadRow("не объект JSON")
            posts.append(fit(form.post(item, at)))
        except BadRow as error:
            broken.append((letter(item, item if isinstance(item, dict) else "", form.people), f"запись {number}: {error}"))
    return posts, broken
