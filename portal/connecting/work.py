"""Which jobs there are about connected shops, and which of them repeat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from portal.connecting import inbox, looking, reading, reconciling, telling
from portal.context import Context

Job = Callable[[Context, Mapping[str, Any]], Awaitable[None]]
JOBS: Final[Mapping[str, Job]] = {
    inbox.READ: reading.read_order,
    inbox.LOOK: looking.look_at_shop,
    looking.DAILY: looking.look_at_shops,
    reconciling.JOB: reconciling.reconcile,
    telling.LOOK: telling.look_what_to_tell,
    telling.TELL: telling.tell_shop,
}
SCHEDULE: Final[Mapping[str, timedelta]] = {
    looking.DAILY: looking.EVERY,
    reconciling.JOB: reconciling.EVERY,
    telling.LOOK: telling.EVERY,
}
