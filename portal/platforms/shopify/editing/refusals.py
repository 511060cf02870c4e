"""What Shopify's refusals mean: by what the order is now, and where that tells nothing, by its words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from portal.platforms.changes import Edit, NotApplied, Why
from portal.platforms.guards import refusal
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.shopify.shape import nodes, text

# The first that is found in the words; the order of the list matters.
_WORDS: Final[tuple[tuple[str, Why], ...]] = (
    (r"being edited|another (edit|user|session)|conflict|stale|out of date|modified since|try again", "busy"),
    (r"calculated order does not exist", "busy"),  # the edit session that was begun is over
    (r"line item does not exist|more items than", "changed"),
    (r"inventor|in stock|out of stock|sold out|not available|unavailable|variant.*(not|no longer)", "unavailable"),
    (r"already (been )?cancell?ed|is cancell?ed|has been cancell?ed", "cancelled"),
    (r"fulfil|shipp(ed|ing)|in progress|picked|has returns", "shipped"),
    (r"archiv|closed", "closed"),
    (r"payment|transaction|gateway|refund|authori[sz]|capture|gift card|paid", "payment"),
)


def said_in(payload: Mapping[str, Any], *members: str) -> str:
    """The user errors of a mutation's payload, in the platform's words; "" when there are none. A payload that is not
    there has said no as well."""
    if not payload:
        return "no answer to this change"
    errors = [error for member in members or ("userErrors",) for error in nodes(payload, member)]
    return "; ".join(f"{text(error, 'code') or ''} {text(error, 'message') or ''}".strip() for error in errors)


def because(said: str, order: NeutralOrder | None = None, edit: Edit | None = None) -> NotApplied:
    """The refusal of an edit; `order` is as it is now."""
    if order is not None and edit is not None:
        known = refusal(order, edit)
        if known is not None and known.why in ("shipped", "cancelled", "closed"):
            return NotApplied(known.why, said)
    found = (why for pattern, why in _WORDS if re.search(pattern, said, re.IGNORECASE))
    return NotApplied(next(found, "refused"), said)
