"""What `jalon connect` looks at in a WooCommerce shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from portal.platforms.asking import json_of
from portal.platforms.live import Finding, ShopError
from portal.platforms.woocommerce.api import Api, Refused
from portal.platforms.woocommerce.hooks import hooks_of, lacking
from portal.platforms.woocommerce.shape import nodes, text
from portal.platforms.woocommerce.words import Standing, slug, standing

_SHORTEST: Final = 16  # characters of a secret that guards an address open to the world
_SETTING: Final = "JALON_PLATFORM_WOOCOMMERCE_STATUSES"


async def findings(
    api: Api, hooks_at: str | None, secrets: Sequence[str], own: Mapping[str, Standing]
) -> list[Finding]:
    """Everything that was looked at, the grave first; nothing more where orders cannot be read."""
    reading = await _reads(api)
    if not reading.ok:
        return [reading]
    return [reading, await _writes(api), await _products(api), *await _statuses(api, own),
            *await _hooks(api, hooks_at, secrets)]  # fmt: skip


async def _reads(api: Api) -> Finding:
    what = "Read orders"
    try:
        await api.get("orders", ("per_page", "1"), ("_fields", "id"))
    except Refused as refused:
        said = "There is no WooCommerce at this address, or its REST API is switched off."
        fix = said if refused.code == "rest_no_route" else f"WooCommerce says {refused.code}: {refused.message}"
        return Finding(what, ok=False, fix=fix, grave=True)
    except ShopError as error:
        more = " Some servers keep the header Authorization from WordPress." if error.kind == "credentials" else ""
        return Finding(what, ok=False, fix=f"{error.message}{more}", grave=True)
    return Finding(what, ok=True)


async def _writes(api: Api) -> Finding:
    """A change of an order that cannot be there: whoever may write is told that, and nothing is changed."""
    what = "Change orders"
    try:
        await api.ask("PUT", "orders/0", (), {})
    except Refused:
        return Finding(what, ok=True)
    except ShopError as error:
        return Finding(what, ok=False, fix=error.message, grave=True)
    return Finding(what, ok=True)


async def _products(api: Api) -> Finding:
    what = "Read products"
    try:
        await api.get("products", ("per_page", "1"), ("_fields", "id"))
    except (Refused, ShopError):
        fix = "Without it no other size is offered, and no rule knows a product's category or tag."
        return Finding(what, ok=False, fix=fix)
    return Finding(what, ok=True)


async def _statuses(api: Api, own: Mapping[str, Standing]) -> list[Finding]:
    """Every status that the shop has is known, and every one that it explained is there."""
    what = "Statuses of orders"
    try:
        told = nodes({"all": json_of(await api.get("orders/statuses"))}, "all")
    except (Refused, ShopError):
        return []  # an old version does not list them
    there = {slug(text(status, "slug")) for status in told}
    unknown = sorted(name for name in there if name and standing(name, own) == "unknown")
    absent = sorted(set(own) - there)
    found = []
    if unknown:
        fix = f"Say what {', '.join(unknown)} mean with {_SETTING}: orders that stand so cannot be changed until then."
        found.append(Finding(what, ok=False, fix=fix))
    if absent:
        found.append(Finding(what, ok=False, fix=f"The shop has no status {', '.join(absent)}: see {_SETTING}."))
    return found or [Finding(what, ok=True)]


async def _hooks(api: Api, hooks_at: str | None, secrets: Sequence[str]) -> list[Finding]:
    what = "Webhooks"
    if hooks_at is None:
        return [Finding(what, ok=False, fix="Nothing can reach Jalon at its address: changes are found by asking.")]
    if not secrets:
        return [Finding(what, ok=False, fix="Set a secret to sign them with: hook_secret.")]
    weak = [Finding(what, ok=False, fix=f"hook_secret guards an address open to the world: at least {_SHORTEST} "
                    "characters.")] if len(secrets[0]) < _SHORTEST else []  # fmt: skip
    try:
        missing = lacking(await hooks_of(api, hooks_at), secrets[0])
    except ShopError as error:
        return [*weak, Finding(what, ok=False, fix=error.message)]
    return [*weak, *(Finding(f"Webhook {topic}", ok=False, fix=f"It {why}.") for topic, why in missing)] or [
        Finding(what, ok=True)
    ]
