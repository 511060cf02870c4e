"""`jalon requests`: what shops' platforms ask for in a customer's name, and what is to be done about it by a person."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.connecting.requests import Request
    from portal.context import Context
    from portal.settings import Settings

_EPILOG = """\
Erasing is done at once by itself, for that shop's orders. A request to show a customer what is held waits for you:
`jalon requests show 3 > data.json`, hand it to them, `jalon requests done 3`. A shop that asks to be erased whole
and still lets us in is erased by `jalon requests erase 3` alone. Each has to be answered within 30 days.

exit status: 0 all fine, 1 something is overdue, 2 wrong usage
"""
_WHAT = {"data_request": "show what is held", "erase_person": "erase a customer", "erase_shop": "erase the whole shop"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("act", nargs="?", choices=["list", "show", "erase", "done"], default="list", help="list: all")
    parser.add_argument("request", nargs="?", type=int, metavar="NUMBER", help="which one")
    parser.add_argument("--json", action="store_true", help="print the list for programs")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from portal.cli.process import fail, settings_from, start

    if (args.act == "list") != (args.request is None):
        return fail("say which request: `jalon requests` lists them", 2)
    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        return asyncio.run(_do(settings, args))


async def _do(settings: Settings, args: argparse.Namespace) -> int:
    from portal.cli.process import fail
    from portal.connecting import requests
    from portal.context import opened

    async with opened(settings) as context:
        async with context.db.read() as reader:
            if args.act == "list":
                return _list(await requests.requests(reader), context, as_json=args.json)
            asked = await requests.request(reader, args.request)
        if asked is None:
            return fail(f"there is no request {args.request}", 2)
        if asked.done_at is not None:
            return fail(f"request {asked.id} was done at {asked.done_at:%Y-%m-%d %H:%M}; nothing of it is kept", 2)
        return await _one(context, asked, args.act)


async def _one(context: Context, asked: Request, act: str) -> int:
    from portal.cli.process import fail
    from portal.privacy.export import as_json
    from portal.privacy.requests import close, erase, shown

    if act == "show":
        async with context.db.read() as reader:
            sys.stdout.write(as_json(await shown(context, reader, asked)))
        return 0
    if act == "erase":
        if asked.purpose == "data_request":
            return fail("this one asks to see the data, not to have it erased", 2)
        await erase(context, asked)
    else:
        await close(context, asked.id)
    print(f"Request {asked.id} is answered.")
    return 0


def _list(found: Any, context: Context, *, as_json: bool) -> int:
    now = context.clock.now()
    overdue = [one for one in found if one.done_at is None and one.due_at < now]
    if as_json:
        members = [
            {
                name: getattr(one, name)
                for name in ("id", "platform", "shop", "purpose", "at", "due_at", "done_at", "erased")
            }
            for one in found
        ]
        print(json.dumps(members, indent=2, default=lambda moment: moment.isoformat()))
    else:
        print("\n".join(_line(one, overdue) for one in found) or "Nobody has asked for anything.")
    return 1 if overdue else 0


def _line(one: Request, overdue: list[Request]) -> str:
    head = f"{one.id}  {one.at:%Y-%m-%d}  {one.platform} {one.shop}: {_WHAT.get(one.purpose, one.purpose)}"
    if one.done_at is not None:
        erased = f", {one.erased} orders erased" if one.erased else ""
        return f"{head}; done {one.done_at:%Y-%m-%d}{erased}"
    return f"{head}; {'OVERDUE since' if one in overdue else 'to be done by'} {one.due_at:%Y-%m-%d}"
