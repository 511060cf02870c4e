"""What `jalon connect` looks at in a PrestaShop shop. The webservice itself tells what its key may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portal.platforms.live import Finding, ShopError
from portal.platforms.prestashop.api import Api, Refused
from portal.platforms.prestashop.gathering import informed
from portal.platforms.prestashop.record import Reading

_READ: Final = (
    "order_details", "order_carriers", "order_slip", "order_states", "customers", "addresses", "countries", "states",
    "currencies", "languages", "carriers", "customizations", "configurations",
)  # fmt: skip
_WRITE: Final = (("addresses", "post"), ("orders", "put"), ("order_histories", "post"))


async def findings(api: Api, reading: Reading) -> list[Finding]:
    """Everything that was looked at; nothing more where orders cannot be read."""
    try:
        rights = await api.rights()
        await api.rows("orders", ("limit", "1"))
    except Refused as refused:
        fix = f"The key does not allow it (HTTP {refused.status}): {refused.message}"
        return [Finding("Read orders", ok=False, fix=fix, grave=True)]
    except ShopError as error:
        return [Finding("Read orders", ok=False, fix=f"{error.message} Is the webservice switched on?", grave=True)]
    return [Finding("Read orders", ok=True), _reads(rights), _writes(rights), await _zone(api, reading), _silence()]


def _reads(rights: Mapping[str, frozenset[str]]) -> Finding:
    what = "Read what belongs to orders"
    lacking = [name for name in _READ if "get" not in rights.get(name, frozenset())]
    if lacking:
        fix = f"Let the key GET {', '.join(lacking)}: what they hold is not known until then."
        return Finding(what, ok=False, fix=fix)
    return Finding(what, ok=True)


def _writes(rights: Mapping[str, frozenset[str]]) -> Finding:
    what = "Change orders"
    lacking = [f"{way.upper()} {name}" for name, way in _WRITE if way not in rights.get(name, frozenset())]
    if lacking:
        fix = f"Let the key {', '.join(lacking)}: until then, customers' changes of address and cancellations fail."
        return Finding(what, ok=False, fix=fix)
    return Finding(what, ok=True)


async def _zone(api: Api, reading: Reading) -> Finding:
    what = "The shop's clock"
    try:
        told = await informed(api, reading)
    except ShopError as error:
        return Finding(what, ok=False, fix=error.message)
    if told.zone is not None:
        return Finding(what, ok=True)
    fix = "Set its zone (timezone=Europe/Paris), or let the key GET configurations: dates have no zone until then."
    return Finding(what, ok=False, fix=fix)


def _silence() -> Finding:
    fix = "PrestaShop sends no webhooks: changes are found by asking, as often as the shop is asked."
    return Finding("Webhooks", ok=False, fix=fix)
