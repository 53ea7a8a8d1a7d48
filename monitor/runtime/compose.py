"""Builds the pure parts out of configuration and region profile: settings, classifier, stages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import partial

from detectors.base import Classifier
from detectors.classifier import RuleClassifier
from detectors.duplicates import NearDuplicates
from detectors.model.model import load_file
from detectors.rare import rare
from detectors.spikes import Spikes, SpikeSettings
from detectors.taxonomy import taxonomy
from monitor.config import Config
from monitor.model.errors import ConfigError
from monitor.model.source import Source
from monitor.model.watch import Use
from monitor.profile.model import Profile
from monitor.triage.hashes import short_hash
from monitor.triage.stage import Triage, TriageSettings
from monitor.watch.region import Region
from monitor.watch.settings import Names, WatchSettings
from monitor.watch.stage import Watch

DAY = 86_400_000
ZONES_AS_OF = datetime(2026, 1, 1, tzinfo=UTC)


def triage_settings(config: Config) -> TriageSettings:
    section = config.triage
    # Repeats are of texts that are remembered, and few of them are repeated.
    repeats = max(1, section.remember_texts // 10)
    return TriageSettings(
        section.remember_posts, section.remember_texts, section.text_days, section.park_share, section.park_minimum, repeats
    )


def watch_settings(config: Config, profile: Profile) -> WatchSettings:
    section = config.watch
    bucket = section.bucket_seconds * 1000
    # One offset for ever, so that a replay finds the same hours of the week; no Russian region changes its clocks with the seasons.
    offset = ZONES_AS_OF.astimezone(profile.calendar.timezone).utcoffset()
    spikes = SpikeSettings(
        bucket_ms=bucket,
        minimum=config.spikes.minimum,
        authors=config.spikes.authors,
        per_week=config.spikes.per_week,
        notice=config.spikes.notice,
        urgent=config.spikes.urgent,
        flash=config.spikes.flash,
        holidays=_days(profile.calendar.holidays),
        working=_days(profile.calendar.working),
        timezone_offset_ms=int(offset.total_seconds() * 1000) if offset else 0,
    )
    return WatchSettings(
        bucket=bucket,
        grace=section.grace_seconds * 1000,
        incident_window=section.incident_days * DAY,
        duplicates=section.duplicates,
        duplicate_window=section.duplicate_days * DAY,
        appeals=section.appeals,
        incidents=section.incidents,
        rare=_rare(section.rare),
        spikes=spikes,
    )


def _rare(names: str) -> tuple[str, ...]:
    """Raises ConfigError for a kind that nobody knows."""
    kinds = tuple(name for part in names.split(",") if (name := part.strip()))
    unknown = [name for name in kinds if name not in rare()]
    if unknown:
        raise ConfigError([f"watch.rare: неизвестно: {', '.join(unknown)}; бывают {', '.join(rare())}"])
    return kinds


def _days(dates: Iterable[date]) -> frozenset[int]:
    """Days from 1970-01-01."""
    return frozenset(day.toordinal() - date(1970, 1, 1).toordinal() for day in dates)


def names() -> Names:
    known = taxonomy()
    groups = {group.id: group.name for group in known.groups.values()}
    themes = {theme.id: theme.name for theme in known.themes.values()}
    return Names(lambda slug: groups.get(slug, slug), lambda slug: themes.get(slug, slug))


def classifier(config: Config, profile: Profile) -> RuleClassifier:
    """The region's classifier, with its own model if one is configured. Raises ConfigError where that can't be read."""
    path = config.triage.model
    try:
        model = load_file(path) if path else None
    except OSError as error:
        raise ConfigError([f"triage.model: {path}: {error.strerror}"]) from None
    except ValueError as error:
        raise ConfigError([f"triage.model: {path}: файл модели не читается: {error}; сделайте его заново: nabat train"]) from None
    return RuleClassifier(profile, config.triage.remember_words, model)


def use_of(config: Config, profile: Profile, classifier: Classifier, sources: Sequence[Source], now: int) -> Use:
    """What this process has, by hash: model, profile, settings with the sources that are waited for."""
    watched = short_hash(*sorted(source.id for source in sources if source.region == profile.id))
    return Use(now, profile.id, classifier.version, profile.digest, f"{config.digest()}-{watched}")


def triage_stage(
    config: Config,
    profiles: Sequence[Profile],
    sources: Sequence[Source],
    epoch: int,
    sealer: Callable[[bytes, bytes], bytes],
) -> Triage:
    """One partition's triage, with classifiers of its own: stages run in threads of their own."""
    by_id = {source.id: source for source in sources}
    classifiers = {profile.id: classifier(config, profile) for profile in profiles}
    return Triage(epoch, classifiers, by_id, triage_settings(config), sealer)


def watch_stage(
    config: Config, profiles: Sequence[Profile], sources: Sequence[Source], uses: Sequence[Use], epoch: int, *, accept: bool = False
) -> Watch:
    """One partition's watch, of the regions that lie in it."""
    make = {profile.id: partial(_region, config, profile, sources) for profile in profiles}
    return Watch(epoch, make, {use.region: use for use in uses}, accept=accept)


def _region(config: Config, profile: Profile, sources: Sequence[Source]) -> Region:
    settings = watch_settings(config, profile)
    watched = [source.id for source in sources if source.region == profile.id]
    duplicates = NearDuplicates(settings.duplicates, settings.duplicate_window // DAY)
    return Region(profile, settings, names(), duplicates, Spikes(settings.spikes), watched)
