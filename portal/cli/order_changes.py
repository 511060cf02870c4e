"""`jalon orders cancel`, `cancel-lines`, `accept`, `decline`: changes by the shop's people, made while one waits."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from portal.context import Context
    from portal.editing.engine import Engine
    from portal.editing.values import EditView
    from portal.staff.changes import Answered


async def change(args: argparse.Namespace, context: Context, order_id: int, why: Mapping[str, str]) -> int:
    """Do it, and say what became of it."""
    from portal.cli.process import fail
    from portal.connecting.shops import Shops
    from portal.editing.engine import Engine
    from portal.editing.policies import Policies
    from portal.editing.values import Refusal

    engine = Engine(context, Shops(context), Policies())
    answered = await (_cancel if args.what.startswith("cancel") else _decide)(engine, args, order_id)
    if isinstance(answered, Refusal):
        if args.json:
            print(json.dumps({"done": False, "why": answered.code}))
            return 1
        return fail(f"order {args.order}: {why.get(answered.code, answered.code)}.")
    state = answered.state.value
    done = state in ("draft", "applied", "declined", "pending", "sending")
    if args.json:
        print(json.dumps({"done": done, "state": state, "code": answered.code, "edit": answered.ref}))
    else:
        print(f"Order {args.order}: {_words(state, answered.code)}{await _money(context, order_id, answered)}.")
    return int(not done)


async def _cancel(engine: Engine, args: argparse.Namespace, order_id: int) -> Answered:
    from portal.editing.commands import CancelItems, CancelWhole
    from portal.editing.values import Refusal
    from portal.staff import changes
    from portal.staff.values import Actor

    units = tuple(args.units.items())
    command = CancelItems(units=units, reason=args.reason) if units else CancelWhole(reason=args.reason)
    draft = await changes.preview(engine, Actor(), order_id, command, str(uuid4()))
    if args.dry_run or isinstance(draft, Refusal):
        return draft
    return await _sent(engine, order_id, await changes.confirm(engine, Actor(), order_id, draft.ref))


async def _decide(engine: Engine, args: argparse.Namespace, order_id: int) -> Answered:
    from portal.editing.values import Refusal
    from portal.staff import changes
    from portal.staff.values import Actor

    edit = await changes.under_way(engine, order_id)
    if edit is None or edit.state.value != "requested":
        return Refusal("nothing")
    answer = changes.accept if args.what == "accept" else changes.decline
    return await _sent(engine, order_id, await answer(engine, Actor(), order_id, edit.ref, args.note))


async def _sent(engine: Engine, order_id: int, answered: Answered) -> Answered:
    """Send it now, whether or not anything else runs that would."""
    from portal.editing.look import edit_of
    from portal.editing.push import push
    from portal.editing.values import Refusal

    if isinstance(answered, Refusal):
        return answered
    await push(engine, answered.id)
    return await edit_of(engine, order_id, answered.ref)


def _words(state: str, code: str | None) -> str:
    if state in ("pending", "sending"):
        return "is being changed"
    said = {"draft": "would be changed", "applied": "is changed", "declined": "the request is declined"}.get(state)
    return said or f"is not changed ({code or state})"


async def _money(context: Context, order_id: int, edit: EditView) -> str:
    """What goes back, where anything does."""
    from portal.cli.order_text import money
    from portal.orders.documents import stored
    from portal.platforms.neutral import Amount

    async with context.db.read() as reader:
        known = await stored(reader, order_id)
    if edit.quote is None or known is None or edit.state.value == "declined":
        return ""
    due = edit.quote.due
    back = Amount(shop=-(due.shop or 0), buyer=None if due.buyer is None else -due.buyer)
    goes = (back.buyer or 0) > 0 or (back.buyer is None and (back.shop or 0) > 0)
    return f"; {money(back, known.document)} go back" if goes else ""
