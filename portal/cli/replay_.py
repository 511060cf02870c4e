"""`jalon replay`: read a carrier's kept answers again, after a mapping was mended."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.context import Context
    from portal.settings import Settings
    from portal.tracking.replay import Replayed

_TOGETHER = 20  # parcels in one transaction: other writes wait for it

_EPILOG = """\
Scans and standing are worked out anew from the answers that are kept (JALON_RAW_DAYS). Nobody is notified; pages
that are open show what changed. It may be stopped at any time and run again, also beside a running worker.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which answers, and whether to write."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("--carrier", metavar="X", required=True, help="the adapter whose answers are read again")
    parser.add_argument(
        "--since", metavar="DATE", type=date.fromisoformat, help="only parcels with news since that day"
    )
    parser.add_argument(
        "--after", metavar="ID", type=int, default=0, help="go on after this parcel, where a run stopped"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")


def run(args: argparse.Namespace) -> int:
    """Replay, and say what came of it."""
    import carriers
    from portal.cli.process import fail, settings_from, start

    try:
        slug = carriers.get(args.carrier).manifest.slug
    except carriers.UnknownCarrier:
        return fail(f"there is no carrier {args.carrier!r}: `jalon carriers` lists those there are.", 2)
    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        return asyncio.run(_do(settings, slug, args))


async def _do(settings: Settings, slug: str, args: argparse.Namespace) -> int:
    from portal.context import opened

    since = datetime(args.since.year, args.since.month, args.since.day, tzinfo=UTC) if args.since else None
    async with opened(settings, accounts={}) as context:
        run_ = _Run(context, slug, since, args.after, write=not args.dry_run)
        try:
            await run_.all()
        except asyncio.CancelledError:
            print(f"Stopped. `jalon replay --carrier {slug} --after {run_.reached}` goes on.", file=sys.stderr)
            raise
    print(run_.summary())
    return 0


class _Run:
    """One run: how far it is, and what it has met."""

    def __init__(self, context: Context, slug: str, since: datetime | None, after: int, *, write: bool) -> None:
        self._context = context
        self._slug = slug
        self._since = since
        self._write = write
        self._whole = since is None and after == 0
        self._moves: Counter[tuple[str, str]] = Counter()
        self._unknown: set[str] = set()
        self._done = self._changed = self._total = 0
        self.reached = after

    async def all(self) -> None:
        """Every parcel, in transactions of a few."""
        from portal.tracking.replay import how_many, parcels_to_replay

        db = self._context.db
        async with db.read() as reader:
            self._total = await how_many(reader, self._slug, self._since, self.reached)
        while True:
            async with db.read() as reader:
                ids = await parcels_to_replay(reader, self._slug, self._since, self.reached, _TOGETHER)
            if not ids:
                break
            for done in await asyncio.gather(*(self._one(shipment_id) for shipment_id in ids)):
                self._note(done)
            self.reached = ids[-1]
            self._show()
        if self._write and self._whole:
            await self._forget_known()

    async def _one(self, shipment_id: int) -> Replayed:
        from portal.kit.db import Tx
        from portal.tracking.replay import replay

        now = self._context.clock.now()

        async def unit(tx: Tx) -> Replayed:
            return await replay(tx, now, shipment_id, write=self._write)

        return await self._context.db.write(unit)

    async def _forget_known(self) -> None:
        from portal.kit.db import Tx
        from portal.tracking.unknown import forget_known

        async def unit(tx: Tx) -> int:
            return await forget_known(tx, self._slug, self._unknown)

        await self._context.db.write(unit)

    def _note(self, done: Replayed) -> None:
        self._done += 1
        self._changed += done.changed
        self._unknown |= done.unknown
        if done.before is not done.after:
            self._moves[done.before.value, done.after.value] += 1

    def _show(self) -> None:
        end = "\r" if sys.stderr.isatty() else "\n"
        if sys.stderr.isatty() or self._done % 1000 < _TOGETHER or self._done >= self._total:
            print(f"{self._done} of {self._total} parcels, {self._changed} changed", end=end, file=sys.stderr)

    def summary(self) -> str:
        """What came of it, in lines."""
        verb = "changed" if self._write else "would change"
        lines = [f"{self._done} parcel{'' if self._done == 1 else 's'} read again, {self._changed} {verb}."]
        lines += [f"  {before} → {after}: {count}" for (before, after), count in self._moves.most_common()]
        return "\n".join(lines)
