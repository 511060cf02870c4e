"""`jalon connect`: which shops can be connected and how each connection fares; for one of them, what is right and what
is missing, and its deliveries made."""

from __future__ import annotations

import argparse
import asyncio
import json
import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.connecting.shops import Shops
    from portal.connecting.status import Status
    from portal.context import Context
    from portal.platforms.live import Finding, Manifest, Shop
    from portal.settings import Settings

_EPILOG = """\
Without a platform: all that can be connected, the variables that each needs, and how the connected ones fare.
With one: credentials, permissions, deliveries and our own address are looked at, one line each, with what to do about
what is wrong. When everything else is right, the platform is asked to deliver to us.

exit status: 0 all is right, 1 something is not, 2 wrong usage
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which platform, and whether anything may be changed."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("platform", nargs="?", metavar="PLATFORM", help="only this one, looked at closely")
    parser.add_argument("--check", action="store_true", help="look only, and change nothing at the platform")
    parser.add_argument("--subscribe", action="store_true", help="ask for deliveries although something is wrong")
    parser.add_argument("--json", action="store_true", help="print it for programs")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from portal.cli.process import fail, settings_from, start
    from portal.platforms.registry import connectable

    if args.platform is not None and args.platform not in connectable():
        return fail(f"{args.platform} cannot be connected; these can: {', '.join(connectable())}", 2)
    if args.check and args.subscribe:
        return fail("--check changes nothing, --subscribe does: say one of them", 2)
    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        return asyncio.run(_all(settings, args) if args.platform is None else _one(settings, args))


async def _all(settings: Settings, args: argparse.Namespace) -> int:
    from portal.connecting.shops import Shops
    from portal.connecting.status import status
    from portal.context import opened
    from portal.platforms.accounts import manifests

    async with opened(settings) as context:
        shops = Shops(context)
        async with context.db.read() as reader:
            found = {one.platform: one for one in await status(reader, context.clock.now(), shops.all())}
        connected = {shop.manifest.slug: shop.name for shop in shops.all()}
    if args.json:
        members = [_members(m, connected.get(m.slug), found.get(m.slug)) for m in manifests()]
        print(json.dumps(members, indent=2, default=str))
    else:
        print("\n\n".join(_block(m, connected.get(m.slug), found.get(m.slug)) for m in manifests()))
    return 0


def _members(manifest: Manifest, shop: str | None, found: Status | None) -> dict[str, Any]:
    from dataclasses import asdict

    from portal.platforms.accounts import variable

    needs = [
        {"variable": variable(manifest.slug, c.name), "help": c.help, "required": c.required, "secret": c.secret}
        for c in manifest.credentials
    ]
    about = {"platform": manifest.slug, "label": manifest.label, "shop": shop, "can": sorted(manifest.can)}
    return {**about, "needs": needs, "state": asdict(found) if found is not None else None}


def _block(manifest: Manifest, shop: str | None, found: Status | None) -> str:
    head = f"{manifest.label} ({manifest.slug})"
    if shop is None:
        return "\n".join([f"{head}: not connected", *_needs(manifest)])
    if manifest.kept_here:
        return f"{head}: {shop}"
    return "\n".join([f"{head}: {shop}", *(_state(found) if found is not None else ())])


def _needs(manifest: Manifest) -> list[str]:
    from portal.platforms.accounts import variable

    lines = []
    for credential in manifest.credentials:
        optional = "" if credential.required else " (not needed)"
        lines.append(f"  {variable(manifest.slug, credential.name)}{optional}")
        lines += textwrap.wrap(credential.help, 100, initial_indent="      ", subsequent_indent="      ")
    return lines


def _state(found: Status) -> list[str]:
    lines = [
        f"  Last delivery: {_when(found.heard_at)}; {found.hints} in three days.",
        f"  Read up to: {_when(found.covered_to)}; the whole list: {_when(found.whole_at)}.",
    ]
    if found.under_way is not None:
        lines.append(f"  The whole list is read up to {found.under_way} orders: `jalon sync {found.platform}` goes on.")
    elif found.whole_at is None:
        lines.append(f"  Orders from before the connection are not here yet: `jalon sync {found.platform}`.")
    if found.waiting:
        lines.append(f"  {found.waiting} orders wait to be read again, the first since {found.lag_s:.0f} s.")
    if found.stuck:
        lines.append(f"  {found.stuck} orders could not be read for a day: `jalon reconcile {found.platform}` tries.")
    if found.disconnected_at is not None:
        lines.append(f"  Disconnected by the shop at {_when(found.disconnected_at)}: connect it anew.")
    if found.problem is not None:
        rests = f" Called again at {_when(found.rests_until)}." if found.rests_until is not None else ""
        lines.append(f"  Trouble: {found.said}{rests}")
    if found.requests:
        lines.append(f"  {found.requests} requests in customers' names are open: `jalon requests`.")
    return lines + [f"  {_said(finding)}" for finding in found.wrong]


def _when(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment is not None else "never"


async def _one(settings: Settings, args: argparse.Namespace) -> int:
    from portal.connecting.shops import Shops
    from portal.connecting.status import status
    from portal.context import opened

    async with opened(settings) as context:
        shops = Shops(context)
        shop = shops.at(args.platform)
        if shop is None:
            return _not_connected(args)
        found = await _look(context, shops, shop, args)
        async with context.db.read() as reader:
            state = await status(reader, context.clock.now(), [shop])
    if args.json:
        findings = [{"what": f.what, "ok": f.ok, "fix": f.fix if not f.ok else "", "grave": f.grave} for f in found]
        members = _members(shop.manifest, shop.name, state[0] if state else None)
        print(json.dumps({**members, "findings": findings}, indent=2, default=str))
    else:
        print("\n".join(map(_said, found)))
        if shop.manifest.hook_set_up:
            print(f"By hand, at the platform: {shop.manifest.hook_set_up}")
        print("\n".join(line for one in state for line in _state(one) if not line.startswith("  no ")))
    return 0 if all(finding.ok for finding in found) else 1


def _not_connected(args: argparse.Namespace) -> int:
    from portal.platforms.registry import live

    manifest = live(args.platform).manifest
    if args.json:
        print(json.dumps(_members(manifest, None, None), indent=2))
    else:
        print("\n".join([f"{manifest.label} is not connected. Set these and run this again:", *_needs(manifest)]))
    return 1


async def _look(context: Context, shops: Shops, shop: Shop, args: argparse.Namespace) -> Sequence[Finding]:
    """What is right and what is not; deliveries are asked for where that makes sense."""
    from portal.connecting.looking import keep, lets_us_in, look, subscribe
    from portal.connecting.reachability import reach
    from portal.platforms.live import Finding, Hooked

    found = list(await look(context, shops, shop))
    if not isinstance(shop, Hooked):
        return found
    ours = await reach(context, shops.hooks_at(shop.manifest.slug))
    found.append(ours)
    if not args.check and ((lets_us_in(found) and ours.ok) or args.subscribe):
        made = await subscribe(context, shops, shop)
        found = [*await look(context, shops, shop), ours, *(finding for finding in made if not finding.ok)]
    elif not args.check and lets_us_in(found):
        found.append(Finding("Deliveries are asked for", ok=False, fix="Not done, as nothing would arrive: see above."))
    await keep(context, shop, found)
    return found


def _said(finding: Finding) -> str:
    return f"ok  {finding.what}." if finding.ok else f"no  {finding.what}. {finding.fix}"
