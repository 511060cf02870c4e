"""Whether our address is one that shops' platforms can deliver to, as far as this machine can tell."""

from __future__ import annotations

from portal.context import Context
from portal.platforms.asking import Call, json_of, send, succeeded
from portal.platforms.live import Finding, ShopError

_PATH = "/healthz/live"


async def reach(context: Context, hooks_at: str | None) -> Finding:
    """Asks our own address from here, as the world would. A firewall that lets in us alone is not seen by that."""
    base, what = context.settings.base_url, f"Our address {context.settings.base_url} answers"
    if hooks_at is None:
        fix = "Deliveries need an https address that the world reaches: set JALON_BASE_URL. Until then the shop is "
        return Finding(what.replace("answers", "can be delivered to"), ok=False, fix=fix + "asked every minute.")
    try:
        told = json_of(succeeded(await send(Call("GET", base + _PATH), context.clients.get("ourselves"), deadline=10)))
    except ShopError as problem:
        said = problem.message.replace("The shop", "It")
        return Finding(what, ok=False, fix=f"{said} Is `jalon serve` running, and does the address lead to it?")
    ours = isinstance(told, dict) and told.get("status") == "ok"
    return Finding(what, ok=ours, fix="Something else answers there: let the address lead to `jalon serve`.")
