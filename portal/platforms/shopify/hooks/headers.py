"""What the headers of a delivery say. A coming generation of deliveries has the same names without their `X-`: they are
looked up here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

from portal.platforms.contract import Delivered


def header(headers: Mapping[str, str], name: str) -> str | None:
    """A header of Shopify's, by its name without any prefix, in lower case: "topic"."""
    for prefix in ("x-shopify-", "shopify-"):
        value = headers.get(f"{prefix}{name}", "").strip()
        if value:
            return value
    return None


def delivered(headers: Mapping[str, str]) -> Delivered:
    """What they tell of the body."""
    return Delivered(header(headers, "shop-domain"), header(headers, "topic"), header(headers, "api-version"))
