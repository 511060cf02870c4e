"""Where an order is among Vendure's states: into `Modifying` and out of it again, and whose modifying it is.

While an order is in `Modifying`, a parcel of it that is shipped takes it out again, and what we ask then is refused. A
parcel that is only prepared does not: the units are looked at again in every answer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from portal.platforms.changes import NotApplied
from portal.platforms.live import ShopError
from portal.platforms.marks import mark_in
from portal.platforms.vendure import operations, words
from portal.platforms.vendure.desk import Desk, Found, again
from portal.platforms.vendure.history import entries
from portal.platforms.vendure.ledger import packed
from portal.platforms.vendure.refusals import refusal_of
from portal.platforms.vendure.shape import Node, count, nodes, number, part, text, when
from portal.platforms.vendure.totals import paid_of, refunded_of

_KNOWN: Final = frozenset({"PaymentAuthorized", "PaymentSettled", "PartiallyShipped", "Shipped", "PartiallyDelivered"})
# Note and move are made in one request; a move that comes so much later is somebody else's.
_SAME_REQUEST: Final = timedelta(seconds=30)


async def enter(desk: Desk, found: Found, mark: str) -> Found | NotApplied:
    """Have the order to ourselves; staff see by a note what goes on. Raises ShopError."""
    note = {"id": found.id, "note": words.marked(words.BEGINNING, mark), "isPublic": False}
    data = await desk.api.do(operations.enter(*desk.fields), id=found.id, note=note)
    result = part(data, "transitionOrderToState")
    return refusal_of(result) or again(desk, found, result)


async def leave(desk: Desk, found: Found) -> None:
    """Take the order out of `Modifying`, to where its payments and parcels say. One that lacks a payment waits for it
    in a state of its own. Raises ShopError when it stays."""
    said = ""
    if _is_unsettled(found.raw):
        said = await turn(desk, found.id, words.ARRANGING)
        if not said and lacking(found.raw) > 0:
            return
    for state in resting(found.raw):
        refused = await turn(desk, found.id, state)
        if not refused:
            if _all_delivered(found.raw):
                await turn(desk, found.id, words.DELIVERED)
            return
        said = said or refused
    raise ShopError("answer", f"The order stays in Modifying: {said}"[:300])


async def turn(desk: Desk, order_id: str, state: str) -> str:
    """Move an order to a state; why Vendure does not, or "". Raises ShopError."""
    result = part(await desk.api.do(operations.LEAVE, id=order_id, state=state), "transitionOrderToState")
    return (text(result, "transitionError") or "refused") if text(result, "errorCode") else ""


def lacking(order: Node) -> int:
    """What is still to be paid, in Vendure's units."""
    return (number(order, "totalWithTax") or 0) - paid_of(order) + refunded_of(order)


def is_ours(order: Node) -> bool:
    """Whether it was us who took the order into `Modifying`: our note came with it."""
    if text(order, "state") != words.MODIFYING:
        return False
    moves = entries(order, "ORDER_STATE_TRANSITION")
    entered = when(moves[-1], "createdAt") if moves else None
    noted = [
        at
        for entry in entries(order, "ORDER_NOTE")
        if (note := text(part(entry, "data"), "note") or "").startswith(words.BEGINNING) and mark_in(note)
        if (at := when(entry, "createdAt"))
    ]
    if entered is None or not noted:
        return False
    left = [when(m, "createdAt") for m in moves[:-1] if text(part(m, "data"), "from") == words.MODIFYING]
    since = max((at for at in left if at), default=None)
    fresh = since is None or noted[-1] >= since
    return fresh and timedelta(0) <= entered - noted[-1] <= _SAME_REQUEST


def resting(order: Node) -> list[str]:
    """The states to try, the likeliest first: where the order came from, if the shop has made that state; else what its
    parcels and payments come to, by Vendure's own rules."""
    before = came_from(order)
    own = [before] if before and before not in _KNOWN | {words.ARRANGING} else []
    paid = ["PaymentAuthorized", "PaymentSettled"] if _is_authorised(order) else ["PaymentSettled", "PaymentAuthorized"]
    return [*own, *_by_parcels(order), *paid]


def _is_unsettled(order: Node) -> bool:
    return any(item.get("isSettled") is False for item in nodes(order, "modifications"))


def _by_parcels(order: Node) -> list[str]:
    states, whole = _parcel_states(order)
    if whole and states == {"Shipped"}:
        return ["Shipped"]
    if whole and states == {words.DELIVERED}:
        return []  # from Modifying there is no way to Delivered but over PaymentSettled
    if words.DELIVERED in states:
        return ["PartiallyDelivered"]
    return ["PartiallyShipped"] if "Shipped" in states else []


def _parcel_states(order: Node) -> tuple[set[str | None], bool]:
    """The states of the parcels of what is still wanted (None: in no parcel), and whether all of it is in some."""
    states: set[str | None] = set()
    whole = True
    for line in nodes(order, "lines"):
        key, wanted = text(line, "id"), count(line, "quantity")
        mine = [
            (text(item, "state"), units)
            for item in nodes(order, "fulfillments")
            if text(item, "state") != words.CANCELLED
            for own, units in packed(order, item)
            if own == key
        ]
        whole = whole and sum(units for _, units in mine) >= wanted
        if wanted:
            states |= {state for state, _ in mine} or {None}
    return states, whole


def _all_delivered(order: Node) -> bool:
    states, whole = _parcel_states(order)
    return whole and states == {words.DELIVERED}


def came_from(order: Node) -> str | None:
    """The state from which the order last went into `Modifying`."""
    moves = [e for e in entries(order, "ORDER_STATE_TRANSITION") if text(part(e, "data"), "to") == words.MODIFYING]
    return text(part(moves[-1], "data"), "from") if moves else None


def _is_authorised(order: Node) -> bool:
    return any(text(payment, "state") == "Authorized" for payment in nodes(order, "payments"))
