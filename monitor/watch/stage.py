"""The watch stage: a deterministic function from records of the watch topic to rows and outgoing records.

One object serves one partition, that is, one or more regions. Its state can be taken between batches and put back; what it
does afterwards is the same to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from monitor.log.base import Record
from monitor.model.codec import DecodeError
from monitor.model.errors import NabatError
from monitor.model.plain import pack, unpack
from monitor.model.position import Position
from monitor.model.watch import Tick, Use, decode_record
from monitor.watch.effects import WatchEffects
from monitor.watch.region import Region

STATE_VERSION = 3
"""Form of the state in a snapshot; a program takes only its own: upgrades drain, snapshot, and say so."""


class SettingsMissing(NabatError):
    """The log says that other settings are in force than this worker has."""


class Watch:
    """Watch of one partition. ``make`` builds the empty state of a region, ``uses`` are the settings that this worker has.

    ``accept`` takes what is left in the log under these settings, whatever was in force when it was written.
    """

    def __init__(
        self, epoch: int, make: Mapping[str, Callable[[], Region]], uses: Mapping[str, Use], *, accept: bool = False
    ) -> None:
        self._accept = accept
        self._epoch = epoch
        self._make = make
        self._uses = uses
        self.regions: dict[str, Region] = {name: build() for name, build in make.items()}
        self.skip: dict[str, int] = {}

    def process(self, records: Sequence[Record]) -> WatchEffects:
        """Effects of a batch, in order. Records below a region's snapshot are skipped for it."""
        effects = WatchEffects()
        for record in records:
            position = Position(self._epoch, record.partition, record.offset).pack()
            try:
                entry = decode_record(record.value)
            except DecodeError as error:
                # Only triage and Nabat's own runtime write here: this is a newer program's record or a damaged log.
                raise NabatError(
                    f"the watch log's record at partition {record.partition}, offset {record.offset} can't be read: {error}"
                ) from None
            names = list(self.regions) if isinstance(entry, Tick) else [entry.region]
            for name in names:
                region = self.regions.get(name)
                if region is None:
                    raise SettingsMissing(f"the log speaks of region {name!r}, and this worker has no profile of it")
                if position < self.skip.get(name, 0):
                    continue
                if not isinstance(entry, Use):
                    self._check(region)
                elif not self._same(entry) and not self._accept:
                    raise SettingsMissing(self._other(entry))
                region.apply(entry, position, effects)
        return effects

    @property
    def clock(self) -> int:
        """The latest time (ms) of all regions."""
        return max((region.clock for region in self.regions.values()), default=0)

    def needs_use(self, region: str) -> bool:
        """Whether a ``use`` record has to be appended before anything else can be taken for this region."""
        use = self.regions[region].use
        return use is None or not self._same(use)

    def _same(self, use: Use) -> bool:
        mine = self._uses.get(use.region)
        return mine is not None and (mine.classifier, mine.profile, mine.settings) == (use.classifier, use.profile, use.settings)

    def _check(self, region: Region) -> None:
        if region.use is not None and not self._same(region.use) and not self._accept:
            raise SettingsMissing(self._other(region.use))

    def _other(self, use: Use) -> str:
        mine = self._uses.get(use.region)
        differs = [
            name for name in ("classifier", "profile", "settings") if mine is None or getattr(mine, name) != getattr(use, name)
        ]
        return (
            f"the log of region {use.region!r} has records to be taken under another {', '.join(differs)}. Start once with what was "
            "in force before (it drains the log and stops cleanly), then with the new one; or accept with --accept-settings that "
            "what is left is judged by the new one."
        )

    def dump(self, region: str) -> bytes:
        return pack([STATE_VERSION, self.regions[region].dump()])

    def load(self, region: str, state: bytes, position: int) -> None:
        """Puts a region's state back; records below ``position`` (packed) are in it already."""
        version, plain = unpack(state)
        if version != STATE_VERSION:
            raise NabatError(
                f"the snapshot of region {region!r} has form {version}, this program reads {STATE_VERSION}: "
                "stop the old program cleanly, which drains the log, and see the changelog for the way over"
            )
        self.regions[region] = self._make[region]()
        self.regions[region].load(plain)
        self.skip[region] = position
