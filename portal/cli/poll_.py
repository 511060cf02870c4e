"""`jalon poll`: ask the carriers once about what is due, or see how each account fares."""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.settings import Settings
    from portal.tracking.polling.status import AccountStatus


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's flags."""
    parser.add_argument("what", nargs="?", choices=["status"], help="show each account: budget, lag, pauses, codes")
    parser.add_argument("--once", action="store_true", help="ask about all that is due and allowed now, then end")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.epilog = "`jalon worker`, or `jalon serve` on SQLite, asks all the time by itself."


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from portal.cli.process import fail, settings_from, start

    if (args.what == "status") == args.once:
        return fail("say `jalon poll --once` or `jalon poll status`", 2)
    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        return asyncio.run(_once(settings, args.json) if args.once else _status(settings, args.json))


async def _once(settings: Settings, as_json: bool) -> int:
    from portal.context import opened
    from portal.tracking.poller import Poller

    async with opened(settings) as context:
        asked = await Poller(context).once()
    if as_json:
        print(json.dumps(asked, indent=2))
    else:
        lines = [f"{name}: asked about {count} parcels" for name, count in asked.items()]
        print("\n".join(lines or ["No carrier has an account: see `jalon carriers`."]))
    return 0


async def _status(settings: Settings, as_json: bool) -> int:
    from portal.context import opened
    from portal.tracking.poller import asked_accounts
    from portal.tracking.polling.status import status

    async with opened(settings) as context, context.db.read() as reader:
        found = await status(reader, context.clock.now(), asked_accounts(context))
    print(json.dumps([_members(one) for one in found], indent=2) if as_json else "\n".join(_table(found)))
    return 0


def _members(one: AccountStatus) -> dict[str, Any]:
    from dataclasses import asdict

    members = asdict(one)
    return members | {"rests_until": one.rests_until.isoformat() if one.rests_until else None}


def _table(found: list[AccountStatus]) -> list[str]:
    if not found:
        return ["No carrier has an account: see `jalon carriers`."]
    cells = [("ACCOUNT", "LEFT NOW", "LEFT TODAY", "MADE TODAY", "DUE", "LAG", "LATER", "FLAGGED", "CODES", "STATE")]
    cells += [
        (
            one.account,
            _number(one.left_now),
            _number(one.left_today),
            str(one.calls_today),
            str(one.due),
            _minutes(one.lag_s),
            str(one.planned),
            str(one.flagged),
            str(one.unknown_codes),
            _state(one),
        )
        for one in found
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _number(calls: int | None) -> str:
    return "no limit" if calls is None else str(calls)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"


def _state(one: AccountStatus) -> str:
    if one.rests_until is None:
        return "half open" if one.breaker == "half_open" else "asking"
    return f"rests until {one.rests_until:%Y-%m-%d %H:%M:%S} UTC ({one.rests_for})"
