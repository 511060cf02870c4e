"""`jalon serve`: the customers' pages, over HTTP."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """Flags that stand in for settings."""
    parser.add_argument("--host", help="address to listen on (JALON_HOST, 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (JALON_PORT, 8000)")
    worker = parser.add_mutually_exclusive_group()
    worker.add_argument(
        "--worker", dest="worker", action="store_const", const="embedded", help="do the background work here too"
    )
    worker.add_argument(
        "--no-worker", dest="worker", action="store_const", const="separate", help="leave it to `jalon worker`"
    )
    parser.add_argument("--migrate", action="store_true", help="bring the database up to date first")


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop."""
    from portal.cli.process import settings_from, start

    with start():
        settings = settings_from(host=args.host, port=args.port, worker=args.worker)
        from portal.serving import prepare, serve

        prepare(settings, migrate_first=args.migrate)
        return serve(settings)
