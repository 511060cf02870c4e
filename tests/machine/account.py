"""Who runs the servers that the tests start, when the tests themselves run as root."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from typing import TypedDict


class As(TypedDict, total=False):
    """The part of subprocess's arguments that says whose process it is; empty: the caller's own."""

    user: int
    group: int
    extra_groups: list[int]


def unprivileged() -> As:
    """An existing account without rights, for a process started by root; nothing for anyone else."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    account = known.get("postgres") or known["nobody"]
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def give_away(path: Path) -> None:
    """Hand a file or an empty folder to that account."""
    account = unprivileged()
    if account:
        os.chown(path, account["user"], account["group"])
