"""Swapped variants: which line stands in for which.

Shopify does not say so: an edit takes units from one line and appends a new line of the same product.
This reads it back where it can be told apart from two variants that were bought together.
"""

from __future__ import annotations

from typing import Any

from portal.platforms.shopify.shape import tail

# Lines that were created in one go have ids this far apart, in every delivery that was seen.
_STEP = 32768
_MOST_LINES = 500

Line = dict[str, Any]


def replacements(lines: list[Line]) -> dict[str, str]:
    """The id of the replaced line by the id of its replacement; only pairs without a rival."""
    reduced = [line for line in lines if line["quantity"]["removed"] > 0]
    found: dict[str, str] = {}
    for new in _appended(lines, reduced):
        olds = [old for old in reduced if _is_swap(old, new)]
        if len(olds) == 1:
            found[new["id"]] = olds[0]["id"]
    pairs = list(found.values())
    return {new: old for new, old in found.items() if pairs.count(old) == 1}


def _appended(lines: list[Line], reduced: list[Line]) -> list[Line]:
    """The last lines, as far as each was added later and can stand in for a reduced one."""
    appended: list[Line] = []
    for line in reversed(lines[1:]):
        untouched = line["quantity"]["removed"] == 0 and line["quantity"]["current"] > 0
        if not untouched or _together(lines[0], line) or not any(_is_swap(old, line) for old in reduced):
            break
        appended.append(line)
    return appended


def _together(one: Line, other: Line) -> bool:
    """Whether both were there from the start, by the distance of their ids."""
    numbers = [tail(line["id"]) or "" for line in (one, other)]
    if not all(number.isdecimal() for number in numbers):
        return False
    distance = int(numbers[1]) - int(numbers[0])
    return distance % _STEP == 0 and 0 < distance <= _STEP * _MOST_LINES


def _is_swap(old: Line, new: Line) -> bool:
    same = old["product_id"] is not None and old["product_id"] == new["product_id"]
    fits = new["quantity"]["ordered"] <= old["quantity"]["removed"]
    return same and fits and (old["variant_id"], old["options"]) != (new["variant_id"], new["options"])
