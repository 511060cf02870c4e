"""Pigeon Vole, a carrier that does not exist: its adapter here, the server that plays it in `server`.

    >>> from carriers.demo import STORIES, number_for
    >>> "delayed" in STORIES
    True

`number_for` writes a tracking number; what happens to that parcel follows from the number and the
time of day alone, so a restarted server tells the same story on.
"""

from carriers.demo.adapter import CARRIER, MANIFEST, signature
from carriers.demo.journey import number_reaching, seed_between
from carriers.demo.numbers import number_for
from carriers.demo.stories import STORIES

__all__ = ["CARRIER", "MANIFEST", "STORIES", "number_for", "number_reaching", "seed_between", "signature"]
