"""`jalon migrate`: bring the database to this version's tables. Safe to run again."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """One flag."""
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when there is something to do")


def run(args: argparse.Namespace) -> int:
    """Migrate, or say whether it is needed."""
    from portal.cli.process import settings_from, start

    with start():
        url = settings_from().database_url
        from portal import schema

        if args.check:
            current = schema.is_current(url)
            print("The database is up to date." if current else "The database needs `jalon migrate`.")
            return 0 if current else 1
        before, after = schema.migrate(url)
        print("The database was up to date." if before == after else f"The database is now at version {after}.")
        return 0
