"""`python -m portal` is `jalon`."""

from portal.cli import main

raise SystemExit(main())
