from detectors.spikes import SpikeSettings
from detectors.spikes.alarm import Alarm

MINUTES = 60_000
SETTINGS = SpikeSettings(notice=40, urgent=70, flash=110, calm=20, calm_ms=15 * MINUTES, spacing_ms=60 * MINUTES)


def levels(surprises: list[int], alarm: Alarm | None = None) -> list[str | None]:
    alarm = alarm or Alarm(SETTINGS)
    return [alarm.judge(surprise, i * 5 * MINUTES) for i, surprise in enumerate(surprises)]


def test_tells_the_begin_and_each_rise_once() -> None:
    assert levels([0, 39, 40, 69, 45, 70, 70, 200, 69]) == [None, None, "notice", None, None, "urgent", None, "flash", None]


def test_goes_on_until_it_was_calm_for_long_enough() -> None:
    alarm = Alarm(SETTINGS)
    assert levels([45, 19, 19, 20, 19, 19], alarm) == ["notice", None, None, None, None, None]
    assert alarm.rank == 1
    assert alarm.judge(19, 6 * 5 * MINUTES) is None
    assert alarm.rank == 0


def test_after_the_end_only_worse_begins_until_the_spacing_is_over() -> None:
    calm = [0, 0, 0]
    assert levels([75, *calm, 75, 75])[4:] == [None, None]
    assert levels([75, *calm, 110])[4] == "flash"
    spacing = [0] * 12
    assert levels([75, *calm, *spacing, 45])[-1] == "notice"
    assert levels([75, *calm, *spacing[1:], 45])[-1] is None
