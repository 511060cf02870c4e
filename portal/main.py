"""The web application: middleware, routes, lifespan, and the server that runs it."""

from __future__ import annotations

import asyncio
import hashlib
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import uvicorn
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from portal import paths
from portal.api import desk as api
from portal.api.routes import INLET, routes as api_routes
from portal.branding.brand import Look, brand_of, look
from portal.connecting import hooks as shop_hooks
from portal.connecting.shops import Shops
from portal.context import Context
from portal.dashboard.pages import AUDIENCE as LISTS, Dashboard, DashboardStream
from portal.dashboard.routes import routes as dashboard_routes
from portal.editing.engine import Engine
from portal.editing.onpage import OnOrderPage
from portal.editing.pages.routes import routes as change_routes
from portal.editing.policies import TOPIC as POLICIES, Policies
from portal.editing.words import reason
from portal.errorpages import ErrorPages
from portal.installing import Installing
from portal.kit import assets, guard, html, i18n, memory
from portal.kit.assets import Assets
from portal.kit.descriptors import most_streams
from portal.kit.events import Happened
from portal.kit.live import Channel, Frame, Hub, Limits, Render
from portal.kit.pagecache import PageCache
from portal.kit.stream import LiveResponse
from portal.kit.supervise import running
from portal.kit.tail import Tail
from portal.mail.mailbox import Mailbox
from portal.maps import ground
from portal.maps.atlas import Atlas, Tiles
from portal.notices.store import TOPIC as NOTICES, Boards
from portal.ops.health import Health
from portal.ops.metrics import Metrics
from portal.orders.collecting.bearer import BearerPages
from portal.orders.collecting.owner import CollectingPages
from portal.orders.doors import ByCookie, ByToken, OrderStream
from portal.orders.looks import Looks
from portal.orders.pages import OrderPages
from portal.orders.parcelpages import ParcelPages
from portal.privacy.routes import routes as privacy_routes
from portal.settings import Settings
from portal.sharing.pages import SharingPages
from portal.sharing.public.pages import AUDIENCE, VisitorPages, VisitorStream
from portal.signin.desk import Desk
from portal.signin.routes import routes as signin_routes
from portal.staff.desk import StaffDesk
from portal.staff.lists import AUDIENCE as STAFF_LISTS
from portal.staff.orders import AUDIENCE as STAFF
from portal.staff.routes import staff_pages
from portal.tracking import hooks, pushes
from portal.tracking.watching import keep_watching
from portal.wiring import DELIVER, open_engine, react
from portal.worker import hurried, work

DemoOrders = Sequence[object]  # with number, url and note, for the home page
_LINK = r"/o/(?P<token>[^/]{1,100})"
_ORDER = r"/orders/(?P<ref>[0-9a-f]{16})"
_SHARED = r"/s/(?P<token>[^/]{1,100})"
_SHUTDOWN_S = 8
_QUIET_S = 2.0
_PARTS = ("css/app.css", "js/page.js", "js/map.js", "css/brand.css")


@dataclass(frozen=True, slots=True)
class _Rendering:
    """What pages are made with, and those of an order: its customer's and its visitors'."""

    static: Assets
    env: Environment
    boards: Boards
    looks: Looks
    pages: OrderPages
    visitors: VisitorPages


def _rendering(context: Context, engine: Engine, *, demo: bool) -> _Rendering:
    i18n.load(paths.LOCALES)
    brand = brand_of(context.settings)
    static = assets.load(paths.STATIC, brand.files)
    shown = look(brand, static.url)
    given = {"maps": _atlas(context.settings), "look": shown, "reason": reason}
    env = html.environment(paths.TEMPLATES, static.url, given)
    boards, looks = Boards(context.db), Looks(context)
    named = (shown, context.settings.map_borders, context.settings.map_tiles_url)
    build = _build(*map(static.url, _PARTS), *map(str, named))
    changing = OnOrderPage(engine)
    pages = OrderPages(context, env, PageCache(), build, looks=looks, boards=boards, changing=changing, demo=demo)
    visitors = VisitorPages(
        context,
        visitor_templates(context.settings, static.url, shown),
        PageCache(),
        build,
        boards,
        lambda order, link: looks.note(order, "visitor", link),
        demo,
    )
    return _Rendering(static, env, boards, looks, pages, visitors)


def order_pages(context: Context) -> tuple[OrderPages, VisitorPages]:
    """The pages of an order, its customer's and its visitors', without an application around them."""
    made = _rendering(context, open_engine(context), demo=False)
    return made.pages, made.visitors


