"""Who changes an order: its person, somebody at the shop, a program of the shop's, or nobody but the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from portal.kit.errors import NotThere, Refused
from portal.orders.access import Access

Kind = Literal["person", "staff", "api", "clock"]


@dataclass(frozen=True, slots=True)
class Who:
    """`person` is the account's number; `name` tells the shop which of its people, or programs, it was."""

    kind: Kind
    person: int | None = None
    name: str | None = field(default=None, repr=False)

    @property
    def is_shop(self) -> bool:
        """Whether the shop does it itself: then its policy for customers is not asked."""
        return self.kind in ("staff", "api")


CLOCK: Final = Who("clock")


def looking(access: Access) -> Who:
    """The person whose order it is. Raises NotThere for a browser that only opened a link to it: links let one read."""
    if access.how != "person" or access.person_id is None:
        raise NotThere
    return Who("person", access.person_id)


def acting(access: Access) -> Who:
    """The same, where something is to be changed. Raises Refused (403) as well when they have not proven themselves
    within minutes; pages send them to do so before they come here (`accounts.stepup`)."""
    who = looking(access)
    if not access.may_act:
        raise Refused(403, "a fresh proof is needed")
    return who
