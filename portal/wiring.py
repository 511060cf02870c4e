"""The one page that knows everybody: which event causes what, which jobs there are, what runs when."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from portal.context import Context
from portal.kit.events import Happened
from portal.kit.live import Hub
from portal.mail import delivery, outbox
from portal.ops import purge

Job = Callable[[Context, Mapping[str, Any]], Awaitable[None]]

DELIVER = delivery.Deliver()
JOBS: Mapping[str, Job] = {"purge": purge.purge, outbox.JOB: DELIVER}
SCHEDULE: Mapping[str, timedelta] = {"purge": timedelta(hours=6)}

REACTIONS: Mapping[str, Callable[[Hub, Happened], None]] = {
    "link.revoked": lambda hub, event: hub.end_session(str(event.data["link"])),
}


def react(hub: Hub, event: Happened) -> None:
    """What an event causes in a web process, besides showing it."""
    if reaction := REACTIONS.get(event.kind):
        reaction(hub, event)
