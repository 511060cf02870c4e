"""What is written about edits: to the customer what became of one, to the shop what it has to decide or look at.

Messages are rows of the transaction that changes the edit. The shop's hold no address, no wish and no name: they say
which order, which items, and until when.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from portal.context import Context
from portal.editing import codes, packing
from portal.editing.answers import Action, EditState
from portal.kit.db import Tx
from portal.kit.forms import N_
from portal.kit.letters import one_line
from portal.mail import compose, outbox
from portal.orders.documents import Addressee, addressee
from portal.platforms.changes import CancelOrder, CancelUnits
from portal.platforms.neutral.parts import Amount, NeutralOrder

MADE: Final = "edit_made"
CANCELLED: Final = "order_cancelled"
NOT_MADE: Final = "edit_not_made"
ASKED: Final = "shop_asked"
STUCK: Final = "shop_stuck"
_CANCELS: Final = frozenset({Action.CANCEL_ORDER, Action.CANCEL_LINE})
# What a customer wants, for the shop's people.
WISHES: Final[Mapping[str, str]] = {
    "swap": N_("Another size or colour"),
    "quantity": N_("Another quantity"),
    "cancel_line": N_("Cancel items"),
    "cancel_order": N_("Cancel the whole order"),
    "address": N_("Another delivery address"),
    "instructions": N_("Other wishes for the delivery"),
}
# Why an order, or a part of it, was cancelled, by the reason's code. The customer's own wish needs no words.
REASONS: Final[Mapping[str, str]] = {
    "sold_in_store": N_("What you ordered had already been sold in our shop. We are sorry."),
    "out_of_stock": N_("What you ordered is no longer in stock. We are sorry."),
    "payment": N_("The payment did not go through."),
    "fraud": N_("The payment could not be confirmed."),
    "other": N_("We cannot deliver what you ordered. We are sorry."),
}
_SHIPPED: Final = N_("It was already being sent, or prepared for it, when we came to change it.")
_ELSEWHERE: Final = N_("The order has been changed in another way meanwhile.")
_UNKNOWN: Final = N_("It is not possible any more.")
# Why an edit was not made, by its code.
WHY_NOT: Final[Mapping[str, str]] = {
    codes.SHIPPED: _SHIPPED,
    "preparing": _SHIPPED,
    "ready": _SHIPPED,
    "partly_shipped": _SHIPPED,
    codes.CHANGED: _ELSEWHERE,
    codes.BUSY: _ELSEWHERE,
    "cancelled": N_("The order has been cancelled."),
    "unavailable": N_("What you wished for is not available any more."),
    codes.PRICE_CHANGED: N_("It would cost another amount by now than the one that you agreed to."),
    "payment": N_("The payment of the order does not allow it."),
    codes.NO_ANSWER: N_("Nobody at the shop has answered in time. Please write to the shop."),
}
# Why somebody at the shop has to look.
TO_LOOK_AT: Final[Mapping[str, str]] = {
    codes.UNREACHABLE: N_("The shop’s system could not be reached. Nothing has been changed there."),
    codes.UNCERTAIN: N_("The shop’s system did not say whether it made the change. Please look at the order there."),
    codes.HALF_MADE: N_("The shop’s system made a part of the change. Please look at the order there."),
}


async def tell_customer(tx: Tx, context: Context, row: Any, order: NeutralOrder | None) -> None:
    """Write to the order's customer how an edit ended; nothing about what they took back themselves, nor about what
    only the shop wanted and did not get. `order` is the order as it is now, where that is known."""
    about, state = await addressee(tx, row.order_id), EditState(row.state)
    if about is None or not about.email or state is EditState.UNDONE:
        return
    if state is EditState.APPLIED:
        cancels = Action(row.action) in _CANCELS
        values = {**_made(row, order), **(_cancelled(row) if cancels else {})}
        await _write(tx, context, row, about, CANCELLED if cancels else MADE, values)
    elif row.who == "person":
        declined = state is EditState.DECLINED
        why = WHY_NOT.get(row.code or "", "" if declined else _UNKNOWN)
        values = {"touched": _touched(row), "declined": declined, "why": why, "shipped": why == _SHIPPED}
        await _write(tx, context, row, about, NOT_MADE, values)


async def ask_shop(tx: Tx, context: Context, row: Any, until: datetime) -> None:
    """Write to the shop that a customer asks for something."""
    await _write_to_shop(tx, context, row, ASKED, {"until": until.isoformat()})


async def tell_shop(tx: Tx, context: Context, row: Any, code: str | None) -> None:
    """Write to the shop that an edit is stuck."""
    await _write_to_shop(tx, context, row, STUCK, {"why": TO_LOOK_AT.get(code or "", TO_LOOK_AT[codes.UNCERTAIN])})


def fill(context: Context, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The moment in a message to the shop, as its people read it."""
    today = context.clock.now().astimezone(ZoneInfo(context.settings.time_zone)).date()
    return {"until": datetime.fromisoformat(values["until"]), "today": today}


