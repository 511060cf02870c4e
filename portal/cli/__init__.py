"""The command `jalon`: parsing only. Each command is a module here, imported when it is called.

A command module has `arguments(parser)` and `run(args) -> int`. The table below is all that `--help`
needs, so that it answers without importing the stack.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from portal import __version__

COMMANDS = {
    "demo": "try it: a small shop, a playing carrier and pages that move",
    "serve": "serve the pages (and do the work too, on SQLite)",
    "worker": "do the work apart from the pages (PostgreSQL)",
    "migrate": "bring the database to this version's tables",
    "import": "read orders from files",
    "connect": "say what connects a shop and what is missing; have its platform deliver to us",
    "sync": "read all orders of connected shops, or go on where that stopped",
    "reconcile": "put right what connected shops did not tell",
    "requests": "what platforms ask for in a customer's name: list, show, erase, done",
    "orders": "see what waits, and say what was done: made ready, sent, collected",
    "staff": "let the shop's people in: add, list, remove",
    "link": "make or revoke the customer's link to an order",
    "policy": "what customers may change: check, replay, publish, show, example",
    "messages": "tell customers something on their pages: add, list, remove, preview, import",
    "poll": "ask the carriers once about what is due, or show how each account fares",
    "track": "ask a carrier about parcels, or read a recorded answer",
    "detect": "tell which carriers a tracking number may belong to",
    "places": "tell which towns carriers' texts mean",
    "parcel": "say which carrier really has a parcel",
    "codes": "list what carriers say in codes that are not known",
    "replay": "read carriers' kept answers again, after a mapping was mended",
    "carriers": "list the carriers and what they need",
    "hooks": "say where carriers push to, and what to enter there",
    "api": "make the keys of programs, and say where news are sent to",
    "erasures": "list what was erased, and erase it again after a backup was brought back",
    "check": "check settings, database and credentials",
}


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns its exit status (0 fine, 1 failed, 2 wrong usage)."""
    words = sys.argv[1:] if argv is None else argv
    args = _parser(words).parse_args(words)
    if args.command is None:
        _parser([]).print_help()
        return 2
    try:
        return int(_module(args.command).run(args))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _module(command: str) -> _Command:
    return import_module(f"portal.cli.{command}_")  # type: ignore[return-value]  # modules satisfy the protocol


class _Command:
    """The shape of a command module."""

    @staticmethod
    def arguments(parser: argparse.ArgumentParser) -> None:
        """Declare the command's flags."""

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        """Do it."""
        raise AssertionError(args)


class _Help(argparse.HelpFormatter):
    """Leaves room for the longest command: the library reckons without its indentation."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog)
        self._action_max_length = max(map(len, COMMANDS)) + 4


def _parser(words: list[str]) -> argparse.ArgumentParser:
    """The parser, with the flags of the one command that is asked for."""
    parser = argparse.ArgumentParser(
        prog="jalon", description="A self-hosted order-tracking portal.", formatter_class=_Help
    )
    parser.add_argument("--version", action="version", version=f"jalon {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    called = next((word for word in words if word in COMMANDS), None)
    for name, line in COMMANDS.items():
        command = commands.add_parser(name, help=line, description=f"{line[0].upper()}{line[1:]}.")
        if name == called:
            _module(name).arguments(command)
    return parser
