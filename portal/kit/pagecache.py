"""Finished pages by version, least recently used out first; kept compressed beside the plain bytes."""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Kept:
    """One page as it is sent."""

    plain: bytes
    gzip: bytes


class PageCache:
    """At most `room` pages. The key must name all that the page depends on."""

    def __init__(self, room: int = 1000) -> None:
        self._room = room
        self._pages: OrderedDict[Hashable, Kept] = OrderedDict()

    def get(self, key: Hashable) -> Kept | None:
        """The page under `key`, or None."""
        kept = self._pages.get(key)
        if kept is not None:
            self._pages.move_to_end(key)
        return kept

    def keep(self, key: Hashable, text: str) -> Kept:
        """Compress and keep a page."""
        plain = text.encode()
        kept = self._pages[key] = Kept(plain, gzip.compress(plain, _LEVEL, mtime=0))
        if len(self._pages) > self._room:
            self._pages.popitem(last=False)
        return kept
