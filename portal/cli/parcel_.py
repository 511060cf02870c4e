"""`jalon parcel carrier`: say whose parcel it really is."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.settings import Settings

_EPILOG = """\
examples:
  jalon parcel carrier 10203040 mondial_relay
  jalon parcel carrier 10203040 evri --shipment 17

What the wrong carrier said of the parcel is forgotten, and the right one is asked. Carriers use numbers again: where
several parcels have this one, they are listed, and --shipment says which is meant. `jalon detect NUMBER` guesses.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The parcel, and its carrier."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("what", choices=["carrier"], help="what is corrected")
    parser.add_argument("number", metavar="NUMBER", help="the parcel's tracking number")
    parser.add_argument("carrier", metavar="CARRIER", help="a slug of `jalon carriers`, or of a carrier only linked to")
    parser.add_argument("--shipment", metavar="ID", type=int, help="which parcel, where several have the number")


def run(args: argparse.Namespace) -> int:
    """Correct it, and say so."""
    from portal.cli.process import fail, settings_from, start

    with start():
        settings = settings_from()
        from portal.serving import prepare
        from portal.tracking.actions import UnknownCarrier

        prepare(settings)
        try:
            return asyncio.run(_do(args, settings))
        except UnknownCarrier:
            return fail(f"there is no carrier {args.carrier!r}: `jalon carriers` lists those there are.", 2)


async def _do(args: argparse.Namespace, settings: Settings) -> int:
    from portal.cli.process import fail
    from portal.context import opened
    from portal.kit.db import Tx
    from portal.tracking.actions import correct_carrier
    from portal.tracking.queries import shipments_numbered

    async with opened(settings, accounts={}) as context:
        async with context.db.read() as reader:
            found = await shipments_numbered(reader, "".join(args.number.split()))
        meant = [row for row in found if args.shipment in (None, row.id)]
        if not meant:
            return fail(f"no parcel has the number {args.number}." if not found else "no such parcel among these:")
        if len(meant) > 1:
            print("\n".join(map(_line, meant)), file=sys.stderr)
            return fail(f"{len(meant)} parcels have this number: choose one with --shipment.", 2)
        shipment_id, now = meant[0].id, context.clock.now()

        async def unit(tx: Tx) -> bool:
            return await correct_carrier(tx, now, shipment_id, args.carrier, "staff")

        changed = await context.db.write(unit)
    print(f"Parcel {shipment_id} is {args.carrier}'s{'.' if changed else ', as before.'}")
    return 0


def _line(row: Any) -> str:
    carrier = row.carrier or row.carrier_label or "no carrier"
    return f"  --shipment {row.id}  {carrier}, {row.milestone}, since {row.created_at:%Y-%m-%d}"
