"""What somebody asks for, as it comes in from a form or a program: typed, and with limits. Nothing else is taken in."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from portal.editing.answers import Action
from portal.kit.forms import N_
from portal.platforms.changes import (
    CancelOrder,
    CancelUnits,
    Change,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
)
from portal.platforms.neutral.parts import Address

MOST_UNITS: Final = 999
LONGEST_WISH: Final = 250  # characters; carriers print no more
_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def _plain(text: str) -> str:
    if _CONTROLS.search(text) or "\n" in text:
        raise ValueError(N_("Letters, digits and punctuation only, on one line."))
    return text


def _lines(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if _CONTROLS.search(text):
        raise ValueError(N_("Letters, digits and punctuation only."))
    return text


def _country(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value


Plain = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_plain)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Units = Annotated[int, Field(ge=1, le=MOST_UNITS)]
Reason = Literal["customer", "sold_in_store", "out_of_stock", "fraud", "payment", "other"]


class _Command(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Swap(_Command):
    """`quantity` units of a line become another variant."""

    action: Literal["swap"] = "swap"
    line: Name
    variant: Name
    quantity: Units = 1

    def change(self) -> Change:
        """As the platform takes it."""
        return SwapVariant(self.line, self.variant, self.quantity)


class Quantity(_Command):
    """So many units of a line are wanted, those that have shipped included."""

    action: Literal["quantity"] = "quantity"
    line: Name
    quantity: Units

    def change(self) -> Change:
        """As the platform takes it."""
        return SetQuantity(self.line, self.quantity)


class CancelLine(_Command):
    """Units of a line are not wanted any more."""

    action: Literal["cancel_line"] = "cancel_line"
    line: Name
    quantity: Units

    def change(self) -> Change:
        """As the platform takes it."""
        return CancelUnits(((self.line, self.quantity),))


class CancelItems(_Command):
    """Units of several lines at once (by line), for the shop's people: customers take one at a time."""

    action: Literal["cancel_line"] = "cancel_line"
    units: Annotated[tuple[tuple[Name, Units], ...], Field(min_length=1, max_length=200)]
    reason: Reason = "customer"

    def change(self) -> Change:
        """As the platform takes it."""
        return CancelUnits(self.units, self.reason)


class CancelWhole(_Command):
    """The order is not wanted any more. Customers have one reason; the others are the shop's."""

    action: Literal["cancel_order"] = "cancel_order"
    reason: Reason = "customer"

    def change(self) -> Change:
        """As the platform takes it."""
        return CancelOrder(self.reason)


class NewAddress(_Command):
    """Where it is to go. `country` is ISO 3166 alpha-2."""

    action: Literal["address"] = "address"
    name: Annotated[Plain, Field(min_length=1, max_length=100)]
    company: Annotated[Plain, Field(max_length=100)] | None = None
    line1: Annotated[Plain, Field(min_length=1, max_length=150)]
    line2: Annotated[Plain, Field(max_length=150)] | None = None
    postcode: Annotated[Plain, Field(max_length=20)] | None = None
    city: Annotated[Plain, Field(min_length=1, max_length=100)]
    region: Annotated[Plain, Field(max_length=100)] | None = None
    country: Annotated[str, BeforeValidator(_country), StringConstraints(pattern=r"^[A-Z]{2}$")]
    phone: Annotated[Plain, Field(max_length=30)] | None = None

    def change(self) -> Change:
        """As the platform takes it."""
        return SetAddress(Address.model_validate(self.model_dump(exclude={"action"})))


class Instructions(_Command):
    """What whoever delivers is asked to do; nothing: nothing any more."""

    action: Literal["instructions"] = "instructions"
    text: Annotated[str, StringConstraints(max_length=LONGEST_WISH), AfterValidator(_lines)] = ""

    def change(self) -> Change:
        """As the platform takes it."""
        return SetInstructions(self.text or None)


Wish = Swap | Quantity | CancelLine | CancelWhole | NewAddress | Instructions  # what programs send
Command = Wish | CancelItems
COMMANDS: Final[dict[Action, type[_Command]]] = {
    Action.SWAP: Swap,
    Action.QUANTITY: Quantity,
    Action.CANCEL_LINE: CancelLine,
    Action.CANCEL_ORDER: CancelWhole,
    Action.ADDRESS: NewAddress,
    Action.INSTRUCTIONS: Instructions,
}
_ANY: Final[TypeAdapter[Wish]] = TypeAdapter(Annotated[Wish, Field(discriminator="action")])


class BadCommand(ValueError):
    """What was sent is no command. `faults` are pairs of a member and what is wrong with it; they repeat no value."""

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{member}: {fault}" for member, fault in faults))
        self.faults = faults


def command_from(value: object) -> Wish:
    """The command that plain values (JSON) are. Raises BadCommand."""
    try:
        return _ANY.validate_python(value)
    except ValidationError as wrong:
        found = wrong.errors(include_url=False, include_input=False, include_context=False)
        raise BadCommand(tuple((".".join(map(str, e["loc"][1:])), e["type"]) for e in found)) from None
