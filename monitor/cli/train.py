"""``nabat train HISTORY.jsonl --out MODEL``: fits the classifier to a region's own labels and says how good it has become."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from detectors.classifier import RuleClassifier
from detectors.model.fit import Figures
from detectors.model.history import QUESTIONS, History, Named, folds, ground_of, learned, tasks_of, validate
from detectors.model.model import load_file
from monitor.model.errors import ConfigError
from monitor.model.post import Post
from monitor.profile.load import load_profile
from monitor.profile.model import Profile

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

MOST = 8000
"""Texts of a history that are learned from, the last ones: time grows with the cube of their number, and offices change."""
TOLERANCE = 0.005
"""A figure may be lower by this much before a model counts as worse: chance moves it by more between two seeds."""
NAMES = {"theme": "тема", "body": "исполнитель", "group": "категория"}


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "train",
        help="обучить классификатор на обращениях региона",
        description="Обучает классификатор на размеченных обращениях и показывает качество на текстах, которых модель не видела "
        "(перекрёстная проверка, повторы не попадают в разные части), рядом с качеством поставляемой модели.",
    )
    parser.add_argument(
        "file",
        metavar="HISTORY.jsonl",
        type=Path,
        help='по строке на обращение: {"text", "theme"?, "body"?, "group"? или "category"?}',
    )
    parser.add_argument("--region", metavar="R", help="профиль региона: имя или папка")
    parser.add_argument("--out", metavar="MODEL", type=Path, required=True, help="куда записать модель")
    parser.add_argument("--folds", type=int, default=5, metavar="N", help="частей перекрёстной проверки (по умолчанию 5)")
    parser.add_argument("--seed", type=int, default=7, help="число, от которого зависит разбиение на части (по умолчанию 7)")
    parser.add_argument("--force", action="store_true", help="записать модель, даже если она хуже")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit status: 0, 1 if the model is worse and was not written, 2 if a file could not be read or there is too little to learn."""
    try:
        profile = load_profile(args.region) if args.region else None
        history, themes = _history(args.file, RuleClassifier(profile), profile)
        if args.folds < 2:
            raise ValueError("--folds: нужно не меньше двух частей")
        ground, bare = ground_of(history)
        tasks = tasks_of(history, bare)
        if not tasks:
            raise ValueError(f"{args.file}: слишком мало размеченных обращений")
        before = load_file(args.out).about["figures"] if args.out.exists() else {}
        found = validate(ground, tasks, folds(history.texts, args.folds, args.seed), themes)
        worse = _tell(found, before)
        if worse and not args.force:
            print(f"Модель не записана: {', '.join(worse)}. Записать всё равно: --force", file=sys.stderr)
            return 1
        figures = {name: own._asdict() for name, (own, _) in found.items()}
        about = {"texts": len(history.texts), "seed": args.seed, "folds": args.folds, "figures": figures}
        args.out.write_bytes(learned(ground, bare, tasks, about).save())
        print(f"Модель записана: {args.out}")
    except (ConfigError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _history(path: Path, classifier: RuleClassifier, profile: Profile | None) -> tuple[History, list[str]]:
    """The history, and the theme that the shipped model gives each text."""
    texts: list[str] = []
    labels: dict[str, list[str]] = {name: [] for name in QUESTIONS}
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
            text = row["text"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise ValueError(f'{path}:{number}: ожидался объект JSON с полем "text"') from None
        if not isinstance(text, str):
            raise ValueError(f"{path}:{number}: text: ожидалась строка")
        texts.append(text)
        row.setdefault("group", row.get("category"))
        for name in QUESTIONS:
            value = row.get(name)
            labels[name].append("" if value is None else str(value))
    texts = texts[-MOST:]
    if not texts:
        raise ValueError(f"{path}: обращений нет")
    words, points, territories = classifier.evidence(texts)
    themes = [verdict.theme for verdict in classifier.classify([Post("", text) for text in texts], "")]
    labels = {name: listed[-MOST:] for name, listed in labels.items()}
    named = {name: _named(classifier, sorted(set(listed) - {""})) for name, listed in labels.items()}
    paths = {territory: profile.path(territory) for territory in profile.territories} if profile else {}
    return History(texts, words, points, classifier.subjects, territories, labels, named, paths), themes


def _named(classifier: RuleClassifier, labels: list[str]) -> Named:
    words, _, territories = classifier.evidence(labels) if labels else ([], None, [])
    return Named(words, territories)


def _tell(found: dict[str, tuple[Figures, Figures]], before: dict[str, dict[str, float]]) -> list[str]:
    """Prints the figures; says where the new model is worse than the shipped one or than the one that it replaces."""
    worse = []
    print(f"{'':14}{'первый ответ':>14}{'в первых трёх':>15}{'без обучения':>19}{'обращений':>12}")
    for name, (own, shipped) in found.items():
        without = f"{shipped.first:.3f} / {shipped.three:.3f}"
        print(f"{NAMES[name]:14}{own.first:14.3f}{own.three:15.3f}{without:>19}{own.texts:12}")
        if own.first < shipped.first - TOLERANCE:
            worse.append(f"{NAMES[name]} хуже, чем без обучения")
        if name in before and own.first < before[name]["first"] - TOLERANCE:
            worse.append(f"{NAMES[name]} хуже, чем у прежней модели ({before[name]['first']:.3f})")
    return worse
