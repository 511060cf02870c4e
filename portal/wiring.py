"""The one page that knows everybody: which event causes what, which jobs there are, what runs when."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from portal.accounts.sessions import stream_name as session_stream
from portal.api import outgoing
from portal.connecting import requests, work as connecting
from portal.connecting.shops import Shops
from portal.context import Context
from portal.editing import letters, queue, work
from portal.editing.engine import Engine
from portal.editing.policies import Policies
from portal.kit.events import Happened
from portal.kit.live import Hub
from portal.mail import delivery, outbox
from portal.ops import purge
from portal.orders import contacts, worklists
from portal.orders.links import stream_name as link_stream
from portal.privacy.requests import answer_request
from portal.sharing.public.reads import session_of
from portal.signin import begin
from portal.staff import beginning
from portal.staff.lists import TOPIC as STAFF
from portal.staff.sessions import stream_name as staff_stream
from portal.tracking import candidates, proofs, proving, pushes, silence, subscribing

Job = Callable[[Context, Mapping[str, Any]], Awaitable[None]]


def open_engine(context: Context) -> Engine:
    """What edits of orders are made with."""
    return Engine(context, Shops(context), Policies())


EDITS = work.Works(open_engine)
DELIVER = delivery.Deliver({begin.MESSAGE: begin.fill, begin.CONFIRM: begin.fill, letters.ASKED: letters.fill})
JOBS: Mapping[str, Job] = {
    "purge": purge.purge,
    "contacts": contacts.catch_up,
    worklists.JOB: worklists.catch_up,
    outbox.JOB: DELIVER,
    begin.JOB: begin.look_up,
    beginning.JOB: beginning.look_up,
    proofs.JOB: proving.fetch_proof,
    pushes.JOB: pushes.merge_push,
    subscribing.JOB: subscribing.subscribe,
    candidates.JOB: candidates.try_carriers,
    silence.JOB: silence.give_up,
    **connecting.JOBS,
    requests.JOB: answer_request,
    outgoing.JOB: outgoing.tell,
    **EDITS.jobs,
}
# Those that wait for a shop's platform or programs: they may take minutes, and have places of their own.
SLOW: frozenset[str] = frozenset({*connecting.JOBS, requests.JOB, outgoing.JOB}) | work.SLOW
SCHEDULE: Mapping[str, timedelta] = {
    "purge": timedelta(hours=6),
    subscribing.JOB: subscribing.EVERY,
    silence.JOB: silence.EVERY,
    queue.SWEEP: queue.SWEEP_EVERY,
    **connecting.SCHEDULE,
}
AT_START = ("contacts", worklists.JOB, candidates.JOB)  # what a new version, a new key or a new account may ask for

_SECONDS_TO_SAY_SO = 1.5  # pages are told by a last frame, then their streams are over whether it was written or not


def _end_shared(hub: Hub, event: Happened) -> None:
    session = session_of(int(event.data["share"]))
    asyncio.get_running_loop().call_later(_SECONDS_TO_SAY_SO, hub.end_session, session)


REACTIONS: Mapping[str, Callable[[Hub, Happened], None]] = {
    "order.changed": lambda hub, _: hub.stir(STAFF),
    "order.gone": lambda hub, _: hub.stir(STAFF),
    "edit.changed": lambda hub, _: hub.stir(STAFF),
    "staff.ended": lambda hub, event: hub.end_session(staff_stream(event.data["session"])),
    "link.revoked": lambda hub, event: hub.end_session(link_stream(event.data["link"])),
    "session.ended": lambda hub, event: hub.end_session(session_stream(event.data["session"])),
    "share.revoked": _end_shared,
}


def react(hub: Hub, event: Happened) -> None:
    """What an event causes in a web process, besides showing it."""
    if reaction := REACTIONS.get(event.kind):
        reaction(hub, event)
