"""Draws the golden logs: quiet weeks, then two days: a main bursts; snow falls; the light goes out everywhere in frost; or a text is
reposted and a source is not seen.
"""

from __future__ import annotations

from random import Random

from tests.detectors.spikes.golden.days import DISTRICTS, FOLDER, STEP, WEEKS, told
from tests.detectors.spikes.worlds import HOUR, poisson, rhythm

_SYLLABLES = "ба ве го ду жи за ко лу ме но пе ра се ту фо ха ци ча шу ще".split()
_LEVELS = {"energy": 0.02, "housing": 0.05, "roads": 0.04, "waste": 0.03}
_DAY = 24 * 60


def events(name: str) -> list[tuple[str, str, int, int, float]]:
    """What happens: districts (``*``: all), group, first and last minute, and posts a minute in each."""
    return {
        "main": [("d3", "housing", 10 * 60, 12 * 60, 0.5), ("d6", "energy", _DAY + 19 * 60, _DAY + 20 * 60, 0.25)],
        "snow": [("*", "roads", 6 * 60, 30 * 60, 0.04), ("d5", "housing", _DAY + 9 * 60, _DAY + 10 * 60, 0.4)],
        "blackout": [("*", "energy", 18 * 60, 20 * 60, 0.1), ("d5", "housing", _DAY + 9 * 60, _DAY + 10 * 60, 0.4)],
        "quiet": [],
    }[name]


def draw(name: str) -> str:
    random = Random(f"golden {name}")
    lines = []
    for district in DISTRICTS:
        for group, level in _LEVELS.items():
            hours = [poisson(random, level * HOUR * rhythm(hour * HOUR)) for hour in range(WEEKS * 168)]
            lines.append(f"past\t{district}|group|{group}\t{' '.join(map(str, hours))}")
    posts = []
    for minute in range(2 * _DAY):
        for district in DISTRICTS:
            for group, level in _LEVELS.items():
                rate = level / STEP * rhythm(minute // STEP)
                rate += sum(
                    more
                    for where, what, begin, end, more in events(name)
                    if what == group and where in ("*", district) and begin <= minute < end
                )
                posts += [(minute, district, group, text(random)) for _ in range(poisson(random, rate))]
    if name == "quiet":
        # An old text, reposted sixty times within the hour; and three hours of which nothing is seen until they have passed.
        posts += [(14 * 60 + copy, "d2", "waste", "тот же текст о свалке у леса за оврагом снова и снова") for copy in range(60)]
        lines += [f"dark\t{_DAY + 9 * 60}", f"light\t{_DAY + 12 * 60}"]
    if name == "blackout":
        lines.append(f"frost\t{16 * 60}")
    lines += [f"{at}\t{district}\t{group}\t{words}" for at, district, group, words in sorted(posts)]
    return "\n".join([*lines, f"end\t{2 * _DAY}"]) + "\n"


def text(random: Random) -> str:
    """Words that nobody else writes: no near-duplicate of another."""
    return " ".join("".join(random.choices(_SYLLABLES, k=3)) for _ in range(5))


def main() -> None:
    for name in ("main", "snow", "blackout", "quiet"):
        (FOLDER / f"{name}.log").write_text(draw(name), encoding="utf-8")
        (FOLDER / f"{name}.alerts").write_text("".join(f"{line}\n" for line in told(name)), encoding="utf-8")


if __name__ == "__main__":
    main()
