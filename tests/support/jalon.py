"""`jalon`, knowing the platforms of the tests as well: `python -m tests.support.jalon WORDS`."""

from __future__ import annotations

import sys

from portal.cli import main
from tests.support.added import add

if __name__ == "__main__":
    add()
    sys.exit(main(sys.argv[1:]))
