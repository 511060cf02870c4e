"""Previews: what a change would come to, on the order as its platform tells it at this moment, kept for a while so that
what is confirmed is what was seen."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import insert

from portal.editing import codes, queries
from portal.editing.answers import Code, EditState, Verdict
from portal.editing.commands import CancelItems, CancelWhole, Command
from portal.editing.engine import Engine, Rules, editable, makes
from portal.editing.holding import hold_for_preview
from portal.editing.judging import Judged, judge
from portal.editing.models import EDIT
from portal.editing.packing import packed
from portal.editing.private import EDIT_PRIVATE
from portal.editing.rereading import kept, reread
from portal.editing.stakes import sealed
from portal.editing.touching import touched
from portal.editing.values import EditView, Refusal
from portal.editing.who import Who
from portal.editing.wishes import action_of
from portal.kit.db import Tx
from portal.kit.ids import new_ref, token_hash
from portal.kit.quota import Claim, Limit, take
from portal.orders.documents import Stored
from portal.platforms.changes import Change, Edit, NotApplied, Quote, SwapVariant, Variant
from portal.platforms.live import Shop, ShopError
from portal.platforms.neutral.parts import NeutralOrder

LIVES: Final = timedelta(minutes=15)
# Each asks a shop's platform several things.
_LIMIT: Final = Limit("edit previews", 60, timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class _Drafted:
    """All that a preview found out."""

    known: Stored
    order: NeutralOrder
    change: Change
    variant: Variant | None
    judged: Judged
    quote: Quote | None
    key: str


async def preview(
    engine: Engine,
    order_id: int,
    command: Command,
    who: Who,
    *,
    client_key: str | None = None,
    locale: str | None = None,
) -> EditView | Refusal:
    """What the change would come to, as a draft that `confirm` takes by its `ref` within `LIVES`.

    The same `client_key` gives the same draft, however often it is sent; for another command it is refused. `locale` is
    the language that messages about it are written in. Raises NotThere, and Refused (429) when it is asked too often.
    """
    context, command = engine.context, _allowed(command, who)
    if client_key is not None and (found := await _sent_before(engine, order_id, command, client_key)):
        return found
    known = await kept(context, order_id)
    await take(context.db, context.clock.now(), [Claim(_LIMIT, token_hash(f"order:{order_id}"))])
    rules = await engine.rules()
    drafted = await _draft(engine, rules, known, command.change(), who)
    if isinstance(drafted, Refusal):
        return drafted
    row = _row(engine, rules, drafted, who) | {
        "client_key": None if client_key is None else token_hash(client_key),
        "locale": locale,
    }
    return await _keep(engine, drafted, row, who, command)


def _allowed(command: Command, who: Who) -> Command:
    """Why an order is cancelled is for the shop to say; customers have their own reason."""
    cancels = isinstance(command, CancelWhole | CancelItems)
    return command.model_copy(update={"reason": "customer"}) if cancels and not who.is_shop else command


async def _sent_before(engine: Engine, order_id: int, command: Command, client_key: str) -> EditView | Refusal | None:
    async with engine.context.db.read() as reader:
        row = await queries.by_client_key(reader, order_id, token_hash(client_key))
    return None if row is None else _again(row, command)


def _again(row: Any, command: Command) -> EditView | Refusal:
    found = queries.view_of(row)
    return found if found.change == command.change() else Refusal(codes.OTHER)


async def _draft(engine: Engine, rules: Rules, known: Stored, change: Change, who: Who) -> _Drafted | Refusal:
    async with engine.context.db.read() as reader:
        if await queries.open_edit(reader, known.order_id) is not None:
            return Refusal(codes.EDIT_OPEN)
    shop = engine.shops.of(known.platform, known.shop)
    try:
        order = known.document if shop is None else await reread(engine.context, shop, known)
        if order is None:
            return Refusal(codes.GONE)
        variant = await _variant(shop, order, change)
        judged = judge(rules, who, shop, order, change, variant, engine.context.clock.now())
        if judged.verdict is Verdict.NO:
            return Refusal(judged.code, judged.answer)
        key = str(uuid.uuid4())
        quote = await _quote(
            shop, order, Edit(key, change, judged.fee, by="staff" if who.is_shop else "customer"), judged
        )
    except ShopError:
        return Refusal(codes.UNREACHABLE)
    if isinstance(quote, NotApplied) and quote.why == "unsupported" and not who.is_shop:
        judged, quote = replace(judged, verdict=Verdict.ASK, code=Code.PLATFORM), None
    if isinstance(quote, NotApplied):
        return Refusal(quote.why, judged.answer)
    return _Drafted(known, order, change, variant, judged, quote, key)


async def _variant(shop: Shop | None, order: NeutralOrder, change: Change) -> Variant | None:
    """What a line is to be swapped for, as the platform offers it."""
    offers = editable(shop)
    if offers is None or not isinstance(change, SwapVariant) or all(line.id != change.line_id for line in order.lines):
        return None
    return next((v for v in await offers.variants(order, change.line_id) if v.id == change.variant_id), None)


async def _quote(shop: Shop | None, order: NeutralOrder, edit: Edit, judged: Judged) -> Quote | NotApplied | None:
    """What it comes to, where it can be made from here; else only the shop can say."""
    reckons = editable(shop)
    if reckons is None or not makes(shop, edit.change, edit.fee):
        return None
    quote = await reckons.quote(order, edit)
    if isinstance(quote, NotApplied) and quote.why != "unsupported" and judged.verdict is Verdict.ASK:
        return None  # as long as the shop has not made room for it
    return quote


def _row(engine: Engine, rules: Rules, drafted: _Drafted, who: Who) -> dict[str, Any]:
    now, judged = engine.context.clock.now(), drafted.judged
    return {
        "ref": new_ref(),
        "order_id": drafted.known.order_id,
        "key": drafted.key,
        "action": action_of(drafted.change),
        "state": EditState.DRAFT,
        "code": judged.code,
        "version": "" if drafted.order.version is None else str(drafted.order.version),
        "stake": sealed(engine.context.keys, drafted.order, drafted.change),
        "policy": None if who.is_shop else rules.version,
        "rule": judged.rule,
        "verdict": judged.verdict,
        "quote": None if drafted.quote is None else packed(drafted.quote),
        "fee": packed(judged.fee),
        "who": who.kind,
        "person": who.person,
        "created_at": now,
        "expires_at": now + LIVES,
        "tries": 0,
    }


async def _keep(
    engine: Engine, drafted: _Drafted, row: dict[str, Any], who: Who, command: Command
) -> EditView | Refusal:
    words = {
        "change": packed(drafted.change),
        "touched": json.dumps([asdict(item) for item in touched(drafted.order, drafted.change, drafted.variant)]),
        "variant": None if drafted.variant is None else packed(drafted.variant),
        "staff": who.name,
    }

    shop = engine.shops.of(drafted.known.platform, drafted.known.shop)

    async def unit(tx: Tx) -> EditView | Refusal:
        await tx.upsert(EDIT, [row], ["order_id", "client_key"], update=False)
        made = await queries.by_ref(tx, row["order_id"], row["ref"])
        if made is None:  # the same was sent twice at once, and the other one came first
            other = await queries.by_client_key(tx, row["order_id"], row["client_key"])
            return _again(other, command)
        await tx.run(insert(EDIT_PRIVATE).values(edit_id=made.id, **words))
        await hold_for_preview(tx, engine, shop, made.order_id)
        return queries.view_of(await queries.by_id(tx, made.id))

    return await engine.context.db.write(unit)
