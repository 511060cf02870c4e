"""`jalon erasures`: what was erased, to be erased again after a backup was brought back."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.settings import Settings

_EPILOG = """\
A backup from before an erasure holds what was erased. Keep this list beside your backups; it is made of keyed hashes
and names nobody. Once a backup was brought back, with the same JALON_SECRET_KEY: `jalon erasures --replay FILE`.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which list."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("--replay", metavar="FILE", help="erase again what stands in this list")


def run(args: argparse.Namespace) -> int:
    """Print the list, or apply one."""
    from portal.cli.process import fail, settings_from, start

    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        if args.replay is None:
            print("\n".join(asyncio.run(_listed(settings))))
            return 0
        try:
            lines = Path(args.replay).read_text(encoding="ascii").split()
        except (OSError, UnicodeDecodeError) as problem:
            return fail(f"cannot read {args.replay}: {type(problem).__name__}")
        orders, persons = asyncio.run(_replayed(settings, lines))
    print(f"{orders} orders and {persons} accounts erased again.")
    return 0


async def _listed(settings: Settings) -> list[str]:
    from portal.context import opened
    from portal.privacy.erasure import erased

    async with opened(settings, accounts={}) as context, context.db.read() as reader:
        return await erased(reader)


async def _replayed(settings: Settings, hashes: list[str]) -> tuple[int, int]:
    from portal.context import opened
    from portal.privacy.erasure import erase_again

    async with opened(settings, accounts={}) as context:
        return await erase_again(context, hashes)
