"""What the commands that start a process share: settings, logging, and how failures are said."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.settings import Settings


def settings_from(**flags: object) -> Settings:
    """Settings from the environment, with the flags that were given on top; sets up logging. Raises BadSetting."""
    from portal.kit import log
    from portal.settings import load

    settings = load(flags={name: value for name, value in flags.items() if value is not None})
    log.set_up(settings.log_level)
    return settings


class start:  # noqa: N801 - used like a function: `with start():`
    """Says what is wrong with settings or database in one sentence, and leaves with exit status 2 or 1."""

    def __enter__(self) -> None: ...
    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        from portal.kit.errors import BadSetting, Unavailable

        if isinstance(problem, BadSetting):
            raise SystemExit(fail(str(problem), 2)) from None
        if isinstance(problem, Unavailable):
            raise SystemExit(fail(str(problem))) from None


def fail(sentence: str, status: int = 1) -> int:
    """Say it on standard error; returns the exit status."""
    print(f"jalon: {sentence}", file=sys.stderr)
    return status
