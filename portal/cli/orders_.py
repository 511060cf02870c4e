"""`jalon orders`: what the shop's people do with orders, until each has a page of their own or beside it."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from portal.context import Context
    from portal.kit.db import Reader
    from portal.settings import Settings
    from portal.staff.acts import Hands, Result

_EPILOG: Final = """\
examples:
  jalon orders list --work to-ship
  jalon orders show 1001
  jalon orders to-ship 1001
  jalon orders ship 1001 --number 6A12345678901
  jalon orders ship 1001 --carrier mondial_relay --number 64182075 --line mug=2
  jalon orders ready 1002
  jalon orders collected 1002 --code 7KQM-3XWP
  jalon orders delivered 1001
  jalon orders settled 1001
  jalon orders cancel 1001 --reason sold_in_store
  jalon orders cancel-lines 1001 --line mug=1 --reason out_of_stock --dry-run
  jalon orders requests
  jalon orders accept 1003 --note "With pleasure."
  jalon orders log 1001 --json
  jalon orders as-visitor 1001 --items --towns

An order is named by its number, with or without #, or where several shops have the number, by the name in its
address (16 letters and digits). `to-ship` says that it is being made ready, and for one that is only to be collected,
that it is ready. Without --carrier, the one that the number proves is taken; without --line, all that is still to be
sent. What a platform refuses is said with its reason, and nothing was changed then. A cancellation goes to the customer
at once, with its reason; --dry-run says what it would come to.

