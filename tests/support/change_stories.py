"""The pages of changing an order, each in the states it can be in: template and values by name; and what the order's
own page says of a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from portal.editing.answers import Action, Answer, Code, EditState, Verdict
from portal.editing.pages.forms import chosen, first_values, wish_for
from portal.editing.pages.overview import overview
from portal.editing.pages.owner import Owner
from portal.editing.pages.previewed import previewed
from portal.editing.resolver import resolve
from portal.editing.shown import changes_view
from portal.editing.touching import touched
from portal.editing.values import EditView, Looked, Refusal
from portal.kit.forms import Form, Problem
from portal.orders.access import Access
from portal.orders.queries import Version
from portal.orders.viewmodels import OrderView
from portal.platforms.changes import (
    Can,
    CancelOrder,
    CancelUnits,
    Change,
    Quote,
    SetAddress,
    SetInstructions,
    SetQuantity,
    Sums,
    SwapVariant,
    Variant,
)
from portal.platforms.neutral.parts import Address, Amount
from tests.editing.samples import HOUR, PLACED, line, order, policy, sent
from tests.orders.sample_parts import NOW, ORDER
from tests.support.account_stories import ADA

_BY_SHOP: Final = {"en": "Ask us before the pattern is cut.", "fr": "Demandez-nous avant la coupe."}
_ORDER: Final = order(
    line("a", 3, title="Linen apron with a rather long name that has to break somewhere"),
    line("b", 1, title="Stoneware bowl"),
    line("c", 1, flags={"personalised": True}, title="Engraved knife"),
    {**line("d", 1, title="Lamp"), "quantity": {"ordered": 1, "current": 0, "removed": 1}},
    parcels=[sent(("a", 1), ("b", 1), at=PLACED + HOUR / 2)],
)
_OWNER: Final = Owner(Access(1, "0" * 16, "en", Version(1, None), 1, "person", may_act=True, person_id=1), ADA, NOW)
_VARIANTS: Final = (
    Variant("a-s", "S", (("Size", "S"), ("Colour", "Sage")), Amount(shop=4000, buyer=4000), 3),
    Variant("a-l", "L", (("Size", "L"), ("Colour", "Sage")), Amount(shop=4000, buyer=4000)),
    Variant(
        "a-xl", "XL", (("Size", "XL"), ("Colour", "Aubergine with a very long name")), Amount(shop=4550, buyer=4550)
    ),
    Variant("a-xs", "XS", (("Size", "XS"), ("Colour", "Sage")), Amount(shop=3500, buyer=3500), 0),
)


def _sums(lines: int, fees: int = 0) -> Sums:
    both = {
        "lines": lines,
        "shipping": 590,
        "tax": lines // 6,
        "discount": 0,
        "fees": fees,
        "total": lines + 590 + fees,
    }
    return Sums(**{name: Amount(shop=amount, buyer=amount) for name, amount in both.items()})


def _quote(due: int, fee: int = 0, *, exact: bool = True) -> Quote:
    amounts = (Amount(shop=fee, buyer=fee), Amount(shop=due, buyer=due))
    return Quote(_sums(16000), _sums(16000 + due - fee, fee), *amounts, exact)


def edit(state: EditState, change: Change, **members: Any) -> EditView:
    """An edit of the order."""
    action = {
        SwapVariant: Action.SWAP,
        SetQuantity: Action.QUANTITY,
        CancelUnits: Action.CANCEL_LINE,
        CancelOrder: Action.CANCEL_ORDER,
        SetAddress: Action.ADDRESS,
        SetInstructions: Action.INSTRUCTIONS,
    }[type(change)]
    variant = _VARIANTS[1] if isinstance(change, SwapVariant) else None
    values: dict[str, Any] = {
        "id": 1,
        "ref": "0123456789abcdef",
        "order_id": 1,
        "action": action,
        "state": state,
        "code": None,
        "verdict": Verdict.ALLOWED,
        "who": "person",
        "created_at": NOW,
        "expires_at": NOW + timedelta(minutes=15),
        "confirmed_at": NOW,
        "undo_until": NOW + timedelta(seconds=30),
        "settled_at": NOW,
        "quote": None,
        "fee": Amount(),
        "touched": touched(_ORDER, change, variant),
        "change": change,
    }
    return EditView(**{**values, **members})


SWAP: Final = SwapVariant("a", "a-l", 2)
CANCEL: Final = CancelUnits((("a", 1), ("c", 1)))
_HOME: Final = SetAddress(
    Address(name="Ada Morvan", line1="9 quai du Port", line2="2e étage", postcode="56000", city="Vannes", country="FR")
)
_EDITS: Final = {
    "pending": edit(EditState.PENDING, SWAP, quote=_quote(0)),
    "sending": edit(EditState.SENDING, SetQuantity("a", 2)),
    "requested": edit(EditState.REQUESTED, CANCEL, expires_at=NOW + timedelta(hours=48)),
    "stuck": edit(EditState.STUCK, _HOME, code="unreachable"),
    "applied": edit(EditState.APPLIED, CANCEL, quote=_quote(-3650, 350)),
    "to_pay": edit(EditState.APPLIED, SWAP, quote=_quote(550), pay_url="https://pay.example/1"),
    "refused": edit(EditState.REFUSED, SWAP, code="shipped"),
    "declined": edit(EditState.DECLINED, CANCEL, note="The knife has been engraved already.\nWe are sorry."),
    "expired": edit(EditState.EXPIRED, CANCEL, code="no_answer"),
    "by_shop": edit(EditState.APPLIED, CancelOrder("sold_in_store"), who="staff", note="We are sorry."),
}


def _looked(under_way: EditView | None = None, *past: EditView) -> Looked:
    allowed = resolve(_ORDER, policy(), frozenset(Can), PLACED + HOUR / 2, open_edit=under_way is not None)
    return Looked(_ORDER, replace(allowed, refund_days=5), under_way, past)


def order_stories() -> dict[str, OrderView]:
    """The order's page with each state of a change, by name."""
    return {f"change_{name}": replace(ORDER, changes=changes_view(_seen(found), NOW)) for name, found in _EDITS.items()}


