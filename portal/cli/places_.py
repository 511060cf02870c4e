"""`jalon places`: which towns carriers' texts mean. Asks nobody: the gazetteer comes with the program.

Exit status: 0 answered (also "not known"), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.places.finding import Found

_EXAMPLES = """\
examples:
  jalon places 'CORBAS PF COLIS' --country FR
  jalon places 'ISC NEW YORK NY(USPS)' 'HODGKINS, IL' --country US --json

A text in which no town is surely named stays without a point. Places: GeoNames (CC BY 4.0).
exit status: 0 answered (also where nothing is known), 2 wrong usage
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's flags."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EXAMPLES
    parser.add_argument("texts", metavar="TEXT", nargs="+", help="places as carriers write them")
    parser.add_argument("--country", metavar="CC", help="the country they are in, two letters")
    parser.add_argument("--json", action="store_true", help="print a JSON array, one object per text")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from portal.places.finding import find
    from portal.places.reading import country_code

    if args.country is not None and country_code(args.country) is None:
        print("jalon places: --country wants two letters, such as FR.", file=sys.stderr)
        return 2
    found = [(text, find(text, country=args.country)) for text in args.texts]
    if args.json:
        print(json.dumps([_as_json(text, town) for text, town in found], indent=2))
    else:
        width = max(len(_shown(text)) for text in args.texts)
        print("\n".join(_line(_shown(text).ljust(width), town) for text, town in found))
    return 0


def _as_json(text: str, town: Found | None) -> dict[str, Any]:
    return {
        "text": text,
        "name": town.name if town else None,
        "country": town.country if town else None,
        "lat": town.lat if town else None,
        "lon": town.lon if town else None,
        "evidence": town.evidence if town else None,
    }


def _line(text: str, town: Found | None) -> str:
    if town is None:
        return f"{text}  not known"
    return f"{text}  {town.name}, {town.country}  {town.lat:.3f} {town.lon:.3f}  {town.zone}  ({town.evidence})"


def _shown(text: str) -> str:
    """What a terminal may be given of it."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
