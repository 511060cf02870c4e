"""Reporting from here that something was packed, sent, collected or delivered; each once, by its mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import carriers
from portal.platforms.changes import Applied, NotApplied
from portal.platforms.marks import mark_of
from portal.platforms.medusa.api import Api, Refused, escaped
from portal.platforms.medusa.editing import Editor
from portal.platforms.medusa.parcels import is_pickup, units_of
from portal.platforms.medusa.sessions import unless_busy
from portal.platforms.medusa.shape import Node, nodes, part, text
from portal.platforms.neutral.parts import NeutralOrder

_MARK: Final = "jalon"  # the member of a fulfilment's metadata that bears our mark


@dataclass(frozen=True, slots=True)
class Sent:
    """Who has a parcel, and under which number."""

    carrier: str | None
    number: str | None


async def ship(
    editor: Editor, order: NeutralOrder, key: str, units: Sequence[tuple[str, int]], sent: Sent
) -> Applied | NotApplied:
    """Pack units, or take the parcel that was packed with just these, and hand it over."""
    order_id, mark = order.source.order_id, mark_of("ship", key)
    try:
        packed = await _packed(editor, order_id, mark, dict(units), sent.carrier)
        if not packed.get("shipped_at"):
            await _hand_over(editor.api, order_id, packed, sent)
    except Refused as refused:
        return refused.outcome()
    return Applied(text(packed, "id"))


async def ready(editor: Editor, order: NeutralOrder, key: str) -> Applied | NotApplied:
    """What is to be collected is packed: for Medusa it then waits for its customer."""
    wanted = {
        line.id: line.quantity.current - line.quantity.fulfilled - line.quantity.in_progress
        for line in order.lines
        if line.requires_shipping
    }
    units = {line: quantity for line, quantity in wanted.items() if quantity > 0}
    try:
        packed = await _packed(editor, order.source.order_id, mark_of("ready", key), units, None)
    except Refused as refused:
        return refused.outcome()
    return Applied(text(packed, "id"))


async def collected(editor: Editor, order: NeutralOrder) -> Applied | NotApplied:
    """Everything that waited was collected."""
    order_id = order.source.order_id
    waiting = [one for one in await _fulfilments(editor, order_id) if is_pickup(one) and not one.get("delivered_at")]
    return await _delivered(editor, order_id, waiting)


async def delivered(editor: Editor, order: NeutralOrder, parcel_id: str) -> Applied | NotApplied:
    """A parcel arrived."""
    order_id = order.source.order_id
    mine = [one for one in await _fulfilments(editor, order_id) if text(one, "id") == parcel_id]
    if not mine:
        return NotApplied("changed", "Medusa has no such parcel of this order.")
    return await _delivered(editor, order_id, [one for one in mine if not one.get("delivered_at")])


async def _fulfilments(editor: Editor, order_id: str) -> list[Node]:
    found = nodes(part(await editor.read(order_id), "order"), "fulfillments")
    return [one for one in found if not one.get("canceled_at")]


async def _packed(editor: Editor, order_id: str, mark: str, units: Mapping[str, int], carrier: str | None) -> Node:
    """The parcel with our mark; else one that waits with just these units in it; else a new one."""
    before = await _fulfilments(editor, order_id)
    waiting = [one for one in before if not one.get("shipped_at") and units_of(one) == units]
    found = [one for one in before if part(one, "metadata").get(_MARK) == mark] or waiting
    if found:
        return found[0]
    body: dict[str, Any] = {
        "items": [{"id": line, "quantity": quantity} for line, quantity in units.items()],
        "metadata": {_MARK: mark, **({"carrier": carrier} if carrier else {})},
    }
    path = f"/admin/orders/{escaped(order_id)}/fulfillments"
    await unless_busy(editor.api, order_id, lambda: editor.api.post(path, body))
    made = [one for one in await _fulfilments(editor, order_id) if part(one, "metadata").get(_MARK) == mark]
    if not made:
        raise Refused(400, "the parcel was not packed")
    return made[0]


async def _hand_over(api: Api, order_id: str, packed: Node, sent: Sent) -> None:
    labels = [] if sent.number is None else [_label(sent.carrier, sent.number)]
    items = [{"id": line, "quantity": quantity} for line, quantity in units_of(packed).items()]
    path = f"/admin/orders/{escaped(order_id)}/fulfillments/{escaped(text(packed, 'id') or '')}/shipments"
    await unless_busy(api, order_id, lambda: api.post(path, {"items": items, "labels": labels}))


def _label(carrier: str | None, number: str) -> dict[str, str]:
    """Medusa wants an address for each label, and takes "#" for none."""
    known = carriers.named(carrier) if carrier else None
    page = known.manifest.tracking_page if known else None
    url = page.replace("{number}", quote(number, safe="")) if page else "#"
    return {"tracking_number": number, "tracking_url": url, "label_url": "#"}


async def _delivered(editor: Editor, order_id: str, parcels: Sequence[Node]) -> Applied | NotApplied:
    try:
        for one in parcels:
            path = f"/admin/orders/{escaped(order_id)}/fulfillments/{escaped(text(one, 'id') or '')}/mark-as-delivered"
            await unless_busy(editor.api, order_id, _posting(editor.api, path))
    except Refused as refused:
        return refused.outcome()
    return Applied()


def _posting(api: Api, path: str) -> Any:
    return lambda: api.post(path)
