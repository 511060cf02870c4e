"""How far a wish is from what was ordered: in options, in price, on the map. Pure.

Each gives the verdict that the policy's limits have for that distance, and the code that says why.
"""

from __future__ import annotations

from portal.editing.answers import AddressLimits, Code, SwapLimits, Verdict, narrower
from portal.platforms.changes import Variant
from portal.platforms.neutral.parts import Address, Amount, Line

_NEAR = (Verdict.ALLOWED, Code.ALLOWED)


def touches_fixed_options(line: Line, variant: Variant, limits: SwapLimits) -> bool:
    """Whether the variant differs in an option that the policy leaves as it is. Options are found by their names; where
    the order and the variant share none, all values of fixed options have to be those that were ordered."""
    if limits.options is None:
        return False
    wanted = {name.casefold(): value for name, value in variant.options}
    chosen = {option.name.casefold(): option.value for option in line.options if option.name}
    if chosen.keys() & wanted.keys():
        changed = {name for name, value in wanted.items() if chosen.get(name, value) != value}
        return not changed <= limits.options
    fixed = {value for name, value in wanted.items() if name not in limits.options}
    return not fixed <= {option.value for option in line.options}


def in_price(line: Line, variant: Variant, limits: SwapLimits) -> tuple[Verdict, Code]:
    """Whether one unit costs more or less, before discounts, in the buyer's currency where both prices are in it."""
    before, after = _same_side(line.price.unit, variant.price)
    if before is None or after is None:
        verdict = narrower(limits.dearer, limits.cheaper)
        return _NEAR if verdict is Verdict.ALLOWED else (Verdict.ASK, Code.PRICE_UNKNOWN)
    if after > before:
        return limits.dearer, Code.DEARER
    return (limits.cheaper, Code.CHEAPER) if after < before else _NEAR


def on_the_map(before: Address | None, after: Address, limits: AddressLimits) -> tuple[Verdict, Code]:
    """Whether the new address is in another country, or in another region. Where one of the two names no region,
    another postcode is taken as another region."""
    if before is None:
        return _NEAR
    if after.country is not None and before.country is not None and after.country != before.country:
        return limits.other_country, Code.OTHER_COUNTRY
    return _NEAR if _same_region(before, after) else (limits.other_region, Code.OTHER_REGION)


def is_same_place(before: Address | None, after: Address) -> bool:
    """Whether nothing of an address is new."""
    return before is not None and _written(before) == _written(after)


def _same_region(before: Address, after: Address) -> bool:
    if before.region and after.region:
        return before.region.casefold() == after.region.casefold()
    return _plain(before.postcode) == _plain(after.postcode)


def _plain(text: str | None) -> str:
    return "".join((text or "").split()).casefold()


def _written(address: Address) -> list[str | None]:
    parts = (address.name, address.company, address.line1, address.line2, address.postcode, address.city)
    return [part.strip() if part else None for part in (*parts, address.region, address.country, address.phone)]


def _same_side(one: Amount, other: Amount) -> tuple[int | None, int | None]:
    if one.buyer is not None and other.buyer is not None:
        return one.buyer, other.buyer
    return one.shop, other.shop
