"""`jalon track`: ask a carrier about parcels with the configured credentials, or read a recorded answer.

Exit status: 0 answered (also "not found"), 1 the carrier or the network failed, 2 wrong usage or
settings, 3 no such carrier.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from carriers import Account, Answer, Carrier, TrackRequest

_UNKNOWN_CARRIER = 3

_EXAMPLES = """\
examples:
  jalon track laposte 6A12345678901
  jalon track dhl_unified 00340434161094042557 --service parcel-de --postcode 10117
  jalon track ups 1Z12345E0205271688 --json
  jalon track ups --response answer.json --json
  jalon track ups --response pushed.json --webhook

credentials come from the environment, one variable each or a file that holds it:
  JALON_CARRIER_LAPOSTE_API_KEY=...
  JALON_CARRIER_UPS_CLIENT_ID=...  JALON_CARRIER_UPS_CLIENT_SECRET_FILE=/run/secrets/ups
  JALON_CARRIER_UPS_API=https://wwwcie.ups.com/api     (another base URL, for a test system)

`jalon carriers` lists the carriers and the variables that are still missing.
exit status: 0 answered, 1 the carrier failed, 2 wrong usage or settings, 3 no such carrier
"""


class _Refused(Exception):
    """A sentence for the person at the terminal, and the exit status that goes with it."""

    def __init__(self, message: str, status: int = 2) -> None:
        super().__init__(message)
        self.status = status


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's flags."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EXAMPLES
    parser.add_argument("carrier", metavar="CARRIER", help="a carrier of `jalon carriers`, such as laposte")
    parser.add_argument("numbers", metavar="NUMBER", nargs="*", help="tracking numbers")
    parser.add_argument("--json", action="store_true", help="print a JSON array, one object per parcel")
    hints = parser.add_argument_group("hints that some carriers want")
    hints.add_argument("--postcode", metavar="P", help="of the recipient")
    hints.add_argument("--country", metavar="CC", help="of the recipient, two letters")
    hints.add_argument("--service", metavar="S", help="division of the carrier, such as parcel-de")
    recorded = parser.add_argument_group("reading a recorded answer instead of asking")
    recorded.add_argument("--response", metavar="FILE", help="the body as the carrier sent it")
    recorded.add_argument(
        "--http-status", metavar="N", type=int, default=200, help="the status it came with (%(default)s)"
    )
    recorded.add_argument("--webhook", action="store_true", help="the carrier pushed it by itself")
    recorded.add_argument("--pod", action="store_true", help="it is a proof of delivery")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    try:
        carrier = _carrier(args.carrier)
        return _read(carrier, args) if args.response is not None else _ask(carrier, args)
    except _Refused as refused:
        print(f"jalon track: {refused}", file=sys.stderr)
        return refused.status


def _carrier(slug: str) -> Carrier:
    import carriers

    try:
        return carriers.get(slug)
    except carriers.UnknownCarrier:
        meant = carriers.named(slug)
    hint = f"ask {meant.manifest.slug} about {slug!r}" if meant else "`jalon carriers` lists those there are"
    raise _Refused(f"no carrier {slug!r}: {hint}.", _UNKNOWN_CARRIER)


# --- a recorded answer ----------------------------------------------------------------------------------------


def _read(carrier: Carrier, args: argparse.Namespace) -> int:
    try:
        body = Path(args.response).read_bytes()
    except OSError as error:
        raise _Refused(f"{args.response} cannot be read: {error.strerror or error}.") from error
    if args.pod:
        return _read_proof(carrier, body)
    answers = _pushed(carrier, body) if args.webhook else _parsed(carrier, body, args)
    _show(carrier, answers, as_json=args.json)
    return 0


def _parsed(carrier: Carrier, body: bytes, args: argparse.Namespace) -> list[Answer]:
    return carrier.parse(body, http_status=args.http_status, asked=args.numbers)


def _pushed(carrier: Carrier, body: bytes) -> list[Answer]:
    from carriers.core.contract import Pushes

    if not isinstance(carrier, Pushes):
        raise _Refused(f"{carrier.manifest.label} pushes nothing that this program reads.")
    return carrier.parse_push(body)


def _read_proof(carrier: Carrier, body: bytes) -> int:
    from carriers import CarrierError
    from carriers.core.contract import Proves
    from carriers.core.printing import documents_json

    if not isinstance(carrier, Proves):
        raise _Refused(f"{carrier.manifest.label} hands out no proof of delivery that this program reads.")
    try:
        _print_json(documents_json(carrier.manifest.slug, carrier.parse_proof(body)))
    except CarrierError as error:
        raise _Refused(error.message) from error
    return 0


# --- a real question ------------------------------------------------------------------------------------------


def _ask(carrier: Carrier, args: argparse.Namespace) -> int:
    import asyncio

    from carriers import Failed, TrackRequest

    if not args.numbers:
        raise _Refused("give a tracking number, or --response FILE to read a recorded answer.")
    account = _account(carrier)
    requests = [TrackRequest(n, args.postcode, args.country, args.service) for n in args.numbers]
    answers = asyncio.run(_track(carrier, account, requests))
    _show(carrier, answers, as_json=args.json)
    return 1 if any(isinstance(answer, Failed) for answer in answers) else 0


def _account(carrier: Carrier) -> Account:
    from carriers.core.accounts import AccountError, account_from, missing

    try:
        account = account_from(carrier.manifest, os.environ)
    except AccountError as error:
        raise _Refused(str(error)) from error
    absent = missing(carrier.manifest, account)
    if absent:
        raise _Refused(
            f"{carrier.manifest.label} needs {' and '.join(absent)} (or the same name with _FILE) to be set."
        )
    return account


async def _track(carrier: Carrier, account: Account, requests: Sequence[TrackRequest]) -> list[Answer]:
    from carriers.core.auth import TokenCache
    from portal import __version__
    from portal.kit.egress import Clients

    clients, tokens, size = Clients(f"jalon/{__version__}"), TokenCache(), carrier.manifest.batch_size
    client = clients.get(carrier.manifest.slug)
    try:
        batches = [requests[start : start + size] for start in range(0, len(requests), size)]
        return [answer for batch in batches for answer in await carrier.track(batch, account, client, tokens)]
    finally:
        await clients.close()


# --- printing -------------------------------------------------------------------------------------------------


def _show(carrier: Carrier, answers: list[Answer], *, as_json: bool) -> None:
    from carriers.core.printing import answer_json, answer_lines

    if as_json:
        _print_json([answer_json(carrier.manifest.slug, answer) for answer in answers])
    else:
        print("\n".join(line for answer in answers for line in answer_lines(carrier.manifest.slug, answer)))


def _print_json(data: Any) -> None:
    print(json.dumps(data, indent=2))