def create_app(context: Context, *, work_here: bool = False, demo: DemoOrders = ()) -> Application:
    """The whole web application over an open context. `work_here` runs the background work as well."""
    shops = Shops(context)
    policies = Policies()
    engine = Engine(context, shops, policies)
    made = _rendering(context, engine, demo=bool(demo))
    static, env, boards, looks, pages, visitors = (
        made.static,
        made.env,
        made.boards,
        made.looks,
        made.pages,
        made.visitors,
    )
    errors = ErrorPages(env, pages.shop, context.settings)
    desk = Desk(context, env, pages.shop)
    dashboard = Dashboard(desk, demo=bool(demo))

    def listed(channel: Channel) -> Awaitable[Frame]:
        return dashboard.frame(channel, hub.gather)

    staff = staff_pages(
        StaffDesk(context, env, pages.shop),
        engine,
        pages,
        visitors,
        lambda order: looks.note(order, "staff"),
    )
    others = {AUDIENCE: visitors.frame, LISTS: listed, STAFF_LISTS: staff.lists.frame, STAFF: staff.orders.frame}
    hub = Hub(_by_audience(pages.frame, others), _limits(context))
    rules = guard.Rules(context.settings.base_url, context.settings.requests_per_minute)
    named = {name.decode(): value.decode() for name, value in guard.headers(rules)}
    live = LiveResponse(hub, named)
    by_token, by_cookie = ByToken(pages, errors.page), ByCookie(pages, errors.page)
    streams = [OrderStream(pages, door.shown, live) for door in (by_token, by_cookie)]
    visitor_stream = VisitorStream(visitors, hub, live)
    health = Health(context, hub)
    app = Starlette(
        routes=[
            *signin_routes(desk, demo),
            *dashboard_routes(dashboard, DashboardStream(dashboard, hub, live)),
            *privacy_routes(desk),
            *api_routes(context, shops, engine, pages.shop),
            *staff.routes(live),
            Route("/o/{token}", by_token, methods=["GET"]),
            Route("/o/{token}/events", streams[0], methods=["GET"]),
            Route("/orders/{ref}", by_cookie, methods=["GET"]),
            Route("/orders/{ref}/events", streams[1], methods=["GET"]),
            Route(hooks.ROUTE, hooks.CarrierHook(context), methods=["POST"]),
            _shop_hook(context, shops),
            *_sharing(SharingPages(context, env, visitors, errors.page, pages.shop, bool(demo))),
            *_parcels(ParcelPages(context, env, errors.page, pages.shop)),
            *change_routes(engine, desk, errors.page),
            *_collecting(CollectingPages(context, env, errors.page, pages.shop, bool(demo))),
            Route("/c/{token}", BearerPages(context, visitors.env, pages.shop), methods=["GET", "POST"]),
            Route("/s/{token}", visitors, methods=["GET", "POST"]),
            Route("/s/{token}/events", visitor_stream, methods=["GET"]),
            Route("/healthz/live", health.live, methods=["GET"]),
            Route("/healthz/ready", health.ready, methods=["GET"]),
            Route("/metrics", Metrics(context, hub).page, methods=["GET"]),
            Route("/robots.txt", _robots, methods=["GET"]),
            *Installing(context.settings, static, errors, pages.build).routes(),
            *_demo_routes(context, errors),
            Mount("/static", static),
        ],
        exception_handlers=errors.handlers(),
        lifespan=lambda _: _running(context, hub, boards, policies, looks, work_here),
        max_body_size=rules.largest_body,
    )
    app.router.redirect_slashes = False  # such a redirect is built from the Host header
    lanes = [
        guard.Lane(re.compile(_LINK + "/?"), by_token),
        guard.Lane(re.compile(_LINK + "/events"), streams[0], stream=True),
        guard.Lane(re.compile(_ORDER), by_cookie),
        guard.Lane(re.compile(_ORDER + "/events"), streams[1], stream=True),
        guard.Lane(re.compile(_SHARED), visitors),
        guard.Lane(re.compile(_SHARED + "/events"), visitor_stream, stream=True),
    ]
    settings = context.settings
    often = settings.hook_requests_per_minute
    inlets = [
        guard.Inlet(hooks.PATH, often, pushes.LARGEST),
        guard.Inlet(shop_hooks.PATH, often, shop_hooks.LARGEST),
        guard.Inlet(INLET, settings.api_requests_per_minute, api.LARGEST),
    ]
    guarded = guard.Guard(app, rules, errors.refuse, lanes, inlets)
    return Application(guarded, hub)


def _shop_hook(context: Context, shops: Shops) -> Route:
    """Where shops' platforms deliver: more than anybody else may send."""
    hook = shop_hooks.PlatformHook(context, shops)
    return Route(shop_hooks.ROUTE, hook, methods=["POST"], max_body_size=shop_hooks.LARGEST)


def _sharing(pages: SharingPages) -> list[Route]:
    """The owner's side of sharing."""
    base = "/orders/{ref}/sharing"
    return [
        Route(base, pages.at(GET=pages.overview, POST=pages.make), methods=["GET", "POST"]),
        Route(base + "/preview", pages.at(GET=pages.preview), methods=["GET"]),
        Route(base + "/{link:int}/end", pages.at(POST=pages.end), methods=["POST"]),
    ]