def _seen(found: EditView) -> Looked:
    return _looked(found) if found.is_open else _looked(None, found)


def _form(action: Action, line_id: str | None, looked: Looked, **more: Any) -> dict[str, Any]:
    wish = wish_for(looked, action.value, line_id)
    values = {"wish": wish, "form": Form(first_values(looked, wish)), "key": "0" * 16, "refund_days": 5}
    if action is Action.SWAP and wish.line is not None:
        values["choices"] = chosen(wish.line, _VARIANTS, _ORDER.currency)
    return {**_SHARED, **values, **more}


_SHARED: Final[dict[str, Any]] = {
    "order": _OWNER.order,
    "base": _OWNER.base,
    "owner": _OWNER,
    "viewer": ADA,
}
_WRONG: Final[Form[Any]] = Form({"quantity": "99"}, {"quantity": Problem("This must be 2 or less.")})
_NOT_OFFERED: Final = Answer(Verdict.NO, Code.POLICY, text=_BY_SHOP, link="https://shop.example/returns")


def _preview(found: EditView) -> dict[str, Any]:
    return {**_SHARED, "page": previewed(found, _looked(), NOW)}


def _draft(change: Change, **members: Any) -> EditView:
    return edit(EditState.DRAFT, change, settled_at=None, **members)


STORIES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "change": ("changes/page.html", {**_SHARED, "page": overview(_OWNER, _looked(None, *_EDITS.values()))}),
    "change_waits": ("changes/page.html", {**_SHARED, "page": overview(_OWNER, _looked(_EDITS["pending"]))}),
    "change_swap": ("changes/form.html", _form(Action.SWAP, "a", _looked())),
    "change_wrong": ("changes/form.html", _form(Action.QUANTITY, "a", _looked(), form=_WRONG)),
    "change_cancel": ("changes/form.html", _form(Action.CANCEL_LINE, "a", _looked())),
    "change_address": ("changes/form.html", _form(Action.ADDRESS, None, _looked())),
    "change_instructions": ("changes/form.html", _form(Action.INSTRUCTIONS, None, _looked())),
    "change_preview": ("changes/preview.html", _preview(_draft(SWAP, quote=_quote(550, exact=False)))),
    "change_preview_back": ("changes/preview.html", _preview(_draft(CANCEL, quote=_quote(-3650, 350)))),
    "change_preview_ask": ("changes/preview.html", _preview(_draft(_HOME, verdict=Verdict.ASK))),
    "change_preview_over": ("changes/preview.html", _preview(_draft(SetInstructions("Ring twice"), expires_at=NOW))),
    "change_refused": ("changes/refused.html", {**_SHARED, "refusal": Refusal(Code.POLICY, _NOT_OFFERED)}),
}
