"""The lines of an order after a change of them, with what they cost then. Pure."""

from __future__ import annotations

from typing import Any

from portal.platforms.changes import Edit, SwapVariant, Variant
from portal.platforms.neutral.parts import Amount, Discount, Line, NeutralOrder, Option, Price, Quantity
from portal.platforms.repricing import Priced, reprice, units_after

_Both = tuple[Priced, Priced]  # in the shop's and in the buyer's currency


def relined(order: NeutralOrder, edit: Edit, variant: Variant | None, *, paid_back: bool) -> tuple[Line, ...]:
    """All lines. `paid_back`: units that go were paid for, and that money goes back."""
    shop = reprice(order, edit.change, variant, "shop")
    buyer = reprice(order, edit.change, variant, "buyer")
    wanted = units_after(order, edit.change)
    swapped = isinstance(edit.change, SwapVariant)
    lines = [
        _changed(line, wanted[line.id], (shop.after[line.id], buyer.after[line.id]), paid_back and not swapped)
        if line.id in wanted
        else line
        for line in order.lines
    ]
    if isinstance(edit.change, SwapVariant) and variant is not None and shop.added and buyer.added:
        old = next(line for line in order.lines if line.id == edit.change.line_id)
        lines.append(_swapped(old, edit.key, variant, (shop.added, buyer.added)))
    return tuple(lines)


def new_line_id(line_id: str, key: str) -> str:
    """What the line is called that takes the place of units of `line_id`: the same for the same edit."""
    return f"{line_id}:{key}"


def _changed(line: Line, wanted: int, costs: _Both, paid_back: bool) -> Line:
    price = line.price.model_copy(
        update={
            "total_after_discounts": _amount(costs, "total", line.price.total_after_discounts),
            "tax": _amount(costs, "tax", line.price.tax),
        }
    )
    return line.model_copy(update={"quantity": _quantity(line.quantity, wanted, paid_back), "price": price})


def _quantity(quantity: Quantity, wanted: int, paid_back: bool) -> Quantity:
    more = wanted - quantity.current
    update: dict[str, Any] = {"current": wanted}
    if more > 0:
        update["ordered"] = quantity.ordered + more
    else:
        name = "refunded" if paid_back else "removed"
        update[name] = getattr(quantity, name) - more
        update["in_progress"] = min(quantity.in_progress, max(0, wanted - quantity.fulfilled))
    if quantity.editable is not None:
        update["editable"] = max(0, quantity.editable + more)
    return quantity.model_copy(update=update)


def _swapped(old: Line, key: str, variant: Variant, costs: _Both) -> Line:
    """The units in their new variant. What the customer had written on them stays so; a picture of the old one does
    not."""
    units = costs[0].quantity
    unit = Amount(
        shop=old.price.unit.shop if variant.price.shop is None else variant.price.shop,
        buyer=old.price.unit.buyer if variant.price.buyer is None else variant.price.buyer,
    )
    price = Price(unit=unit, total_after_discounts=_amount(costs, "total"), tax=_amount(costs, "tax"))
    label = next((discount.label for discount in old.discounts), None)
    off = Discount(label=label, amount=_amount(costs, "discount"))
    return old.model_copy(
        update={
            "id": new_line_id(old.id, key),
            "variant_id": variant.id,
            "sku": None,
            "options": tuple(Option(name=name, value=value) for name, value in variant.options),
            "image_url": None,
            "replaces_line_id": old.id,
            "quantity": Quantity(ordered=units, current=units),
            "price": price,
            "discounts": (off,) if old.discounts else (),
        }
    )


def _amount(costs: _Both, part: str, instead: Amount | None = None) -> Amount:
    """What both currencies say of a part of the costs; a side that nobody knows stays as it was."""
    shop, buyer = (getattr(side, part) for side in costs)
    return Amount(shop=shop, buyer=buyer) if instead is None or shop is not None or buyer is not None else instead
