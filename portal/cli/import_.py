"""`jalon import`: read orders from files into the database, or show what they hold.

Exit status: 0 all fine, 1 something could not be imported, 2 wrong usage or a file that cannot be read.
"""

from __future__ import annotations

import argparse
import errno
import json
import stat
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.orders.sync import ImportTally
    from portal.platforms.contract import Delivered, Entry, Platform, Problem, Value
    from portal.platforms.neutral import NeutralOrder
    from portal.platforms.sheets import Parcels
    from portal.settings import Settings

_OFTEN = 5_000  # orders between two lines of progress
_PRODUCTS = "products"
_NOTES_SHOWN = 20  # further ones are only counted

_EXAMPLES = """\
examples:
  jalon import neutral orders.jsonl
  jalon import neutral - < order.json
  jalon import neutral orders.csv --parcels parcels.csv
  jalon import shopify orders_create.json --shop example.myshopify.com
  jalon import shopify answer.json --dry-run --json > neutral.json
  jalon import products products.json --shop atelier

A file is one JSON value, a JSON list, or one value per line (JSON Lines, for many orders); - is standard
input. A name that ends in .csv is a spreadsheet with a row for each line of an order. What cannot be
imported is named as file:line: member: message, and the rest is imported. An order that is already there
is updated when the file's is newer, and left alone when it is older or the same.
For a webhook body in NAME.body, headers in NAME.headers.json beside it tell the shop and the topic.
The neutral format is described in docs/orders-in.md; products, for a shop whose orders are kept here
and nowhere else, in docs/native-shop.md.

exit status: 0 all fine, 1 some could not be imported, 2 wrong usage or unreadable file
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's flags."""
    from portal.platforms.registry import slugs

    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EXAMPLES
    kinds = (*slugs(), _PRODUCTS)
    parser.add_argument("platform", metavar="PLATFORM", choices=kinds, help=f"what wrote it: {', '.join(kinds)}")
    parser.add_argument("files", metavar="FILE", nargs="+", help="files to read, - for standard input")
    parser.add_argument("--shop", metavar="DOMAIN", help="the shop's domain, where the files do not say it")
    parser.add_argument("--parcels", metavar="FILE", help="with a .csv of neutral orders: the .csv of what was sent")
    parser.add_argument("--dry-run", action="store_true", help="store nothing; needs no database")
    parser.add_argument("--json", action="store_true", help="with --dry-run: print the orders as neutral documents")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    if args.json and not args.dry_run:
        return _refuse("--json needs --dry-run")
    if wrong := _wrong_sheets(args):
        return _refuse(wrong)
    if unreadable := _unreadable([*args.files, *([args.parcels] if args.parcels else [])]):
        return _refuse(unreadable)
    try:
        return _take_in_products(args) if args.platform == _PRODUCTS else _take_in(args)
    except OSError as gone:
        if isinstance(gone, BrokenPipeError):
            raise
        return _refuse(f"cannot read {gone.filename or 'a file'}: {gone.strerror or gone}")


def _take_in(args: argparse.Namespace) -> int:
    from portal.platforms.registry import get

    reading = _Reading(get(args.platform), args.files, args.shop, args.parcels)
    if args.dry_run:
        return _print_json(reading) if args.json else _print_count(reading)
    return _store(reading)


def _take_in_products(args: argparse.Namespace) -> int:
    from portal.cli.products import take_in

    if args.json:
        return _refuse("--json is for orders")
    return take_in(_values(args.files), args.shop, _tell_problem, dry_run=args.dry_run)


def _values(names: list[str]) -> Iterator[tuple[str, Value | Problem]]:
    """What is in the files, each with its file."""
    from portal.platforms.files import values

    for name in names:
        with _opened(name) as stream:
            yield from ((name, value) for value in values(stream))


def _tell_problem(name: str, problem: Problem) -> None:
    where = f"{'<stdin>' if name == '-' else name}:{problem.line}"
    _tell(": ".join(part for part in (where, problem.member, problem.message) if part))


@dataclass(slots=True)
class _Reading:
    """The files being read. Says problems and notes as they come, and counts."""

    platform: Platform
    files: list[str]
    shop: str | None
    sent: str | None = None
    counts: Counter[str] = field(default_factory=Counter)

    def orders(self) -> Iterator[NeutralOrder]:
        """The orders of all files, in order."""
        from portal.platforms.contract import Document

        parcels = self._parcels()
        for name in self.files:
            for entry in self._entries(name, parcels):
                if isinstance(entry, Document):
                    self.counts["orders"] += 1
                    yield entry.order
                else:
                    self._say(name, entry)
        if self.sent is not None:
            for problem in parcels.unused():
                self._say(self.sent, problem)

    def _entries(self, name: str, parcels: Parcels) -> Iterator[Entry]:
        from portal.platforms.files import values
        from portal.platforms.sheets import order_values

        with _opened(name) as stream:
            plain = self.platform.values or values
            found = order_values(stream, parcels) if _is_sheet(name) else plain(stream)
            yield from self.platform.read(found, _delivered(self.platform, name, self.shop))

    def _parcels(self) -> Parcels:
        """What was sent, as the file beside the orders says."""
        from portal.platforms.sheets import Parcels, read_parcels

        if self.sent is None:
            return Parcels()
        with _opened(self.sent) as stream:
            parcels, problems = read_parcels(stream)
        for problem in problems:
            self._say(self.sent, problem)
        return parcels

    def _say(self, name: str, entry: Entry) -> None:
        from portal.platforms.contract import Note, Problem, Remark

        where = f"{'<stdin>' if name == '-' else name}:{entry.line}"
        if isinstance(entry, Problem):
            self.counts["problems"] += 1
            _tell_problem(name, entry)
        elif isinstance(entry, Note | Remark):
            self.counts["notes" if isinstance(entry, Note) else "remarks"] += 1
            if self.counts["notes"] + self.counts["remarks"] <= _NOTES_SHOWN:
                _tell(f"{where}: note: {entry.message}")

    @property
    def status(self) -> int:
        """The exit status."""
        return 1 if self.counts["problems"] else 0

    def others(self) -> list[str]:
        """The rest of the summary."""
        parts = []
        if notes := self.counts["notes"]:
            parts.append(f"{notes} understood, nothing to import")
        if problems := self.counts["problems"]:
            parts.append(f"{problems} problem{'' if problems == 1 else 's'}")
        return parts


