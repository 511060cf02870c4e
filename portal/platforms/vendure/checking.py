"""What `jalon connect vendure` looks at: whether orders can be read and changed, and whether deliveries come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from portal.platforms.live import Finding, ShopError
from portal.platforms.vendure import operations
from portal.platforms.vendure.api import Refused
from portal.platforms.vendure.desk import Desk
from portal.platforms.vendure.shape import Node, part, text

PLUGIN_VERSION: Final = "1"
_GIVE: Final = "Give the role of Jalon's administrator or API key the permission {}."


async def findings(desk: Desk, hooks_at: str | None) -> Sequence[Finding]:
    """See `Shop.check`."""
    try:
        await desk.api.ask(operations.PERMISSIONS)
    except ShopError as problem:
        return [Finding("Orders can be read", ok=False, fix=_fix(problem, "ReadOrder"), grave=True)]
    return [
        Finding("Orders can be read", ok=True),
        await _fields(desk),
        await _updates(desk),
        await _catalogue(desk),
        *await plugin(desk, hooks_at),
        Finding(
            "Edits that cost more can be paid",
            ok=desk.pay_url is not None,
            fix="Set the pay_url to your shop's page where what an order lacks is paid; until then such edits are "
            "refused.",
        ),
    ]


async def plugin(desk: Desk, hooks_at: str | None) -> list[Finding]:
    """What the plugin in Vendure says of itself."""
    found = await _plugin(desk)
    if found is None:
        fix = "Add the plugin to Vendure (docs/vendure.md): it sends deliveries and guards parcels against edits."
        return [Finding("The plugin is there", ok=False, fix=fix)]
    known = text(found, "version") == PLUGIN_VERSION
    have = [
        Finding("The plugin is there", known, "Bring the plugin in Vendure up to date (docs/vendure.md)."),
        Finding("Parcels are guarded", found.get("guard") is True, "Switch the plugin's guard on."),
    ]
    if hooks_at is None:
        return have
    secret = found.get("signed") is True and bool(desk.api.account.credentials.get("hook_secret"))
    return [
        *have,
        Finding("Deliveries come here", text(found, "url") == hooks_at, f"Set the plugin's url to {hooks_at}."),
        Finding("Deliveries can be trusted", secret, "Give the plugin a secret, and set the hook_secret to it."),
    ]


async def _plugin(desk: Desk) -> Node | None:
    try:
        return part(await desk.api.do(operations.PLUGIN), "jalon")
    except (Refused, ShopError):
        return None


async def _fields(desk: Desk) -> Finding:
    what = "The custom fields that are named are there"
    try:
        await desk.api.ask(operations.read_orders(*desk.fields), options={"take": 1})
    except ShopError as problem:
        return Finding(what, ok=False, fix=f"{problem.message} Look at the names of custom fields.", grave=True)
    return Finding(what, ok=True)


async def _updates(desk: Desk) -> Finding:
    """An order that cannot exist is tried: who may not change orders is told so, whoever may that there is none."""
    what = "Orders can be changed"
    try:
        await desk.api.do(operations.DRY_RUN, input={"orderId": "0", "dryRun": True})
    except Refused:
        return Finding(what, ok=True)
    except ShopError as problem:
        return Finding(what, ok=False, fix=_fix(problem, "UpdateOrder"))
    return Finding(what, ok=True)


async def _catalogue(desk: Desk) -> Finding:
    what = "Other sizes and colours can be offered"
    try:
        await desk.api.ask(operations.CATALOGUE)
    except ShopError as problem:
        return Finding(what, ok=False, fix=_fix(problem, "ReadProduct"))
    return Finding(what, ok=True)


def _fix(problem: ShopError, permission: str) -> str:
    return _GIVE.format(permission) if problem.kind == "scope" else problem.message
