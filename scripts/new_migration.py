"""Writes the next migration from the difference between the tables and the migrations: `make migration NAME=…`."""

from __future__ import annotations

import sys
import tempfile

from portal import schema


def main() -> int:
    """Migrate an empty database, then write down what the tables have beyond it."""
    name = " ".join(sys.argv[1:]).strip()
    if not name:
        print('Say what it does: make migration NAME="orders have a gift note"', file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/empty.db"
        schema.migrate(url)
        schema.new_revision(url, name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
