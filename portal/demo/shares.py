"""What is shared in the demonstration: links for visitors, and the words that none of them may find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.context import Context
from portal.demo.shop import ORDERS, DemoOrder
from portal.kit.i18n import NP_
from portal.orders.links import order_id_of
from portal.sharing.links import Maker, Wish, make_share_link, shared
from portal.sharing.public.values import Scope
from portal.tracking.queries import shipments


@dataclass(frozen=True, slots=True)
class DemoShare:
    """A link for visitors of one order."""

    number: str
    story: str
    wish: Wish


_DAYS: Final = 30
SHARES: Final = (
    DemoShare(
        "#2041",
        NP_("demo story", "Shared with a friend: status, items and towns"),
        Wish(Scope(items=True, towns=True), _DAYS, label="Sacha"),
    ),
    DemoShare("#2035", NP_("demo story", "Shared with a friend: status and towns"), Wish(Scope(towns=True), _DAYS)),
    DemoShare("#2038", NP_("demo story", "Shared with a friend: status and items"), Wish(Scope(items=True), _DAYS)),
    DemoShare("#2029", NP_("demo story", "Shared with a friend: the status alone"), Wish(Scope(), _DAYS)),
    DemoShare(
        "#2036",
        NP_("demo story", "A surprise, shared with whoever it is for"),
        Wish(Scope(gift=True, towns=True), _DAYS),
    ),
)


async def set_shares(context: Context) -> list[dict[str, str]]:
    """Number, url and story of each; links of an earlier run stay when they still open."""
    pages = []
    for share in SHARES:
        order_id = await order_id_of(context, share.number)
        url = await _made_before(context, order_id, share.wish)
        url = url or await make_share_link(context, order_id, share.wish, Maker())
        pages.append({"number": share.number, "url": url, "story": share.story})
    return pages


async def private_words(context: Context) -> dict[str, list[str]]:
    """By order number, all that its visitors must not read."""
    return {order.number: [*order.person.words, order.number, *await _numbers(context, order)] for order in ORDERS}


async def _made_before(context: Context, order_id: int, wish: Wish) -> str | None:
    async with context.db.read() as reader:
        links = await shared(context, reader, order_id)
    same = (x for x in links if x.scope == wish.scope and x.label.shown() == wish.label and x.made_by_session is None)
    return next((link.url for link in same if link.url is not None), None)


async def _numbers(context: Context, order: DemoOrder) -> list[str]:
    async with context.db.read() as reader:
        rows, _ = await shipments(reader, f"order:{await order_id_of(context, order.number)}")
    return [row.number for row in rows if row.number]
