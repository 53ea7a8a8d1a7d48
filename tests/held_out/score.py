"""The shipped classifier on the frozen held-out texts: macro F1, precision and recall of kinds, urgency, answers and places.

    python -m tests.held_out.score [--only NAME,…] [--confusion]

Figures only: it prints no text, so that nobody who works on the classifier need see one.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from detectors.classifier import RuleClassifier
from monitor.model.post import Post
from monitor.model.verdict import Quality, Urgency
from monitor.profile.load import load_profile
from tests.held_out.measures import Share, by_class, confusion, filled, macro_f1, table

FOLDER = Path(__file__).parent
KINDS = ("complaint", "question", "suggestion", "thanks", "chatter")
QUALITIES: tuple[Quality, ...] = ("substantive", "interim", "formal", "redirect")
FIELDS = ("territory", "settlement", "street", "house", "facility")
NOT_ASKED = "*"

Row = dict[str, str]


class Score(NamedTuple):
    """The shares by class or field, and lines that say more: the confusion matrix, or what else was counted."""

    shares: dict[str, Share]
    more: list[str]
    texts: int


def rows(name: str) -> list[Row]:
    """The rows of a file by its header, in its order; line feeds of a text are back in it."""
    head, *lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    names = head.split("\t")
    read = [dict(zip(names, line.split("\t"), strict=True)) for line in lines]
    for row in read:
        row["text"] = row["text"].replace("\\n", "\n")
    return read


def posts(read: Sequence[Row], official: bool = False) -> list[Post]:
    return [Post(str(at), row["text"], official=official) for at, row in enumerate(read)]


def classes(names: Sequence[str], truth: Sequence[str], said: Sequence[str]) -> Score:
    return Score(by_class(names, truth, said), list(confusion(names, truth, said)), len(truth))


def kinds(read: Sequence[Row]) -> Score:
    said = [verdict.kind for verdict in RuleClassifier(None).classify(posts(read), "")]
    return classes(KINDS, [row["kind"] for row in read], said)


def urgency(read: Sequence[Row]) -> Score:
    verdicts = RuleClassifier(None).classify(posts(read), "")
    levels, said = ([level.name.lower() for level in some] for some in (Urgency, [verdict.urgency for verdict in verdicts]))
    score = classes(levels, [row["urgency"] for row in read], said)
    chatter = Counter(row["urgency"] for row, verdict in zip(read, verdicts, strict=True) if not verdict.appeal)
    score.more.append("  taken for chatter, which is never urgent: " + ", ".join(f"{level} {chatter[level]}" for level in levels))
    return score


def answers(read: Sequence[Row]) -> Score:
    said = RuleClassifier(None).judge(posts(read, official=True))
    return classes(QUALITIES, [row["quality"] for row in read], said)


def normal(value: str, region: str) -> str:
    """The region itself is no place in it; ё is written both ways; a street's kind may stand before or after its name."""
    return "" if value == region else " ".join(sorted(value.replace("ё", "е").split()))


def places(read: Sequence[Row]) -> Score:
    """Fields that a row does not ask for (several answers would be right) are left out, whatever is said."""
    pairs: dict[str, list[tuple[str, str]]] = {field: [] for field in FIELDS}
    elsewhere: list[bool] = []
    lost = 0
    for region in sorted({row["region"] for row in read}):
        own = [row for row in read if row["region"] == region]
        verdicts = RuleClassifier(load_profile(region)).classify(posts(own), [row["source"] for row in own])
        lost += sum(not verdict.appeal for verdict in verdicts)
        for row, verdict in zip(own, verdicts, strict=True):
            if row["territory"] not in ("", NOT_ASKED, row["source"]):
                elsewhere.append(verdict.place.territory == row["territory"])
            for field in FIELDS:
                if row[field] != NOT_ASKED:
                    pairs[field].append((normal(row[field], region), normal(getattr(verdict.place, field), region)))
    shares = {field: filled(*zip(*pairs[field], strict=True)) for field in FIELDS}
    exact = sum(one == other for field in ("street", "house", "facility") for one, other in pairs[field])
    asked = sum(len(pairs[field]) for field in ("street", "house", "facility"))
    right = sum(one == other for one, other in pairs["territory"])
    more = [
        f"  territory is the one expected, none where none is known: {right} of {len(pairs['territory'])}",
        f"  the same of texts that name a territory other than their source's: {sum(elsewhere)} of {len(elsewhere)}",
        f"  street, house and facility are the ones expected, none where none is named: {exact} of {asked}",
        f"  taken for chatter, which has no place: {lost} of {len(read)}",
    ]
    return Score(shares, more, len(read))


SCORES: dict[str, Callable[[Sequence[Row]], Score]] = {"kinds": kinds, "urgency": urgency, "answers": answers, "places": places}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.held_out.score", description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help=f"names, by commas: {', '.join(SCORES)}")
    parser.add_argument("--confusion", action="store_true", help="with the confusion matrices")
    given = parser.parse_args(arguments)
    wanted = [name for name in given.only.split(",") if name] or [*SCORES]
    if unknown := [name for name in wanted if name not in SCORES]:
        parser.error(f"no held-out texts of this name: {', '.join(unknown)}")
    for name in wanted:
        score = SCORES[name](rows(name))
        print(f"{name}: macro F1 {macro_f1(score.shares):.3f} of {score.texts} texts")
        print(*table(score.shares), sep="\n")
        if given.confusion or name == "places":
            print(*score.more, sep="\n")


if __name__ == "__main__":
    main()
