"""GET /metrics: how polling, shops, pages and background work fare, for Prometheus. Numbers and names of carriers and
platforms only.

Closed unless a token or networks are set: whoever may not see it gets what is answered to an unknown path.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from sqlalchemy import bindparam, func, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from portal.connecting.shops import Shops
from portal.connecting.status import Status as ShopStatus, status as shop_status
from portal.context import Context
from portal.kit.jobs import JOB
from portal.kit.live import Hub
from portal.kit.prepared import Query
from portal.settings import Settings
from portal.tracking.poller import asked_accounts
from portal.tracking.polling.status import AccountStatus, status

_GAUGES = {
    "left_now": "Calls that may begin at once",
    "left_today": "Calls left of the daily limit",
    "calls_today": "Calls made today (UTC)",
    "under_way": "Calls under way",
    "due": "Parcels that wait to be asked about",
    "planned": "Parcels that are asked about later",
    "flagged": "Parcels that need a person",
    "lag_s": "Seconds for which the first of them has waited",
    "failures": "Calls in a row that got nothing",
    "unknown_codes": "Different codes that no table has",
}
_SHOP_GAUGES: Mapping[str, tuple[str, Callable[[ShopStatus, datetime], float | None]]] = {
    "deliveries": ("Deliveries that came within three days", lambda one, _: one.hints),
    "reads": ("Answers that were read since the connection began", lambda one, _: one.reads),
    "waiting": ("Orders that wait to be read again", lambda one, _: one.waiting),
    "lag_seconds": ("Seconds for which the first of them has waited", lambda one, _: one.lag_s),
    "stuck": ("Orders that could not be read for a day", lambda one, _: one.stuck),
    "covered_seconds": (
        "Seconds since the moment up to which everything was taken in",
        lambda one, now: (now - one.covered_to).total_seconds() if one.covered_to is not None else None,
    ),
    "problems": (
        "What is not right: a failed call, and what was found when the connection was looked at",
        lambda one, _: (one.problem is not None) + len(one.wrong),
    ),
    "disconnected": ("1 after the shop took our access back", lambda one, _: one.disconnected_at is not None),
    "requests": ("Requests in customers' names that are not answered", lambda one, _: one.requests),
}
_COUNTED: Any = select(
    func.count().filter((JOB.c.due_at <= bindparam("now")) & ~JOB.c.dead).label("waiting"),
    func.min(JOB.c.due_at).filter(~JOB.c.dead).label("first"),
    func.count().filter(JOB.c.dead).label("dead"),
)
_JOBS = Query(_COUNTED)
_NAMES = {"lag_s": "lag_seconds"}


@dataclass(frozen=True, slots=True)
class Jobs:
    """Background work: what waits, for how many seconds the first has waited, and what was set aside."""

    waiting: int
    age_s: float
    dead: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """Answers for Prometheus."""

    context: Context
    hub: Hub

    async def page(self, request: Request) -> Response:
        """GET /metrics."""
        if not allowed(self.context.settings, request):
            raise HTTPException(404)
        now = self.context.clock.now()
        async with self.context.db.read() as reader:
            accounts = await status(reader, now, asked_accounts(self.context))
            row = await reader.row(_JOBS, {"now": now})
            shops = await shop_status(reader, now, Shops(self.context).all())
        age = (now - row.first).total_seconds() if row is not None and row.first is not None else 0.0
        jobs = Jobs(row.waiting, max(0.0, age), row.dead) if row is not None else Jobs(0, 0.0, 0)
        registry = CollectorRegistry()
        registry.register(_Collector([*_families(accounts, jobs, len(self.hub)), *_shops(shops, now)]))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def allowed(settings: Settings, request: Request) -> bool:
    """Whether this request bears the token, or comes from a network that may ask without one."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    token = settings.metrics_token
    if token and scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode()):
        return True
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    plain = getattr(address, "ipv4_mapped", None) or address
    return any(plain in network for network in settings.metrics_from)


@dataclass(frozen=True, slots=True, eq=False)  # the library keeps collectors in a dictionary
class _Collector:
    """Hands finished metrics to the library."""

    families: Sequence[Metric]

    def collect(self) -> Iterator[Metric]:
        """All of them."""
        yield from self.families


def _shops(shops: Sequence[ShopStatus], now: datetime) -> list[Metric]:
    families: list[Metric] = []
    for name, (text, value_of) in _SHOP_GAUGES.items():
        family = GaugeMetricFamily(f"jalon_shop_{name}", text, labels=["platform"])
        for one in shops:
            if (value := value_of(one, now)) is not None:
                family.add_metric([one.platform], float(value))
        families.append(family)
    return families


def _families(accounts: Sequence[AccountStatus], jobs: Jobs, streams: int) -> list[Metric]:
    families: list[Metric] = []
    for member, text in _GAUGES.items():
        family = GaugeMetricFamily(f"jalon_poll_{_NAMES.get(member, member)}", text, labels=["account"])
        for account in accounts:
            value = getattr(account, member)
            if value is not None:  # no limit
                family.add_metric([account.account], value)
        families.append(family)
    breaker = GaugeMetricFamily("jalon_poll_breaker", "1 for the state it is in", labels=["account", "state"])
    for account in accounts:
        for state in ("closed", "open", "half_open"):
            breaker.add_metric([account.account, state], float(account.breaker == state))
    resting = GaugeMetricFamily("jalon_poll_resting", "1 while nobody is asked at an account", labels=["account"])
    for account in accounts:
        resting.add_metric([account.account], float(account.rests_until is not None))
    return [
        *families,
        breaker,
        resting,
        GaugeMetricFamily("jalon_streams", "Live pages open in this process", value=streams),
        GaugeMetricFamily("jalon_jobs_waiting", "Jobs that are due", value=jobs.waiting),
        GaugeMetricFamily("jalon_jobs_age_seconds", "Seconds for which the first of them has waited", value=jobs.age_s),
        GaugeMetricFamily("jalon_jobs_dead", "Jobs that were given up", value=jobs.dead),
    ]
