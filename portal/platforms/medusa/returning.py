"""A customer's wish to send something back, as a return that is asked for in Medusa."""

from __future__ import annotations

from collections.abc import Sequence

from portal.platforms.changes import Applied, NotApplied
from portal.platforms.live import ShopError
from portal.platforms.marks import mark_of
from portal.platforms.medusa.api import Api, Refused, escaped
from portal.platforms.medusa.sessions import unless_busy
from portal.platforms.medusa.shape import Node, nodes, part, text
from portal.platforms.neutral.parts import NeutralOrder

Units = Sequence[tuple[str, int]]


async def request_return(
    api: Api, order: NeutralOrder, key: str, units: Units, reason: str, words: str
) -> Applied | NotApplied:
    """See `TakesReturns.request_return`. A return that a crash left begun is given up and asked for anew."""
    order_id, mark = order.source.order_id, mark_of("return", key)
    try:
        found = await _own(api, order_id, mark)
        if found is not None and found.get("status") != "open":
            return Applied(text(found, "id"))
        if found is not None:
            await api.delete(f"/admin/returns/{escaped(text(found, 'id') or '')}/request")
        return await _ask(api, order_id, mark, units, await _reason(api, reason), words)
    except Refused as refused:
        return refused.outcome()


async def _own(api: Api, order_id: str, mark: str) -> Node | None:
    params = [("order_id", order_id), ("fields", "id,status,metadata,created_at"), ("limit", "100")]
    found = nodes(await api.get("/admin/returns", params), "returns")
    mine = [one for one in found if part(one, "metadata").get("jalon") == mark and one.get("status") != "canceled"]
    return mine[0] if mine else None


async def _ask(api: Api, order_id: str, mark: str, units: Units, reason: str | None, words: str) -> Applied:
    begun = {"order_id": order_id, "internal_note": mark, "metadata": {"jalon": mark}}
    answer = await unless_busy(api, order_id, lambda: api.post("/admin/returns", begun))
    name = text(part(answer, "return"), "id")
    if name is None:
        raise ShopError("answer", "Medusa does not name the return.")
    path = f"/admin/returns/{escaped(name)}"
    why = {"reason_id": reason} if reason else {}
    said = {"description": words} if words else {}
    items = [{"id": line, "quantity": quantity, **why, **said} for line, quantity in units]
    try:
        await api.post(f"{path}/request-items", {"items": items})
        await api.post(f"{path}/request")
    except Refused:
        await api.delete(f"{path}/request")
        raise
    return Applied(name)


async def _reason(api: Api, code: str) -> str | None:
    """The shop's own reason of this name, where it has one."""
    found = nodes(await api.get("/admin/return-reasons", [("limit", "100")]), "return_reasons")
    return next((text(one, "id") for one in found if (text(one, "value") or "").lower() == code), None)