def _print_json(reading: _Reading) -> int:
    """The documents as one JSON list, written as they are read."""
    from portal.platforms.neutral import as_json

    separator = "["
    for order in reading.orders():
        sys.stdout.write(f"{separator}\n{json.dumps(as_json(order), ensure_ascii=True)}")
        separator = ","
    sys.stdout.write("[]\n" if separator == "[" else "\n]\n")
    sys.stdout.flush()
    return reading.status


def _print_count(reading: _Reading) -> int:
    for number, _ in enumerate(reading.orders(), 1):
        if number % _OFTEN == 0:
            _tell(f"{number} orders read")
    count = reading.counts["orders"]
    read = f"{count} order{'' if count == 1 else 's'} read, nothing stored"
    print(", ".join([read, *reading.others()]))
    return reading.status


def _store(reading: _Reading) -> int:
    import asyncio

    from portal.cli.process import settings_from, start

    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        tally = asyncio.run(_import(reading, settings))
        print(", ".join([*_counted(tally), *reading.others()]))
        return reading.status


async def _import(reading: _Reading, settings: Settings) -> ImportTally:
    from portal.cli.progress import Progress
    from portal.context import opened
    from portal.orders.sync import import_documents

    shown = Progress("orders")

    def progress(tally: ImportTally) -> None:
        shown.show(tally.created + tally.updated + tally.unchanged + tally.stale + tally.erased)

    async with opened(settings) as context:
        return await import_documents(context, reading.orders(), progress)


def _counted(tally: ImportTally) -> list[str]:
    parts = [f"{tally.created + tally.updated} imported"]
    if tally.unchanged:
        parts.append(f"{tally.unchanged} unchanged")
    if tally.stale:
        parts.append(f"{tally.stale} older than what is stored")
    if tally.erased:
        parts.append(f"{tally.erased} whose personal data were erased, not taken in again")
    return parts


def _opened(name: str) -> BinaryIO:
    if name != "-":
        return Path(name).open("rb")
    if sys.stdin is None:  # as after `<&-`
        raise OSError(errno.EBADF, "standard input is closed", "-")
    return open(sys.stdin.fileno(), "rb", closefd=False)


def _is_sheet(name: str) -> bool:
    return name.lower().endswith(".csv")


def _wrong_sheets(args: argparse.Namespace) -> str | None:
    """Why spreadsheets cannot be read as they are given."""
    if any(map(_is_sheet, args.files)) and args.platform != "neutral":
        return "spreadsheets are read as neutral orders: jalon import neutral orders.csv"
    if args.parcels and not any(map(_is_sheet, args.files)):
        return "--parcels goes with a .csv of orders"
    return None


def _unreadable(names: list[str]) -> str | None:
    """Why the first of the files that cannot be read cannot; nothing is imported then. What is no plain
    file (a pipe) is not opened to try: it would be used up."""
    for name in names:
        try:
            kind = 0 if name == "-" else Path(name).stat().st_mode
            if not kind or stat.S_ISREG(kind) or stat.S_ISDIR(kind):
                _opened(name).close()
        except (OSError, ValueError) as wrong:
            return f"cannot read {name!r}: {getattr(wrong, 'strerror', None) or wrong}"
    return None


def _delivered(platform: Platform, name: str, shop: str | None) -> Delivered:
    """What is known beside the file: `--shop`, and the headers of a recorded delivery."""
    told = platform.delivered(_headers(Path(name)) if name.endswith(".body") else {})
    return replace(told, shop=shop) if shop else told


def _headers(body: Path) -> dict[str, str]:
    """Headers recorded beside a body, by lower-case name; none when there is no such file."""
    try:
        found = json.loads(body.with_suffix(".headers.json").read_bytes())
    except (OSError, ValueError):
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {name.lower(): value for name, value in pairs if isinstance(value, str)}


def _tell(sentence: str) -> None:
    """One line for the person at the terminal; names of files may hold anything."""
    print(sentence.encode(errors="backslashreplace").decode(), file=sys.stderr)


def _refuse(sentence: str) -> int:
    _tell(f"jalon import: {sentence}")
    return 2
