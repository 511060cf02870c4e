"""`jalon check`: are the settings, the database, and the credentials of carriers and shops in order?"""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """No flags."""
    parser.epilog = "Asks nobody: `jalon track CARRIER NUMBER` asks a carrier, `jalon connect PLATFORM` a shop."


def run(_args: argparse.Namespace) -> int:
    """Say what is fine and what to do about the rest."""
    from portal.cli.process import settings_from, start

    with start():
        settings = settings_from()
        from portal import schema
        from portal.context import keys_of

        keys_of(settings)
        print("Settings: fine.")
        branded = _brand(settings)

        current = schema.is_current(settings.database_url)
        print("Database: " + ("up to date." if current else "reachable, but run `jalon migrate` first."))
        asyncio.run(_accounts(settings))
        return 0 if current and branded else 1


def _brand(settings: Settings) -> bool:
    """Whether the shop's look can be shown; all that is wrong with it is said at once."""
    from portal.branding.brand import checked

    fine, wrong = checked(settings)
    print(f"Brand: {'; '.join(fine)}.")
    for problem in wrong:
        print(f"Brand: {problem}.")
    return not wrong


async def _accounts(settings: Settings) -> None:
    from portal.connecting.shops import Shops
    from portal.context import opened

    async with opened(settings) as context:
        names = ", ".join(sorted(context.accounts)) or "none yet; `jalon carriers` lists what each needs"
        print(f"Carriers with credentials: {names}.")
        shops = ", ".join(f"{shop.name} ({shop.manifest.label})" for shop in Shops(context).all())
        print(f"Shops with credentials: {shops or 'none yet; `jalon connect` lists what each platform needs'}.")
        await context.db.ping()