exit status: 0 done, 1 refused or not there, 2 wrong usage
"""
_ACTS: Final = ("to-ship", "ship", "ready", "collected", "delivered", "settled")
_CHANGES: Final = ("cancel", "cancel-lines", "accept", "decline")
_SEEN: Final = ("show", "log", "as-customer", "as-visitor")
_REASONS: Final = ("sold_in_store", "out_of_stock", "payment", "fraud", "customer", "other")
_DONE: Final = {
    "to-ship": "is being made ready",
    "ship": "was handed over",
    "ready": "can be collected",
    "collected": "was collected",
    "delivered": "has arrived",
    "settled": "is settled",
}
_WHY: Final = {
    "shipped": "it has left the shop already",
    "changed": "the order is not as it was",
    "cancelled": "the order is cancelled",
    "closed": "the order is closed",
    "unsupported": "its platform cannot be told this from here",
    "busy": "somebody else is changing the order: try again in a moment",
    "not_connected": "its shop is not connected: `jalon connect` says how",
    "unreachable": "its platform does not answer",
    "wrong_code": "that is not the code",
    "nothing": "there is nothing to do about it",
    "edit_open": "another change of it is under way: `jalon orders show` says which",
    "too_late": "it was decided, or sent, already",
    "expired": "it took too long: begin again",
    "gone": "its platform has the order no more",
    "payment": "its payment does not allow it",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which order."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    whats = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    listed = whats.add_parser("list", help="orders that wait for somebody, or the newest")
    listed.add_argument(
        "--work", choices=["to-ship", "to-prepare", "to-collect", "to-settle"], help="those that wait so"
    )
    listed.add_argument("--find", metavar="WORDS", help="number, e-mail, telephone, tracking number, or collect code")
    listed.add_argument("--page", type=int, default=1, metavar="N", help="50 orders a page (1)")
    asked = whats.add_parser("requests", help="what customers ask for, and what is stuck")
    helps = {
        "cancel": "cancel the whole order, and tell the customer",
        "cancel-lines": "cancel some items, and tell the customer",
        "accept": "say yes to what its customer asks for",
        "decline": "say no to it",
        "as-customer": "its page as the customer sees it",
        "as-visitor": "its page as somebody sees it with whom it was shared",
        "show": "all of an order: items, parcels, money, address",
        "log": "what was done with it, and who looked at it",
        "to-ship": "it is being made ready (to be sent, or to be collected)",
        "ship": "it was handed to a carrier",
        "ready": "it can be collected",
        "collected": "it was collected",
        "delivered": "it arrived, as the shop knows",
        "settled": "the money is back, or paid",
    }
    named = {name: whats.add_parser(name, help=helps[name]) for name in (*_SEEN, *_ACTS, *_CHANGES)}
    for each in named.values():
        each.add_argument("order", metavar="ORDER", help="its number, or the name in its address")
    for each in (*named.values(), listed, asked):
        each.add_argument("--json", action="store_true", help="for programs")
    _of_acts(named)
    _of_changes(named)
    for name in ("as-customer", "as-visitor"):
        named[name].add_argument("--html", action="store_true", help="the page itself, not its text")
        named[name].add_argument("--lang", metavar="CODE", help="in this language")
    for flag in ("items", "towns", "gift"):
        named["as-visitor"].add_argument(f"--{flag}", action="store_true", help="what the link would show besides")


def _of_acts(named: dict[str, argparse.ArgumentParser]) -> None:
    named["ship"].add_argument("--carrier", metavar="NAME", help="a slug of `jalon carriers`, or its name")
    named["ship"].add_argument("--number", metavar="NUMBER", help="the parcel's tracking number")
    named["ship"].add_argument("--line", action="append", default=[], metavar="ID=UNITS", help="what is in the parcel")
    for name in ("ready", "collected"):
        named[name].add_argument("--delivery", metavar="ID", help="only this one of the order's deliveries")
    code = named["collected"].add_mutually_exclusive_group(required=True)
    code.add_argument("--code", metavar="CODE", help="the code that was shown")
    code.add_argument("--without-code", action="store_true", help="you know who collected it")
    named["delivered"].add_argument("--parcel", metavar="ID", help="only this parcel; all that are on their way else")


def _of_changes(named: dict[str, argparse.ArgumentParser]) -> None:
    for name in ("cancel", "cancel-lines"):
        named[name].add_argument("--reason", choices=_REASONS, required=True, help="what the customer is told")
        named[name].add_argument("--dry-run", action="store_true", help="say what it would come to")
    lines = named["cancel-lines"]
    lines.add_argument("--line", action="append", required=True, metavar="ID=UNITS", help="what is cancelled")
    for name in ("accept", "decline"):
        named[name].add_argument("--note", metavar="TEXT", help="a word to the customer")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from portal.cli.process import fail, settings_from, start
    from portal.kit.errors import NotThere

    try:
        args.units = _units(getattr(args, "line", []))
    except ValueError as wrong:
        return fail(str(wrong), 2)
    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        try:
            return asyncio.run(_do(args, settings))
        except NotThere:
            return fail(f"there is no order {args.order}: `jalon orders list --find` looks for one.")


async def _do(args: argparse.Namespace, settings: Settings) -> int:
    from portal.context import opened

    async with opened(settings) as context:
        if args.what in ("list", "requests"):
            return await _list(args, context)
        order_id = await _order(context, args.order)
        if order_id is None:
            return 2
        if args.what in _CHANGES:
            from portal.cli.order_changes import change

            return await change(args, context, order_id, _WHY)
        return await (_look if args.what in _SEEN else _act)(args, context, order_id)


async def _list(args: argparse.Namespace, context: Context) -> int:
    from zoneinfo import ZoneInfo

    from portal.cli import order_text
    from portal.orders import documents

    async with context.db.read() as reader:
        ids = await _listed(args, context, reader)
        orders = [known.document for order in ids if (known := await documents.stored(reader, order))]
    zone = ZoneInfo(context.settings.time_zone)
    if args.json:
        print(json.dumps([order_text.plain(order) for order in orders], ensure_ascii=False, indent=2))
    else:
        print("\n".join(order_text.short(order, zone) for order in orders) or "No orders.")
    return 0


async def _listed(args: argparse.Namespace, context: Context, reader: Reader) -> list[int]:
    from portal.cli import order_text
    from portal.editing.answers import EditState
    from portal.editing.queries import waiting
    from portal.orders import worklists

    if args.what == "requests":
        asked = [await waiting(reader, state, 0, 500) for state in (EditState.REQUESTED, EditState.STUCK)]
        return [order for some in asked for order in some]
    if args.find:
        return await worklists.found(reader, context.keys, args.find)
    work = next((kind for kind, name in order_text.NAMES.items() if name == args.work), None)
    return await (worklists.newest(reader, args.page) if work is None else worklists.waiting(reader, work, args.page))


async def _order(context: Context, name: str) -> int | None:
    """The order that is meant. Raises NotThere; where several are, they are listed."""
    from portal.cli.process import fail
    from portal.kit.errors import NotThere
    from portal.orders.worklists import named

    async with context.db.read() as reader:
        found = await named(reader, name)
    if not found:
        raise NotThere(name)
    if len(found) > 1:
        print("\n".join(f"  {each.ref}  {each.number}, {each.platform} {each.shop}" for each in found), file=sys.stderr)
        fail(f"{len(found)} orders have this number: name one by the word before it.")
        return None
    return found[0].order_id


async def _look(args: argparse.Namespace, context: Context, order_id: int) -> int:
    from zoneinfo import ZoneInfo

    from portal.cli import order_text
    from portal.editing import queries as edits
    from portal.kit.errors import NotThere
    from portal.orders.documents import stored
    from portal.staff.changeview import merged
    from portal.staff.log import of_order

    if args.what.startswith("as-"):
        from portal.cli.order_eyes import see

        return await see(args, context, order_id)
    zone = ZoneInfo(context.settings.time_zone)
    async with context.db.read() as reader:
        known = await stored(reader, order_id)
        steps = merged(await of_order(reader, order_id), await edits.steps(reader, order_id))
        edit = await edits.open_edit(reader, order_id)
    if known is None:
        raise NotThere(args.order)
    if args.what == "log":
        plain: Any = [step.plain() for step in steps]
        lines = [f"{step.at.astimezone(zone):%Y-%m-%d %H:%M}  {step}" for step in steps]
        text = "\n".join(lines) or "Nobody has done anything with it yet."
    else:
        plain = order_text.plain(known.document) | {"change": edit and {"action": edit.action, "state": edit.state}}
        text = order_text.whole(known.document, zone) + (f"\n  change: {edit.action}, {edit.state}" if edit else "")
    print(json.dumps(plain, ensure_ascii=False, indent=2) if args.json else text)
    return 0


async def _act(args: argparse.Namespace, context: Context, order_id: int) -> int:
    from portal.cli.process import fail
    from portal.connecting.shops import Shops
    from portal.staff.acts import Hands, NotDone

    result = await _acts(args)(Hands(context, Shops(context)), order_id)
    refused = isinstance(result, NotDone)
    if args.json:
        why = {"why": result.why, "said": result.said} if isinstance(result, NotDone) else {}
        print(json.dumps({"done": not refused, **why}, ensure_ascii=False))
    elif isinstance(result, NotDone):
        said = f" ({result.said})" if result.said else ""
        fail(f"order {args.order}: {_WHY.get(result.why, result.why)}{said}.")
    else:
        print(f"Order {args.order}: {_DONE[args.what]}.")
    return int(refused)


def _acts(args: argparse.Namespace) -> Callable[[Hands, int], Awaitable[Result]]:
    from uuid import uuid4

    from portal.staff import acts
    from portal.staff.values import Actor

    who, key = Actor(), str(uuid4())
    does: dict[str, Callable[[Hands, int], Awaitable[Result]]] = {
        "to-ship": lambda hands, order: acts.to_ship(hands, who, order, key),
        "ship": lambda hands, order: acts.ship(
            hands, who, order, key, units=args.units or None, carrier=args.carrier, number=args.number
        ),
        "ready": lambda hands, order: acts.ready(hands, who, order, key, delivery_id=args.delivery),
        "collected": lambda hands, order: acts.collected(
            hands, who, order, key, code=args.code, delivery_id=args.delivery
        ),
        "delivered": lambda hands, order: acts.delivered(hands, who, order, key, parcel_id=args.parcel),
        "settled": lambda hands, order: acts.settled(hands, who, order, key),
    }
    return does[args.what]


def _units(given: list[str]) -> dict[str, int]:
    """`--line ID=UNITS`, each. Raises ValueError."""
    units: dict[str, int] = {}
    for text in given:
        line, _, count = text.rpartition("=")
        if not line or not count.isascii() or not count.isdigit() or not int(count):
            raise ValueError(f"--line {text}: expected ID=UNITS, as in --line mug=2")
        units[line] = units.get(line, 0) + int(count)
    return units
