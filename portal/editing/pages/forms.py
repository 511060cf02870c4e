"""The forms for changing an order: what each holds at first, and how what was sent becomes a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from portal.editing.answers import OF_LINES, Action, Answer, Limits, QuantityLimits, Verdict
from portal.editing.commands import COMMANDS
from portal.editing.shown import money
from portal.editing.values import Looked
from portal.kit.errors import NotThere
from portal.orders.amounts import Money
from portal.platforms.changes import Variant
from portal.platforms.neutral.parts import Address, Currency, Line

FORMS: Final = frozenset(COMMANDS)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something a line could become. `dearer` is what one unit costs more (less, when negative); None where that is not
    known, or nothing. `sold_out`: it cannot be had."""

    id: str
    label: str
    dearer: Money | None
    sold_out: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """The form for one action, with what the page says beside it. `least` and `most` bound the quantity."""

    action: str
    line: Line | None
    answer: Answer
    title: str
    options: str
    least: int
    most: int
    model: type[Any]


def wish_for(looked: Looked, action: str, line_id: str | None) -> Wish:
    """The form that `action` (a word of the address) is about. Raises NotThere for none."""
    if action not in {found.value for found in FORMS}:
        raise NotThere
    wanted = Action(action)
    line = next((line for line in looked.order.lines if line.id == line_id), None)
    if wanted in OF_LINES:
        if line is None or line.id not in looked.answers.lines:
            raise NotThere
        answer = looked.answers.lines[line.id][wanted]
    else:
        answer, line = looked.answers.order[wanted], None
    least, most = _bounds(answer, line)
    return Wish(action, line, answer, title_of(line), options_of(line), least, most, COMMANDS[wanted])


def first_values(looked: Looked, wish: Wish) -> Mapping[str, str]:
    """What the form holds before anybody has written in it."""
    if wish.action == Action.ADDRESS.value:
        return _address(looked.order.address.shipping)
    if wish.action == Action.INSTRUCTIONS.value:
        return {"text": next((d.instructions for d in looked.order.deliveries if d.instructions), "")}
    if wish.action == Action.QUANTITY.value and wish.line is not None:
        return {"quantity": str(wish.line.quantity.current)}
    return {"quantity": str(wish.most if wish.action == Action.CANCEL_LINE.value else 1)}


def sent_values(wish: Wish, sent: Mapping[str, str]) -> dict[str, str]:
    """What was sent, with what the address says of it."""
    line = {"line": wish.line.id} if wish.line is not None else {}
    return {**sent, **line, "action": wish.action}


def chosen(line: Line, variants: Sequence[Variant], currency: Currency) -> list[Choice]:
    """The variants to choose from, those that can be had first."""
    found = [
        Choice(variant.id, label_of(variant), _dearer(line, variant, currency), variant.available == 0)
        for variant in variants
        if variant.id != line.variant_id
    ]
    return sorted(found, key=lambda choice: choice.sold_out)


def is_for_nothing(wish: Wish) -> bool:
    """Whether there is no use in a form."""
    return wish.answer.verdict is Verdict.NO


def label_of(variant: Variant) -> str:
    """A variant by its options, or by its title."""
    return ", ".join(value for _, value in variant.options if value) or variant.title


def title_of(line: Line | None) -> str:
    """What a line is called."""
    return "" if line is None else line.title or line.sku or line.id


def options_of(line: Line | None) -> str:
    """What was chosen of it."""
    return "" if line is None else ", ".join(option.value for option in line.options if option.value)


def _bounds(answer: Answer, line: Line | None) -> tuple[int, int]:
    limits: Limits | None = answer.limits
    if isinstance(limits, QuantityLimits):
        return max(limits.least, 1), limits.most
    return 1, max(answer.units, 1) if line is not None else 1


def _dearer(line: Line, variant: Variant, currency: Currency) -> Money | None:
    now, then = money(line.price.unit, currency), money(variant.price, currency)
    if now is None or then is None or now.currency != then.currency or now.minor == then.minor:
        return None
    return Money(then.minor - now.minor, now.currency)


def _address(address: Address | None) -> dict[str, str]:
    if address is None:
        return {}
    names = ("name", "company", "line1", "line2", "postcode", "city", "region", "country", "phone")
    values: dict[str, Any] = {name: getattr(address, name) for name in names}
    return {name: value for name, value in values.items() if value}
