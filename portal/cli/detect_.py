"""`jalon detect`: which carriers a tracking number may belong to, best guess first. Asks nobody.

Exit status: 0 answered (also "none"), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from carriers import Candidate

_EXAMPLES = """\
examples:
  jalon detect 1Z999AA10123456784
  jalon detect 'RA 102 030 405 GB' --country FR
  jalon detect 10203040 --carrier 'Mondial Relay' --json

A candidate is a guess until the carrier has answered: `jalon track` asks it.
exit status: 0 answered (also with no candidate), 2 wrong usage
"""

_CHECKS = {True: "check digit right", False: "check digit wrong", None: "no check digit known"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's flags."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EXAMPLES
    parser.add_argument("numbers", metavar="NUMBER", nargs="+", help="tracking numbers, in any spelling")
    parser.add_argument("--country", metavar="CC", help="of the recipient, two letters")
    parser.add_argument("--carrier", metavar="NAME", help="what the shop calls the carrier")
    parser.add_argument("--json", action="store_true", help="print a JSON array, one object per number")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    import carriers
    from carriers.core.countries import alpha2
    from carriers.core.numbers.naming import brand_named

    if args.country is not None and alpha2(args.country) is None:
        print("jalon detect: --country wants two letters, such as FR.", file=sys.stderr)
        return 2
    if args.carrier is not None and brand_named(args.carrier) is None:
        print("jalon detect: that carrier is not known here, so its name says nothing.", file=sys.stderr)
    found = [(n, carriers.detect(n, country=args.country, shop_says=args.carrier)) for n in args.numbers]
    if args.json:
        print(json.dumps([_as_json(number, candidates) for number, candidates in found], indent=2))
    else:
        print("\n".join(line for number, candidates in found for line in _as_lines(number, candidates)))
    return 0


def _as_json(number: str, candidates: tuple[Candidate, ...]) -> dict[str, Any]:
    return {"number": number, "candidates": [_candidate_json(candidate) for candidate in candidates]}


def _candidate_json(candidate: Candidate) -> dict[str, Any]:
    return {
        "carrier": candidate.carrier,
        "label": candidate.label,
        "tracking_number": candidate.number,
        "format": candidate.format,
        "check_digit_ok": candidate.check_digit_ok,
        "evidence": candidate.evidence.name.lower(),
        "country": candidate.country,
        "tracking_url": candidate.tracking_url,
    }


def _as_lines(number: str, candidates: tuple[Candidate, ...]) -> list[str]:
    from carriers.core.reading import text

    head = text(number) or "(blank)"
    if not candidates:
        return [f"{head}: in no carrier's form that is known here"]
    return [f"{head}:", *(_line(candidate) for candidate in candidates)]


def _line(candidate: Candidate) -> str:
    name = candidate.label or candidate.carrier
    form = candidate.format or "only the shop says so"
    return f"  {name:<16}  {form:<22}  {_CHECKS[candidate.check_digit_ok]:<20}  {candidate.tracking_url or ''}".rstrip()
