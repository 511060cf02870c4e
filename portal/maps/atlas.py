"""How this installation shows maps: one object that templates ask for drawings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.maps.drawing import draw
from portal.maps.viewmodels import Journey, MapView


@dataclass(frozen=True, slots=True)
class Tiles:
    """A tile server of the shop's choice: its address with {z}, {x} and {y}, and whom to credit."""

    url: str
    credit: str


@dataclass(frozen=True, slots=True)
class Atlas:
    """`language` gives the language of the page that is being made. Without `tiles` nothing is asked of
    anybody else."""

    language: Callable[[], str]
    borders: bool = True
    tiles: Tiles | None = None

    def drawn(self, journey: Journey) -> MapView:
        """The map of a journey."""
        return draw(journey, self.language(), borders=self.borders)
