"""`jalon worker`: polling and jobs, apart from the pages. Any number may run on one PostgreSQL."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """No flags: everything is a setting."""
    parser.epilog = "Which carriers are asked is decided by the credentials that are set: see `jalon carriers`."


def run(_args: argparse.Namespace) -> int:
    """Work until told to stop."""
    from portal.cli.process import settings_from, start

    with start():
        settings = settings_from()
        from portal.serving import prepare, run_worker

        prepare(settings)
        return run_worker(settings)
