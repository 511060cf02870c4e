"""`jalon sync`: read all orders of connected shops, or go on where that stopped."""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.cli.sweeping import Done
    from portal.settings import Settings

_EPILOG = """\
Orders come page by page and are stored as they come; memory stays flat. It may be stopped or killed at any time: the
next `jalon sync` goes on with the page that was under way. What the shop has no more goes at the end.

exit status: 0 all fine, 1 something could not be read, 2 wrong usage
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which shops."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("platform", nargs="?", metavar="PLATFORM", help="only the shop of this platform")
    parser.add_argument("--anew", action="store_true", help="begin at the beginning, wherever it stopped")
    parser.add_argument("--json", action="store_true", help="print what came of it for programs")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from portal.cli.process import fail, settings_from, start

    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        try:
            return said(asyncio.run(_sync(settings, args)), as_json=args.json)
        except LookupError as unknown:
            return fail(str(unknown), 2)


async def _sync(settings: Settings, args: argparse.Namespace) -> list[Done]:
    from portal.cli.sweeping import chosen, drive
    from portal.connecting.shops import Shops
    from portal.context import opened

    async with opened(settings) as context:
        shops = chosen(Shops(context), args.platform)
        return [await drive(context, shop, "all", anew=args.anew) for shop in shops]


def said(done: list[Done], *, as_json: bool) -> int:
    """Print what came of it; returns the exit status."""
    if as_json:
        print(json.dumps([one.members() for one in done], indent=2))
    else:
        print("\n".join(one.line() for one in done))
    return 1 if any(one.problem or (one.state is not None and one.state.unread) for one in done) else 0
