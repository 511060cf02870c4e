"""Check digits: from the body of a number, the character that has to follow it.

Each rule takes a body that its formats have already matched (letters and digits in ASCII, upper case).
It knows no carrier's formats. How much a rule promises differs, and is said beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

Check = Callable[[str], str]

_BASE_36: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASE_32: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_S10_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)


def gs1(body: str) -> str:
    """GS1 modulo 10, weights 3 and 1 from the right. Finds every single wrong digit."""
    return _to_ten(_threes(body))


def gs1_behind_91(body: str) -> str:
    """The same for numbers printed without the 91 that their check digit counts in."""
    return gs1(f"91{body}")


def gls(body: str) -> str:
    """As GS1, with one more in the sum. Finds every single wrong digit."""
    return _to_ten(_threes(body) + 1)


def doubled(body: str) -> str:
    """Every second character doubled, modulo 10; A is 2, and so on. Misses 0 for 5, 1 for 6, … where doubled."""
    values = [int(c) if c.isdigit() else (ord(c) - 3) % 10 for c in body]
    return _to_ten(sum(values) + sum(values[1::2]))


def luhn(body: str) -> str:
    """Luhn's modulo 10. Finds every single wrong digit."""
    return _to_ten(sum(sum(divmod(int(c) * (2 - i % 2), 10)) for i, c in enumerate(reversed(body))))


def identcode(body: str) -> str:
    """Weights 4 and 9 from the left, modulo 10. Misses digits that differ by 5 where the weight is 4."""
    return _to_ten(sum(int(c) * (9 if i % 2 else 4) for i, c in enumerate(body)))


def s10(body: str) -> str:
    """UPU S10: eight digits, modulo 11. Misses a change between remainders 0 and 6, which are both written 5."""
    rest = 11 - sum(int(c) * weight for c, weight in zip(body, _S10_WEIGHTS, strict=True)) % 11
    return {10: "0", 11: "5"}.get(rest, str(rest))


def fedex(body: str) -> str:
    """Weights 1, 3, 7 from the right, modulo 11. Misses a change between remainders 0 and 10, both written 0."""
    return str(sum(int(c) * (1, 3, 7)[i % 3] for i, c in enumerate(reversed(body))) % 11 % 10)


def mod7(body: str) -> str:
    """The remainder of the whole number by 7. Misses digits that differ by 7."""
    return str(int(body) % 7)


def mod_37_36(body: str) -> str:
    """ISO 7064 modulo 37, 36. Finds every single wrong character, and 629 of 630 swapped neighbours."""
    product = 36
    for character in body:
        product = ((product + _BASE_36.index(character)) % 36 or 36) * 2 % 37
    return _BASE_36[(37 - product) % 36]


def odd_weights(body: str) -> str:
    """Weights 1, 3, 5, … modulo 32, in an alphabet without I, L, O and U. Finds every single wrong character."""
    return _BASE_32[sum((2 * i + 1) * _BASE_32.index(c) for i, c in enumerate(body)) % 32]


def _threes(body: str) -> int:
    return sum(int(c) * (1 if i % 2 else 3) for i, c in enumerate(reversed(body)))


def _to_ten(total: int) -> str:
    return str(-total % 10)
