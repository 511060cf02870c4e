"""E-mail addresses and phone numbers in the one spelling by which they are compared, and their keyed hashes.

Two spellings of one mailbox that nobody can tell apart for sure (dots, "+tag") stay two contacts: a wrong
match would show somebody another person's order.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

from portal.kit.secrets import Keys

Kind = Literal["email", "phone"]
SPELLING: Final = "1"  # goes up when the rules below change: what is stored is then hashed anew

# How a number written for callers at home becomes one for everybody: calling code, and the digit that goes.
_CODES: Final = """
    AT:43:0 AU:61:0 BE:32:0 BG:359:0 BR:55:0 CH:41:0 CY:357: CZ:420: DE:49:0 DK:45: EE:372: ES:34: FI:358:0 FR:33:0
    GB:44:0 GR:30: HR:385:0 IE:353:0 IL:972:0 IS:354: IT:39: JP:81:0 LU:352: LV:371: MA:212:0 MC:377: MT:356: NL:31:0
    NO:47: NZ:64:0 PL:48: PT:351: RO:40:0 SE:46:0 SG:65: SI:386:0 SK:421:0 TR:90:0 US:1:1 CA:1:1 ZA:27:0
"""
_HOME: Final = {country: (code, trunk) for country, code, trunk in (row.split(":") for row in _CODES.split())}


def email(text: str | None) -> str | None:
    """An address as it is compared; None for what is no address."""
    plain = unicodedata.normalize("NFKC", text or "").strip()
    name, at, domain = plain.rpartition("@")
    if not at or not name or len(plain) > 254 or not plain.isprintable() or re.search(r"\s", plain):
        return None
    try:
        host = domain.lower().encode("idna").decode("ascii") if not domain.isascii() else domain.lower()
    except UnicodeError:
        return None
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host):
        return None
    return f"{name.casefold()}@{host}"


def phone(text: str | None, country: str | None = None) -> str | None:
    """A number as +digits; one written without its country's code needs `country` (ISO 3166). None for what is
    no number, or could be several."""
    plain = unicodedata.normalize("NFKC", text or "").strip()
    plain = re.sub(r"^\+\s*(\d{1,3})\s*\(0\)", r"+\1", plain)
    digits = "".join(re.findall(r"\d", plain))
    if not re.fullmatch(r"\+?[\d\s().\-/‐-―]+", plain):
        return None
    if plain.startswith("+"):
        whole = digits
    elif digits.startswith("00"):
        whole = digits[2:]
    elif country in _HOME:
        code, trunk = _HOME[country]
        whole = code + (digits.removeprefix(trunk) if trunk else digits)
    else:
        return None
    return f"+{whole}" if 8 <= len(whole) <= 15 and not whole.startswith("0") else None


def normal(kind: Kind, text: str | None, country: str | None = None) -> str | None:
    """A contact of either kind as it is compared; None when it cannot be read."""
    return email(text) if kind == "email" else phone(text, country)


def contact_hash(keys: Keys, kind: Kind, normalised: str) -> str:
    """What is stored for a normalised contact."""
    return keys.keyed_hash(f"contact:{kind}", normalised)


def contact_hashes(keys: Keys, kind: Kind, normalised: str) -> tuple[str, ...]:
    """What to look for: one hash for each key in use."""
    return keys.hashes(f"contact:{kind}", normalised)


def key_name(keys: Keys) -> str:
    """Names what hashes were made with: when it changes, stored ones are made anew."""
    return f"{SPELLING}.{keys.name}"
