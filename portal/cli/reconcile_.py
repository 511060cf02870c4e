"""`jalon reconcile`: look at what changed in connected shops, and put right what deliveries did not tell."""

from __future__ import annotations

import argparse
import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.cli.sweeping import Done
    from portal.connecting.sweeps import Kind
    from portal.settings import Settings

_EPILOG = """\
Without --since: what changed since the last look, as is done every few minutes by itself. Orders of ours that changed
in that time, and that the shop's list does not have, are asked for one by one; what the shop has no more is shown to
nobody any more. It may be stopped or killed at any time, and goes on when it is run again.

examples:
  jalon reconcile
  jalon reconcile shopify --since 3d
  jalon reconcile --since 2026-11-01

exit status: 0 all fine, 1 something could not be read, 2 wrong usage
"""
_AGO = re.compile(r"(\d{1,5})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which shops, and since when."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("platform", nargs="?", metavar="PLATFORM", help="only the shop of this platform")
    parser.add_argument("--since", metavar="WHEN", type=_moment, help="a day, a moment with its offset, or 90m, 6h, 3d")
    parser.add_argument("--json", action="store_true", help="print what came of it for programs")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from portal.cli.process import fail, settings_from, start
    from portal.cli.sync_ import said

    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        try:
            return said(asyncio.run(_reconcile(settings, args)), as_json=args.json)
        except LookupError as unknown:
            return fail(str(unknown), 2)


async def _reconcile(settings: Settings, args: argparse.Namespace) -> list[Done]:
    from portal.cli.sweeping import chosen, drive
    from portal.connecting.reconciling import window
    from portal.connecting.shops import Shops
    from portal.context import opened

    async with opened(settings) as context:
        done = []
        for shop in chosen(Shops(context), args.platform):
            kind: Kind = "recent" if args.since is None else "since"
            since = args.since or await window(context, shop, "recent")
            done.append(await drive(context, shop, kind, since))
        return done


def _moment(text: str) -> datetime:
    """Raises argparse's error for what is no moment."""
    if ago := _AGO.fullmatch(text):
        return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day like 2026-11-01, or 90m, 6h, 3d") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
