"""`jalon carriers`: which carriers there are, and which settings they still need."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carriers.core.contract import Manifest


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's flags."""
    parser.add_argument("--json", action="store_true", help="print everything known about each carrier")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    import json

    import carriers
    from carriers.core.accounts import AccountError, accounts_from, missing
    from carriers.core.printing import manifest_json

    try:
        accounts = accounts_from(os.environ)
    except AccountError as error:
        print(f"jalon carriers: {error}", file=sys.stderr)
        return 2
    rows = [(c.manifest, missing(c.manifest, accounts.get(c.manifest.slug))) for c in carriers.all()]
    if args.json:
        print(json.dumps([manifest_json(manifest, absent) for manifest, absent in rows], indent=2))
    else:
        print("\n".join([*_table(rows), "", *_links()]))
    return 0


def _table(rows: list[tuple[Manifest, tuple[str, ...]]]) -> list[str]:
    cells = [("CARRIER", "NAME", "A CALL", "LIMIT", "READY")]
    cells += [(m.slug, m.label, str(m.batch_size), _limit(m), _ready(absent)) for m, absent in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    return ["  ".join([*(row[i].ljust(widths[i]) for i in range(4)), row[4]]) for row in cells]


def _limit(manifest: Manifest) -> str:
    quota = manifest.quota
    limits = ((quota.per_second, "s"), (quota.per_minute, "min"), (quota.per_hour, "h"), (quota.per_day, "day"))
    return ", ".join(f"{limit:g}/{unit}" for limit, unit in limits if limit) or "not published"


def _ready(absent: tuple[str, ...]) -> str:
    return "yes" if not absent else f"set {', '.join(absent)}"


def _links() -> list[str]:
    from carriers.core.links import BRANDS

    return ["Linked to their own page: " + ", ".join(brand.label for brand in BRANDS if brand.page is not None)]