async def _write(tx: Tx, context: Context, row: Any, about: Addressee, message: str, values: Mapping[str, Any]) -> None:
    settings = context.settings
    await outbox.send(
        tx,
        context.clock.now(),
        to=about.email or "",
        message=message,
        locale=compose.language([row.locale, about.locale], settings.locale),
        values={"number": about.number, "ref": about.ref, "action": row.action, "note": row.note, **values},
        unique=f"edit:{row.id}:{message}",
    )


async def _write_to_shop(tx: Tx, context: Context, row: Any, message: str, values: Mapping[str, Any]) -> None:
    settings, now = context.settings, context.clock.now()
    about = await addressee(tx, row.order_id)
    if about is None or not settings.staff_mail:
        return
    said = {"number": about.number, "ref": about.ref, "wish": WISHES[row.action], "touched": _touched(row)}
    unique = f"edit:{row.id}:{message}:{row.tries}"
    address, locale = settings.staff_mail, settings.locale
    await outbox.send(tx, now, to=address, message=message, locale=locale, values={**said, **values}, unique=unique)


def _made(row: Any, order: NeutralOrder | None) -> dict[str, Any]:
    quote = packing.quote_from(row.quote)
    due = None if quote is None else quote.due
    return {
        "touched": _touched(row),
        "items": [] if order is None else _items(order),
        "total": None if order is None else _money(order, order.totals.total),
        "back": None if order is None or due is None else _money(order, due, -1),
        "to_pay": None if order is None or due is None else _money(order, due, 1),
        "fee": None if order is None or quote is None else _money(order, quote.fee, 1),
        "pay_url": row.pay_url if order is None else row.pay_url or order.links.pay_outstanding,
    }


def _cancelled(row: Any) -> dict[str, Any]:
    change = packing.change_from(row.action, row.change)
    reason = change.reason if isinstance(change, CancelOrder | CancelUnits) else "customer"
    by_shop = row.who != "person"
    return {"whole": isinstance(change, CancelOrder), "by_shop": by_shop, "because": REASONS.get(reason, "")}


def _touched(row: Any) -> list[dict[str, Any]]:
    wanted = ("title", "options", "before", "after", "units", "becomes")
    items = json.loads(row.touched or "[]")
    return [{name: _tidy(item[name]) for name in wanted} for item in items]


def _items(order: NeutralOrder) -> list[dict[str, Any]]:
    """What is still wanted."""
    return [
        {
            "title": _tidy(line.title or line.sku or line.id),
            "options": _tidy(", ".join(option.value for option in line.options if option.value)),
            "quantity": line.quantity.current,
        }
        for line in order.lines
        if line.quantity.current
    ]


def _tidy(value: Any) -> Any:
    """Products' names are the shop's own words, and may hold anything."""
    return one_line(value) if isinstance(value, str) else value


def _money(order: NeutralOrder, amount: Amount, sign: int | None = None) -> dict[str, Any] | None:
    """An amount as the customer knows it; with a sign, only if it is more than nothing that way round."""
    mine = amount.buyer is not None
    minor, currency = (amount.buyer, order.currency.buyer) if mine else (amount.shop, order.currency.shop)
    if minor is None or currency is None or (sign is not None and minor * sign <= 0):
        return None
    return {"minor": minor if sign is None else minor * sign, "currency": currency}
