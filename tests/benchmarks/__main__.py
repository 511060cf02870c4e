"""The command line: `python -m tests.benchmarks [--only NAME,…] [--quick] [--rounds N] [--out bench.json]`."""

from __future__ import annotations

import argparse
import gc
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks import (
    claims,
    delivering,
    importing,
    ingest,
    latency,
    pages,
    places,
    polling,
    report,
    resolver,
    startup,
    streams,
)
from tests.benchmarks.plan import Plan
from tests.benchmarks.report import Row

_THEMES: tuple[tuple[tuple[str, ...], Callable[[Plan], Iterator[Row]]], ...] = (
    (startup.NAMES, startup.measure),
    (pages.NAMES, pages.measure),
    (ingest.NAMES, ingest.measure),
    (importing.NAMES, importing.measure),
    (places.NAMES, places.measure),
    (resolver.NAMES, resolver.measure),
    (polling.NAMES, polling.measure),
    (claims.NAMES, claims.measure),
    (latency.NAMES, latency.measure),
    (delivering.NAMES, delivering.measure),
    (streams.NAMES, streams.measure),
)
_NAMES = [name for names, _ in _THEMES for name in names]


def main() -> None:
    """Measure, print, write."""
    args = _arguments()
    _allow_many_files()
    gc.disable()  # the load generator's own collections would count as the server's delays
    with tempfile.TemporaryDirectory(prefix="jalon-bench-") as folder:
        polls = args.polls or (20_000 if args.quick else 100_000)
        plan = Plan(frozenset(args.only), args.quick, args.rounds or (2 if args.quick else 3), Path(folder), polls)
        rows: list[Row] = []
        for _, measure in _THEMES:
            for row in measure(plan):
                rows.append(row)
                report.write(rows, args.out)  # at every row: a run that breaks off keeps what it has
                print(f"{row.name}: {report.brief(row)}", file=sys.stderr, flush=True)
    print(report.table(rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure the portal.")
    parser.add_argument("--only", type=_names, default=_NAMES, metavar="NAME,…", help="of: " + ", ".join(_NAMES))
    parser.add_argument("--quick", action="store_true", help="fewer clients and rounds, less time: a rough look")
    parser.add_argument("--rounds", type=int, help="turns of each variant (3; with --quick 2)")
    parser.add_argument("--polls", type=int, help="polls of poll_memory_kib (100,000; with --quick 20,000)")
    parser.add_argument("--out", type=Path, default=Path("bench.json"), help="the file to write (bench.json)")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in _NAMES]:
        raise argparse.ArgumentTypeError(f"no such measurement: {', '.join(unknown)}")
    return names


def _allow_many_files() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()
