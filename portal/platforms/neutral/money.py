"""Money as the neutral order document holds it: integer minor units of an ISO 4217 currency.

Owns the exponent table (JPY has none, KWD three) and the exact conversion from decimal text. Knows no
platform and never computes with floating point.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

# ISO 4217: every active code whose minor unit is not a hundredth. Codes without minor unit (precious
# metals, XDR and the like) cannot be shop currencies and read as hundredths like any other code.
EXPONENTS: Final[dict[str, int]] = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"), 0
    ),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}

LARGEST: Final = 2**63 - 1  # minor units; what a 64-bit column holds

_EXACT = Context(prec=120)  # more digits than an amount may have, so that nothing rounds on the way
_CODE = re.compile(r"[A-Z]{3}")
_DECIMAL = re.compile(r"[+-]?(\d{1,40})(\.\d{1,40})?")


class MoneyError(ValueError):
    """An amount or a currency that cannot be read; the message says why."""


def currency_code(text: str) -> str:
    """The ISO 4217 code in capitals. Raises MoneyError unless it is three letters."""
    code = text.strip().upper()
    if not _CODE.fullmatch(code):
        raise MoneyError(f"not a currency code: {text[:20]!r}")
    return code


def exponent(currency: str) -> int:
    """How many decimal digits the minor unit of `currency` has: 2 for all but the codes in the table."""
    return EXPONENTS.get(currency_code(currency), 2)


def to_minor(amount: str | Decimal | float | int, currency: str) -> int:
    """`amount` in major units as an integer of minor units: ("25.00", "EUR") is 2500.

    Text and Decimal with more digits than the currency has are rounded half away from zero, as shops
    do on receipts. A float is read by its shortest decimal form and refused when that form has more
    digits than the currency, because such digits are noise of a computation, not a price. Raises
    MoneyError for anything that is not a plain decimal number or does not fit 64 bits.
    """
    digits = exponent(currency)
    value = _decimal(amount)
    scaled = value.scaleb(digits, _EXACT)
    minor = int(scaled.to_integral_value(ROUND_HALF_UP, _EXACT))
    if isinstance(amount, float) and minor != scaled:
        raise MoneyError(f"{amount!r} has more decimal digits than {currency.upper()} has")
    if abs(minor) > LARGEST:
        raise MoneyError("amount too large")
    return minor


def _decimal(amount: str | Decimal | float | int) -> Decimal:
    if isinstance(amount, bool) or not isinstance(amount, str | Decimal | float | int):
        raise MoneyError(f"not an amount: {type(amount).__name__}")
    if isinstance(amount, int) and abs(amount) > LARGEST:
        raise MoneyError("amount too large")
    text = _plain(amount) if isinstance(amount, Decimal | float) else str(amount).strip()
    if not text.isascii() or not _DECIMAL.fullmatch(text):
        raise MoneyError(f"not a decimal amount: {text[:40]!r}")
    return Decimal(text)


def _plain(amount: Decimal | float) -> str:
    """Digits without an exponent, as far as that is sane: 1E+20 is, 1E+999999 is not."""
    value = amount if isinstance(amount, Decimal) else Decimal(repr(amount))
    sane = value.is_finite() and abs(value.adjusted()) < 38
    return f"{value:f}" if sane or (value.is_finite() and value == 0) else str(value)
