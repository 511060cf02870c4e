"""What the shop tells customers, as it is shown and to whom. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import carriers


class Shown(NamedTuple):
    """A message in one language. The text of a `rich` one is markup."""

    name: str
    tone: str
    text: str
    rich: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A message: in which languages, about what, from when until when. Empty sets are for all."""

    name: str
    texts: Mapping[str, str]
    rich: bool = False
    tone: str = "calm"
    shops: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    carriers: frozenset[str] = frozenset()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    public: bool = False

    def holds(self, now: datetime) -> bool:
        """Whether it is its time."""
        return (self.starts_at is None or self.starts_at <= now) and (self.ends_at is None or now < self.ends_at)

    def shown(self, languages: Iterable[str]) -> Shown:
        """It in the first of these languages that it is written in, else in the first that it has."""
        text = next((self.texts[wish] for wish in languages if wish in self.texts), None)
        return Shown(self.name, self.tone, text or next(iter(self.texts.values())), self.rich)


@dataclass(frozen=True, slots=True)
class Board:
    """All messages, as of the event `event` of the log. `now` and `languages` are those of the page that is made."""

    notices: tuple[Notice, ...] = ()
    event: int = 0

    def at_top(
        self, now: datetime, languages: Collection[str], *, shop: str | None, statuses: Collection[str]
    ) -> tuple[Shown, ...]:
        """What concerns the whole order: `statuses` are its state and where its parcels stand."""
        return tuple(
            notice.shown(languages)
            for notice in self.notices
            if not notice.carriers and _concerns(notice, now, shop, statuses)
        )

    def at_parcel(
        self,
        now: datetime,
        languages: Collection[str],
        *,
        shop: str | None,
        statuses: Collection[str],
        carrier: str | None,
    ) -> tuple[Shown, ...]:
        """What concerns the parcels of this carrier (as the page calls it): `statuses` is where this one stands."""
        return tuple(
            notice.shown(languages)
            for notice in self.notices
            if notice.carriers and _concerns(notice, now, shop, statuses) and _names(carrier) & notice.carriers
        )

    def in_public(self) -> Board:
        """Those that visitors of a shared page may read."""
        return Board(tuple(notice for notice in self.notices if notice.public), self.event)


def _concerns(notice: Notice, now: datetime, shop: str | None, statuses: Collection[str]) -> bool:
    return (
        notice.holds(now)
        and (not notice.shops or shop in notice.shops)
        and (not notice.statuses or bool(notice.statuses.intersection(statuses)))
    )


@lru_cache(256)
def _names(carrier: str | None) -> frozenset[str]:
    """Under which names messages may mean this carrier."""
    if carrier is None:
        return frozenset()
    known = carriers.named(carrier)
    return frozenset({carrier.casefold(), *([known.manifest.slug] if known else [])})
