"""The process that a test starts: the product's own server or worker, on the test's clock, asking the test's carrier.

Reads one JSON object from the path it is given: `role` (web or worker), `settings`, `clock` (the clock's file)
and `accounts` (carrier slug to base URL). Carriers take any credential that is not empty here.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import carriers
from carriers import Account
from portal.kit import log
from portal.serving import prepare, run_worker, serve
from portal.settings import Settings
from tests.support.added import add
from tests.support.clock import FileClock


def accounts(urls: dict[str, str]) -> dict[str, Account]:
    """Accounts at a carrier that is played at these addresses."""
    return {
        slug: Account(slug, {c.name: "invented" for c in carriers.get(slug).manifest.credentials}, url)
        for slug, url in urls.items()
    }


def main(path: str) -> int:
    """Run until told to stop; returns the exit status."""
    job: dict[str, Any] = json.loads(Path(path).read_text())
    add()
    settings = Settings.model_validate(job["settings"])
    clock = FileClock(Path(job["clock"]))
    log.set_up(settings.log_level)
    prepare(settings, migrate_first=True)
    run = serve if job["role"] == "web" else run_worker
    return run(settings, clock=clock, accounts=accounts(job["accounts"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
