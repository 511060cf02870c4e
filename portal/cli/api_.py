"""`jalon api`: the keys of the shop's programs, and the addresses that news are sent to."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.context import Context

_EPILOG = """\
examples:
  jalon api key add warehouse --scopes orders:read,orders:write
  jalon api key list
  jalon api key revoke 3
  jalon api hook add https://erp.example/jalon --kinds order.changed,shipment.changed
  jalon api hook list
  jalon api hook end 1

A key and a secret are shown once. docs/api.md says what can be called and how news are signed;
programs read /api/v1/openapi.json.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    things = parser.add_subparsers(dest="thing", metavar="THING", required=True)
    _key_arguments(things.add_parser("key", help="the keys of programs"))
    _hook_arguments(things.add_parser("hook", help="the addresses that news are sent to"))


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from portal.cli.process import settings_from, start

    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        return asyncio.run(_with_context(settings, args))


def _key_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    add = acts.add_parser("add", help="make a key, and show it once")
    add.add_argument("name", help="what it is for, to know it again")
    add.add_argument("--scopes", required=True, metavar="SCOPE,…", help=f"what it may do: {_scopes()}")
    listed = acts.add_parser("list", help="list the keys")
    listed.add_argument("--json", action="store_true", help="for programs")
    acts.add_parser("revoke", help="end a key at once").add_argument("id", type=int, help="its number in the list")


def _hook_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    add = acts.add_parser("add", help="have news sent to an address, and show the secret once")
    add.add_argument("url", help="https://…")
    add.add_argument("--kinds", default="", metavar="KIND,…", help=f"which news (all): {_kinds()}")
    listed = acts.add_parser("list", help="list the addresses, and how they fare")
    listed.add_argument("--json", action="store_true", help="for programs")
    acts.add_parser("end", help="send no more news there").add_argument("id", type=int, help="its number in the list")


async def _with_context(settings: Any, args: argparse.Namespace) -> int:
    from portal.context import opened

    acts: dict[tuple[str, str], Callable[[Context, argparse.Namespace], Awaitable[int]]] = {
        ("key", "add"): _add_key,
        ("key", "list"): _list_keys,
        ("key", "revoke"): _revoke_key,
        ("hook", "add"): _add_hook,
        ("hook", "list"): _list_hooks,
        ("hook", "end"): _end_hook,
    }
    async with opened(settings, accounts={}) as context:
        return await acts[args.thing, args.act](context, args)


async def _add_key(context: Context, args: argparse.Namespace) -> int:
    from portal.api.keys import make_key
    from portal.api.scopes import UnknownScope, scopes_from
    from portal.cli.process import fail

    try:
        scopes = scopes_from(args.scopes)
    except UnknownScope as wrong:
        return fail(f"{wrong}.", 2)
    if not scopes or not 1 <= len(args.name.strip()) <= 80:
        return fail("a key needs a name of at most 80 characters and one scope at least.", 2)
    print(await make_key(context, args.name.strip(), scopes))
    return 0


async def _list_keys(context: Context, args: argparse.Namespace) -> int:
    from portal.api.keys import keys

    async with context.db.read() as reader:
        rows = [row._asdict() for row in await keys(reader)]
    if args.json:
        print(json.dumps(rows, default=str, indent=2))
        return 0
    for row in rows:
        used = f"last used {row['last_used_at']:%Y-%m-%d}" if row["last_used_at"] else "never used"
        state = f"revoked {row['revoked_at']:%Y-%m-%d}" if row["revoked_at"] else used
        print(f"{row['id']:>3}  {row['name']}  ({row['scopes']})  made {row['created_at']:%Y-%m-%d}, {state}")
    if not rows:
        print("There is no key yet: jalon api key add NAME --scopes …")
    return 0


async def _revoke_key(context: Context, args: argparse.Namespace) -> int:
    from portal.api.keys import revoke_key
    from portal.cli.process import fail

    if not await revoke_key(context, args.id):
        return fail(f"There is no key {args.id} that works: jalon api key list")
    print(f"Key {args.id} opens nothing any more.")
    return 0


async def _add_hook(context: Context, args: argparse.Namespace) -> int:
    from portal.api.hooks import BadHook, make_hook
    from portal.cli.process import fail

    try:
        number, secret = await make_hook(context, args.url, args.kinds.replace(",", " ").split())
    except BadHook as wrong:
        return fail(f"{wrong}.", 2)
    print(f"Address {number} is told news from now on. The secret to check them with, shown once:\n{secret}")
    return 0


async def _list_hooks(context: Context, args: argparse.Namespace) -> int:
    from portal.api.hooks import hooks

    async with context.db.read() as reader:
        rows = [{n: v for n, v in row._asdict().items() if n != "salt"} for row in await hooks(reader)]
    if args.json:
        print(json.dumps(rows, default=str, indent=2))
        return 0
    for row in rows:
        trouble = f"  not answering since {row['failing_since']:%Y-%m-%d %H:%M} UTC" if row["failing_since"] else ""
        over = "  told no more: end it and add it again" if row["stopped_at"] else ""
        print(f"{row['id']:>3}  {row['url']}  ({row['kinds']}){trouble}{over}")
    if not rows:
        print("News are sent nowhere: jalon api hook add https://…")
    return 0


async def _end_hook(context: Context, args: argparse.Namespace) -> int:
    from portal.api.hooks import end_hook
    from portal.cli.process import fail

    if not await end_hook(context, args.id):
        return fail(f"There is no address {args.id}: jalon api hook list")
    print(f"Address {args.id} is told nothing any more.")
    return 0


def _scopes() -> str:
    from portal.api.scopes import Scope

    return ", ".join(scope.value for scope in Scope)


def _kinds() -> str:
    from portal.api.news import KINDS

    return ", ".join(KINDS)
