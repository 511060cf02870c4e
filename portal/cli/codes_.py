"""`jalon codes unknown`: the codes that carriers sent and our tables lack."""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.settings import Settings

_EPILOG = """\
A code that is not known moves nothing: customers read the carrier's own words on their private page. Each is counted
once for every scan that bore it. After mending carriers/<slug>/codes.py, `jalon replay --carrier X` applies it.
The words may hold names: they are for whoever mends the table.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to list."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("which", choices=["unknown"], help="codes that are in no table")
    parser.add_argument("--carrier", metavar="X", help="of one carrier only")
    parser.add_argument("--json", action="store_true", help="print a JSON array, one object per code")


def run(args: argparse.Namespace) -> int:
    """List them, the most frequent first."""
    from portal.cli.process import settings_from, start

    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        found = asyncio.run(_found(settings, args.carrier))
    print(json.dumps([_as_json(row) for row in found], indent=2) if args.json else "\n".join(_as_lines(found)))
    return 0


async def _found(settings: Settings, carrier: str | None) -> list[Any]:
    from portal.context import opened
    from portal.tracking.unknown import unknown_codes

    async with opened(settings, accounts={}) as context, context.db.read() as reader:
        return await unknown_codes(reader, carrier)


def _as_json(row: Any) -> dict[str, Any]:
    return {
        "carrier": row.carrier,
        "code": row.code,
        "count": row.count,
        "first_seen": row.first_seen.isoformat(),
        "last_seen": row.last_seen.isoformat(),
        "sample": None
        if row.shipment_id is None
        else {"shipment": row.shipment_id, "number": row.number, "text": row.text},
    }


def _as_lines(found: list[Any]) -> list[str]:
    if not found:
        return ["Every code that came is in its table."]
    cells = [("CARRIER", "CODE", "SCANS", "LAST SEEN", "IN THE CARRIER'S WORDS")]
    cells += [
        (r.carrier, r.code, str(r.count), f"{r.last_seen:%Y-%m-%d}", f"{r.text or ''} ({r.number or 'number gone'})")
        for r in found
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    return ["  ".join([*(row[i].ljust(widths[i]) for i in range(4)), row[4]]).rstrip() for row in cells]
