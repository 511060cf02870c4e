"""Every kind of page at an address of its own, as the product would send it: `python -m … PORT`.

`/story/NAME` is an order page, `/story/NAME/events` its stream (nothing ever happens on it), `/error/STATUS`,
`/account/NAME` a page of signing in or of the account, `/dashboard/NAME` a list of orders,
`/home` and `/demo` the rest. `?lang=fr` speaks French, `?lang=he` an invented language that is written from right to
left. Templates, words, static files and the guard are the product's.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any, Final

import uvicorn
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from portal import paths
from portal.branding.brand import brand_of, look
from portal.dashboard.view import FILTERS, DashboardView, by_urgency, cards_of
from portal.editing.words import reason
from portal.errorpages import ErrorPages
from portal.kit import assets, guard, html, i18n
from portal.kit.forms import Form, Problem
from portal.kit.private import Private
from portal.main import visitor_templates
from portal.maps.atlas import Atlas
from portal.orders.viewmodels import LiveView
from portal.settings import Settings
from portal.sharing.links import Shared
from portal.sharing.pages import Choice
from portal.sharing.public.values import Scope as Shares, SharedShop
from tests.orders.sample_parts import NOW, SHOP, TODAY, ZONE
from tests.orders.sample_views import STORIES
from tests.sharing.sample_shared import SHARED
from tests.support import account_stories, change_stories, privacy_stories
from tests.support.mirrored import RTL, Mirrored

ERRORS: Final = (403, 404, 410, 413, 429, 500, 503)
_PERSONS: Final = {**account_stories.STORIES, **privacy_stories.STORIES, **change_stories.STORIES}
_CHANGES: Final = change_stories.order_stories()
ADDRESSES: Final = (
    *(f"/story/{name}" for name in (*STORIES, *_CHANGES)),
    *(f"/error/{status}" for status in ERRORS),
    *(f"/account/{name}" for name in _PERSONS),
    "/home",
    "/demo",
    *(f"/shared/{name}" for name in SHARED),
    *(f"/visitor/{name}" for name in ("preview", "cover", "limited", "gone", "ended")),
    "/sharing",
    "/dashboard/full",
    "/dashboard/found",
    "/dashboard/empty",
)
_LANGUAGES: Final = tuple(
    (code, i18n.own_name(code), f"?lang={code}") for code in ("de", "en", "es", "fr", "it", "nl", RTL)
)
_OVER: Final = {"delivered", "collected", "cancelled", "digital_only", "handed_out"}
_SIGNED_IN: Final = {"late"}  # by its person, who may do more than one who has the link
_ORDERS: Final = (
    {"number": "#1001", "url": "/story/in_transit", "note": "on its way"},
    {"number": "#1002", "url": "/story/late", "note": ""},
)


def app(origin: str) -> ASGIApp:
    """All pages, behind the guard."""
    i18n.load(paths.LOCALES)
    i18n.add(RTL, Mirrored())
    brand = brand_of(Settings.model_validate({}))
    static = assets.load(paths.STATIC, brand.files)
    shown = look(brand, static.url)
    env = html.environment(paths.TEMPLATES, static.url, {"maps": Atlas(i18n.locale), "look": shown, "reason": reason})
    errors = ErrorPages(env, SHOP, Settings.model_validate({}))

    async def story(request: Request) -> Response:
        return HTMLResponse(order_page(env, request.path_params["name"], request.query_params.get("lang", "en")))

    async def error(scope: Scope, receive: Receive, send: Send) -> None:
        await errors.refuse(scope, scope["path_params"]["status"], 30)(scope, receive, send)

    async def home(request: Request) -> Response:
        orders = _ORDERS if request.url.path == "/demo" else ()
        return errors.page(request, "home.html", {**account_stories.HOME, "orders": orders})

    async def account(request: Request) -> Response:
        name, values = _PERSONS[request.path_params["name"]]
        return errors.page(request, name, {**account_stories.SHARED, **values})

    visitor = visitor_templates(Settings.model_validate({}), static.url, shown)

    async def shared(request: Request) -> Response:
        return HTMLResponse(visitor_page(visitor, request.path_params["name"], request.query_params.get("lang", "en")))

    async def sharing(request: Request) -> Response:
        return HTMLResponse(sharing_page(env, request.query_params.get("lang", "en")))

    async def dashboard(request: Request) -> Response:
        return HTMLResponse(dashboard_page(env, request.path_params["name"], request.query_params.get("lang", "en")))

    routes = [
        Route("/story/{name}", story),
        Route("/story/{name}/events", Quiet()),
        Route("/error/{status:int}", Adapter(error)),
        Route("/account/{name}", account),
        Route("/home", home),
        Route("/demo", home),
        Route("/shared/{name}", shared),
        Route("/shared/{name}/events", Quiet()),
        Route("/visitor/{name}", shared),
        Route("/sharing", sharing),
        Route("/dashboard/{name}", dashboard),
        Route("/orders/events", Quiet()),
        Route("/sw.js", lambda _: PlainTextResponse("", media_type="text/javascript")),  # keeps nothing
        Route("/ready", lambda _: PlainTextResponse("yes")),
        Mount("/static", static),
    ]
    return guard.Guard(Starlette(routes=routes), guard.Rules(origin, 1_000_000), errors.refuse)


def order_page(env: Environment, name: str, language: str) -> str:
    """The whole page of one story."""
    view = _CHANGES[name] if name in _CHANGES else STORIES[name]()
    live = None if name in _OVER else LiveView(f"/story/{name}/events", 41)
    values: dict[str, Any] = {"view": view, "live": live, "now": NOW, "today": TODAY}
    if name in _SIGNED_IN:
        values |= {"how": "person", "base": f"/story/{name}"}
    with i18n.using(language, ZONE):
        return html.render(env, "orders/page.html", values | {"lang": language, "languages": _LANGUAGES})


def visitor_page(env: Environment, name: str, language: str) -> str:
    """A page of the visitor's side: a shared order, or one that says that there is nothing."""
    values: dict[str, Any] = {"shop": SharedShop(SHOP.name), "lang": language, "languages": _LANGUAGES, "today": TODAY}
    page, live, preview = "page.html", None, None
    if name in ("cover", "limited", "gone"):
        page, values["limited"] = f"{'gone' if name == 'gone' else 'cover'}.html", name == "limited"
    elif name == "preview":
        preview, name = "../sharing", "everything"
    elif name != "ended":
        live = f"/shared/{name}/events?after=41&lang={language}"
    values |= {"view": SHARED.get(name), "live": live, "preview": preview, "demo": False, "notices": ()}
    with i18n.using(language, ZONE):
        if name != "ended":
            return html.render(env, page, values)
        around = html.render(env, "page.html", values | {"view": SHARED["status"]})
        before, _, rest = around.partition('tabindex="-1">')
        return before + 'tabindex="-1">' + html.render(env, "_gone.html", {}) + rest[rest.index("</main>") :]


