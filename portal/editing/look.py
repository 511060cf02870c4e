"""Looking: what may be changed of an order, and what is under way. Writes nothing; reads the order as it was told last,
so that a page waits for no platform."""

from __future__ import annotations

from collections.abc import Sequence

from portal.editing import codes, queries
from portal.editing.engine import Engine, able, editable
from portal.editing.rereading import kept
from portal.editing.values import EditView, Looked, Refusal
from portal.kit.errors import NotThere
from portal.orders.arrivals import arrivals
from portal.platforms.changes import Variant
from portal.platforms.live import ShopError


async def look(engine: Engine, order_id: int) -> Looked:
    """What a customer may do now with the order and each of its lines, with time limits and fees; the edit under way
    and those that are over. Raises NotThere."""
    known = await kept(engine.context, order_id)
    shop = engine.shops.of(known.platform, known.shop)
    async with engine.context.db.read() as reader:
        rules = await engine.policies.in_force(reader)
        rows = await queries.confirmed(reader, order_id)
        delivered = await arrivals(reader, known)
    edits = [queries.view_of(row) for row in rows]
    under_way = next((edit for edit in edits if edit.is_open), None)
    now, is_open = engine.context.clock.now(), under_way is not None
    answers = rules.answers(known.document, able(shop), now, open_edit=is_open, delivered=delivered)
    return Looked(known.document, answers, under_way, [edit for edit in edits if not edit.is_open])


async def edit_of(engine: Engine, order_id: int, ref: str) -> EditView:
    """One edit of an order, drafts included: to show a preview again, or the answer of a program. Raises NotThere."""
    async with engine.context.db.read() as reader:
        row = await queries.by_ref(reader, order_id, ref)
    if row is None:
        raise NotThere
    return queries.view_of(row)


async def choices(engine: Engine, order_id: int, line_id: str) -> Sequence[Variant] | Refusal:
    """What a line could become: the other variants of its product, as its platform offers them at this moment. Asks the
    platform. Refused: `unsupported`, `unreachable`, `not_there`. Raises NotThere."""
    known = await kept(engine.context, order_id)
    offers = editable(engine.shops.of(known.platform, known.shop))
    if offers is None:
        return Refusal("unsupported")
    if all(line.id != line_id for line in known.document.lines):
        return Refusal("not_there")
    try:
        return await offers.variants(known.document, line_id)
    except ShopError:
        return Refusal(codes.UNREACHABLE)
