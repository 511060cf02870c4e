"""Which of several towns of one name is meant. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from portal.places.gazetteer import CODE, HEAD, MAIN, OTHER, Town, apart_km

_SAME_KM: Final = 50  # towns of one name closer than this are one for a map of a journey
_CLEARLY: Final = 1.3  # how much more a town must weigh than its namesakes in a known country
_CLEARLY_ANYWHERE: Final = 3.0
_LIKELY: Final = 20.0
_NEARBY: Final = 10.0  # what a postcode's region weighs
_SHORT: Final = 8  # letters of a name that many places may have
_HAMLET: Final = 1_000
_LESS: Final = {HEAD: 2, OTHER: 10}  # by how it has the name, how much less a town weighs
_OWN_NAME: Final = 3.0  # how much less a town may weigh than one that was once called so


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of where a town must (`country`, a region that decides) or may be."""

    country: str | None
    region: str | None
    region_decides: bool
    likely: tuple[str, ...] = ()

    def allows(self, town: Town) -> bool:
        """Whether a town is not ruled out."""
        if self.country is not None and town.country != self.country:
            return False
        return not self.region_decides or town.region == self.region


def best(towns: Sequence[Town], hints: Hints) -> Town | None:
    """The town that is meant by a name, by how it has the name, people and hints; None when two may be."""
    weighed = sorted(
        ((_weight(town, hints), town) for town in towns if town.kind != CODE and hints.allows(town)),
        key=lambda pair: (-pair[0], pair[1].id),
    )
    if not weighed:
        return None
    top, town = weighed[0]
    if town.kind == OTHER and (own := [pair for pair in weighed if pair[1].kind == MAIN and pair[0] * _OWN_NAME > top]):
        weighed = own
        top, town = own[0]
    known = hints.country is not None
    if not known and town.people < _HAMLET and len(town.name) < _SHORT:
        return None
    clearly = _CLEARLY if known else _CLEARLY_ANYWHERE
    doubtful = rivals(town, (other for weight, other in weighed[1:] if weight * clearly > top))
    return None if doubtful else town


def rivals(town: Town, others: Iterable[Town]) -> bool:
    """Whether one of the others is somewhere else."""
    return any(apart_km((town.lat, town.lon), (other.lat, other.lon)) > _SAME_KM for other in others)


def _weight(town: Town, hints: Hints) -> float:
    weight = town.people + 100.0
    weight /= _LESS.get(town.kind, 1)
    if hints.country is None and town.country in hints.likely:
        weight *= _LIKELY
    if hints.region is not None and town.region == hints.region:
        weight *= _NEARBY
    return weight
