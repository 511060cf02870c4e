"""`jalon staff`: who of the shop may sign in at /staff."""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from portal.settings import Settings

_EPILOG: Final = """\
examples:
  jalon staff add "Jeanne" --email jeanne@atelier.example
  jalon staff list
  jalon staff remove --email jeanne@atelier.example

Whoever is added signs in at /staff with a code that is sent to this address: there is no password. Removing ends every
session at once; what was done stays in the log under the name.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whom to do what to."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("what", choices=["add", "list", "remove"], help="what to do")
    parser.add_argument("name", nargs="?", metavar="NAME", help="add: what colleagues call them")
    parser.add_argument("--email", metavar="ADDRESS", help="where codes are sent")
    parser.add_argument("--json", action="store_true", help="list: for programs")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from portal.accounts.contacts import email
    from portal.cli.process import fail, settings_from, start

    address = email(args.email)
    if args.what != "list" and address is None:
        return fail(f"`jalon staff {args.what}` wants an address: --email name@shop.example", 2)
    name = " ".join((args.name or "").split())
    if args.what == "add" and not 0 < len(name) <= 60:
        return fail("`jalon staff add` wants a name of 60 letters at most.", 2)
    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        return asyncio.run(_do(args.what, name, address or "", settings, plain=args.json))


async def _do(what: str, name: str, address: str, settings: Settings, *, plain: bool) -> int:
    from portal.cli.process import fail
    from portal.context import opened
    from portal.kit.db import Tx
    from portal.staff import members

    async with opened(settings, accounts={}) as context:
        now = context.clock.now()
        if what == "list":
            async with context.db.read() as reader:
                people = await members.members(reader)
            rows = [{"name": one.name, "email": one.email, "signs_in": one.works_here} for one in people]
            lines = [f"{one.name}  {one.email}{'' if one.works_here else '  (removed)'}" for one in people]
            print(json.dumps(rows, ensure_ascii=False, indent=2) if plain else "\n".join(lines) or "Nobody.")
            return 0

        async def unit(tx: Tx) -> bool:
            if what == "add":
                return bool(await members.put(tx, now, name, address))
            return await members.let_go(tx, now, address)

        if not await context.db.write(unit):
            return fail(f"nobody signs in with {address}.")
    print(f"{name} signs in at {settings.base_url}/staff." if what == "add" else f"{address} signs in no more.")
    return 0