def _parcels(pages: ParcelPages) -> list[Route]:
    """What the order's person may do about parcels."""
    base = "/orders/{ref}/parcels"
    return [
        Route(base, pages.at(GET=pages.overview), methods=["GET"]),
        Route(base + "/{shipment:int}/carrier", pages.at(POST=pages.correct), methods=["POST"]),
        Route(base + "/{shipment:int}/proofs/{document:int}", pages.at(GET=pages.paper), methods=["GET"]),
    ]


def _collecting(pages: CollectingPages) -> list[Route]:
    """Who else may collect an order at the shop."""
    base = "/orders/{ref}/collecting"
    return [
        Route(base, pages.at(GET=pages.overview, POST=pages.name), methods=["GET", "POST"]),
        Route(base + "/link", pages.at(POST=pages.link), methods=["POST"]),
        Route(base + "/link/end", pages.at(POST=pages.end), methods=["POST"]),
    ]


def _by_audience(frame: Render, others: Mapping[str, Render]) -> Render:
    """Who renders what: `others` by how their audience begins, everything else by `frame`."""

    def render(channel: Channel) -> Awaitable[Frame | None]:
        return next((f for start, f in others.items() if channel.audience.startswith(start)), frame)(channel)

    return render


class Application:
    """The guarded application, and the hub for whoever must close it first."""

    def __init__(self, app: ASGIApp, hub: Hub) -> None:
        self._app = app
        self.hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        await self._app(scope, receive, send)


class Server(uvicorn.Server):
    """Closes live pages first when it is told to stop, so that nothing waits for them."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop in order on SIGTERM and SIGINT, and leave with the status that says so: unlike the base
        class, no signal is raised again afterwards, which would cut off closing the database."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the base class's shape
        """Stop; asking twice changes nothing, since stopping is bounded in time."""
        self.should_exit = True

    async def shutdown(self, sockets: Any = None) -> None:
        """Stop taking connections, end the streams, then wait for the rest."""
        await self._hub.close()
        await super().shutdown(sockets)


def server(app: Application, context: Context, *, backlog: int = 4096) -> Server:
    """A server for the application, as the settings say."""
    settings = context.settings
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        backlog=backlog,
        timeout_graceful_shutdown=_SHUTDOWN_S,
        timeout_keep_alive=30,
        http="httptools",
        ws="none",
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
    )
    return Server(config, app.hub)


def _demo_routes(context: Context, errors: ErrorPages) -> list[Route]:
    """What only the demonstration has: there, messages are read on a page instead of being sent."""
    if context.mail_channel != "mailbox":
        return []
    return [Route("/mailbox", Mailbox(context, DELIVER.letter, errors.page).page, methods=["GET"])]


def _build(*parts: str) -> str:
    """Names this version of templates, languages and assets: pages of another one are not current."""
    digest = hashlib.sha256("".join(parts).encode())
    for path in sorted([*paths.TEMPLATES.rglob("*.html"), *paths.LOCALES.rglob("*.po")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def _limits(context: Context) -> Limits:
    settings = context.settings
    return Limits(most_streams(settings.max_streams), settings.max_streams_per_address, settings.max_streams_per_link)


def _atlas(settings: Settings) -> Atlas:
    """How maps are shown here."""
    url, credit = settings.map_tiles_url, settings.map_tiles_attribution
    return Atlas(i18n.locale, settings.map_borders, Tiles(url, credit) if url and credit else None)


def visitor_templates(settings: Settings, asset: Callable[[str], str], shown: Look) -> Environment:
    """What strangers' pages are made with: their own templates, and the drawing of a map, without anybody's tiles."""
    given = {"maps": Atlas(i18n.locale, settings.map_borders), "look": shown}
    lent = {name: paths.TEMPLATES / name for name in ("_map.html", "_link.html")}
    return html.environment(paths.TEMPLATES / "visitor", asset, given, sandboxed=True, lent=lent)


async def _unpack_maps() -> None:
    """Once, in a quiet moment after the start, so that no page waits for it."""
    await asyncio.sleep(_QUIET_S)
    await asyncio.to_thread(ground.prepare)
    await asyncio.Event().wait()


async def _robots(_: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


@asynccontextmanager
async def _running(
    context: Context, hub: Hub, boards: Boards, policies: Policies, looks: Looks, work_here: bool
) -> AsyncIterator[None]:
    """The tasks of a web process, for as long as it serves."""

    hurry = asyncio.Event()
    on_every_page: dict[str, Boards | Policies] = {NOTICES: boards, POLICIES: policies}

    def tell(events: Sequence[Happened]) -> None:
        hub.notice(events)
        if hurried(events):
            hurry.set()
        for topic in on_every_page.keys() & {event.topic for event in events}:
            on_every_page[topic].changed()
            hub.all_again()
        for event in events:
            react(hub, event)

    tail = Tail(context.db, tell)
    await tail.begin()
    policies.follow()
    jobs = {
        "tail": tail.run,
        "hub": hub.run,
        "watching": lambda: keep_watching(context, hub.topics),
        "maps": _unpack_maps,
        "looks": looks.run,
    }
    if work_here:
        jobs["work"] = lambda: work(context, hurry)
    async with running(jobs):
        memory.settle()
        yield
