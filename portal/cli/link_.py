"""`jalon link`: make or revoke the secret link that opens an order's page."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """The order, and what to do."""
    parser.add_argument("number", help="the order's number, with or without #")
    parser.add_argument("--days", type=int, metavar="N", help="days until the link ends (JALON_LINK_DAYS, 21)")
    parser.add_argument(
        "--revoke", action="store_true", help="end every link to this order instead, those that its customer shared too"
    )
    parser.epilog = "The link is shown once: the database keeps only its hash."


def run(args: argparse.Namespace) -> int:
    """Print a link, or end all."""
    from portal.cli.process import fail, settings_from, start

    if args.days is not None and not 1 <= args.days <= 365:
        return fail("--days must be between 1 and 365", 2)
    with start():
        settings = settings_from()
        from portal.kit.errors import NotThere
        from portal.serving import prepare

        prepare(settings)
        try:
            return asyncio.run(_do(args, settings))
        except NotThere:
            return fail(f"There is no order {args.number}. `jalon import` brings orders in.")


async def _do(args: argparse.Namespace, settings: Settings) -> int:
    from portal.context import opened
    from portal.orders.links import make_link, order_id_of, revoke_links
    from portal.sharing.links import revoke_all_share_links

    async with opened(settings) as context:
        order_id = await order_id_of(context, args.number)
        if args.revoke:
            ended = await revoke_links(context, order_id) + await revoke_all_share_links(context, order_id)
            print(f"{ended} link{'' if ended == 1 else 's'} to order {args.number} ended.")
        else:
            print(await make_link(context, order_id, days=args.days))
    return 0
