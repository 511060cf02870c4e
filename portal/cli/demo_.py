"""`jalon demo`: try it, with an invented shop and a playing carrier."""

from __future__ import annotations

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to run, and how fast."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (%(default)s)")
    parser.add_argument("--data", type=Path, default=Path(".jalon"), help="folder for its data (./%(default)s)")
    parser.add_argument(
        "--speed", type=float, default=1500, help="how much faster than life parcels move (%(default)s)"
    )
    parser.epilog = "Example: jalon demo --port 8010 --speed 300"


def run(args: argparse.Namespace) -> int:
    """Run until Ctrl-C."""
    from portal.cli.process import fail, start

    if not 1 <= args.speed <= 100_000:
        return fail("--speed must be between 1 and 100000", 2)
    if not 1 <= args.port <= 65535:
        return fail("--port must be between 1 and 65535", 2)
    with start():
        from portal.demo.run import run_demo

        return run_demo(args.host, args.port, args.data, args.speed)