def sharing_page(env: Environment, language: str) -> str:
    """The owner's list of links, with a form that holds a mistake."""
    url = f"https://track.example/s/{'B' * 27}"
    links = [
        Shared(1, Private("Mamie"), Shares(items=True), url, False, NOW, 3, 1, NOW, NOW, None),
        Shared(2, Private(""), Shares(towns=True, gift=True), None, True, NOW, None, 0, None, NOW, None),
    ]
    form: Form[Choice] = Form({"lasts": "7", "opens": "x"}, {"opens": Problem("This must be a whole number.")})
    values: dict[str, Any] = {"shop": SHOP, "links": links, "form": form, "now": NOW, "today": TODAY, "wish": None}
    values |= {
        "base": "/sharing",
        "order": "/story/in_transit",
        "by_link": True,
        "demo": False,
        "looks": (),
        "names": {},
    }
    with i18n.using(language, ZONE):
        return html.render(env, "sharing/page.html", values | {"lang": language, "languages": _LANGUAGES})


def dashboard_page(env: Environment, name: str, language: str) -> str:
    """The list of a person's orders: all stories on it, two that were searched for, or none."""
    every = cards_of(
        {f"{place:016x}": replace(build(), number=f"#{1001 + place}") for place, build in enumerate(STORIES.values())}
    )
    now = tuple(card for card in every if card.kind in ("attention", "moving"))
    past = tuple(card for card in every if card not in now)
    view = DashboardView(SHOP, known=True, now=(), past=())
    if name == "full":
        calendar = f"https://track.example/calendar/{'C' * 27}.ics"
        view = replace(view, now=by_urgency(now), past=past, newer=None, older=2, calendar=calendar)
    elif name == "found":
        view = replace(view, found=every[3:5], words="apron", show="moving")
    values: dict[str, Any] = {"view": view, "live": 41 if name == "full" else None, "now": NOW, "today": TODAY}
    values |= {"shop": SHOP, "viewer": account_stories.ADA, "query": "", "filters": dict.fromkeys(("", *FILTERS), "")}
    with i18n.using(language, ZONE):
        return html.render(env, "dashboard/page.html", values | {"lang": language, "languages": _LANGUAGES})


class Adapter:
    """An ASGI application for a route: Starlette takes plain functions for request handlers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        await self._app(scope, receive, send)


class Quiet:
    """An event stream on which nothing happens."""

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Say hello, then wait for the end."""
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b": connected\n\n", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass


if __name__ == "__main__":
    where = f"http://127.0.0.1:{sys.argv[1]}"
    uvicorn.run(app(where), port=int(sys.argv[1]), log_level="warning", timeout_graceful_shutdown=1)
