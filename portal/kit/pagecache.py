"""Finished pages by version, least recently used out first; compressed when first wanted so."""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Hashable
from functools import cached_property

OFFLINE = {"jalon-offline": "keep"}  # a page that its person's browser may show again without a network
_LEVEL = 3  # a tenth larger than level 6, at a third of its time


class Kept:
    """One page as it is sent."""

    def __init__(self, text: str) -> None:
        self.plain = text.encode()

    @cached_property
    def gzip(self) -> bytes:
        """The page compressed."""
        return gzip.compress(self.plain, _LEVEL, mtime=0)


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
        """Keep a page."""
        kept = self._pages[key] = Kept(text)
        if len(self._pages) > self._room:
            self._pages.popitem(last=False)
        return kept
