"""Changes, variants, quotes and amounts as they are kept in rows: JSON, and back. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from portal.editing.answers import Action
from portal.platforms.changes import (
    CancelOrder,
    CancelUnits,
    Change,
    Quote,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
    Variant,
)
from portal.platforms.neutral.parts import Amount

_CHANGES: Final[Mapping[Action, type[Any]]] = {
    Action.SWAP: SwapVariant,
    Action.QUANTITY: SetQuantity,
    Action.ADDRESS: SetAddress,
    Action.INSTRUCTIONS: SetInstructions,
    Action.CANCEL_LINE: CancelUnits,
    Action.CANCEL_ORDER: CancelOrder,
}
_ADAPTERS: Final[Mapping[type[Any], TypeAdapter[Any]]] = {
    kind: TypeAdapter(kind) for kind in (*_CHANGES.values(), Quote, Variant, Amount)
}


def packed(value: Change | Quote | Variant | Amount) -> str:
    """The value as JSON."""
    return _ADAPTERS[type(value)].dump_json(value, by_alias=True).decode()


def change_from(action: str, text: str) -> Change:
    """The change of an action that `packed` wrote."""
    change: Change = _ADAPTERS[_CHANGES[Action(action)]].validate_json(text)
    return change


def quote_from(text: str | None) -> Quote | None:
    """The quote that was agreed to, if there was one."""
    return None if text is None else _ADAPTERS[Quote].validate_json(text)


def variant_from(text: str | None) -> Variant | None:
    """What a line is to become, if it is to become something else."""
    return None if text is None else _ADAPTERS[Variant].validate_json(text)


def fee_from(text: str | None) -> Amount:
    """The fee that was agreed to."""
    return Amount() if text is None else _ADAPTERS[Amount].validate_json(text)


def as_json(part: Any) -> str:
    """A part of an order for the log, always written the same way."""
    return json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
