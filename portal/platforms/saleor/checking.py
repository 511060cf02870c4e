"""What `jalon connect` looks at in a Saleor shop."""

from __future__ import annotations

from portal.platforms.live import Finding, ShopError
from portal.platforms.saleor.api import Api
from portal.platforms.saleor.hooks import faults
from portal.platforms.saleor.queries import ABOUT
from portal.platforms.saleor.shape import folded, nodes, part, text


async def findings(api: Api, hooks_at: str | None, *, knows_keys: bool) -> list[Finding]:
    """Everything that was looked at; nothing more where the app is not known."""
    try:
        about = folded(await api.ask(ABOUT))
    except ShopError as error:
        return [Finding("Read orders", ok=False, fix=error.message, grave=True)]
    app = part(about, "app")
    may = {text(permission, "code") for permission in nodes(app, "permissions")}
    if "MANAGE_ORDERS" not in may:
        fix = "Use the token of an app with the permission MANAGE_ORDERS."
        return [Finding("Read and change orders", ok=False, fix=fix, grave=True)]
    found = [Finding("Read and change orders", ok=True)]
    if not knows_keys:
        fix = "The keys at /.well-known/jwks.json cannot be read: no delivery can be shown to be genuine."
        found.append(Finding("Signing keys", ok=False, fix=fix))
    if hooks_at is None:
        fix = "Nothing can reach Jalon at its address: changes are found by asking."
        return [*found, Finding("Webhook", ok=False, fix=fix)]
    wrong = faults(nodes(app, "webhooks"), hooks_at)
    return [*found, Finding("Webhook", ok=wrong is None, fix=f"It {wrong}." if wrong else "")]
