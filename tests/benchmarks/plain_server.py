"""What the order page is compared with: Starlette and Jinja and nothing else. The views are made before serving, so
a request is a look-up in a dict and the same templates."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from portal import paths
from portal.branding.brand import brand_of, look
from portal.kit import assets, html, i18n
from portal.kit.clock import SystemClock
from portal.kit.db import open_database
from portal.maps.atlas import Atlas
from portal.orders import queries
from portal.orders.view import order_view
from portal.orders.viewmodels import LiveView, OrderView, ShopView
from portal.settings import Settings
from tests.benchmarks.seed import token

_ZONE = "Europe/Paris"


def application(views: dict[str, OrderView]) -> Starlette:
    """GET /o/{token} renders the view kept under the token."""
    i18n.load(paths.LOCALES)
    brand = brand_of(Settings.model_validate({}))
    static = assets.load(paths.STATIC, brand.files)
    env = html.environment(paths.TEMPLATES, static.url, {"maps": Atlas(i18n.locale), "look": look(brand, static.url)})
    languages = [("en", "English", "?lang=en"), ("fr", "Français", "?lang=fr")]

    async def page(request: Request) -> Response:
        secret = request.path_params["token"]
        view, now = views[secret], datetime.now(UTC).replace(second=0, microsecond=0)
        live = LiveView(f"/o/{secret}/events", 1)
        values = {"view": view, "now": now, "today": now.date(), "live": live, "lang": "en", "languages": languages}
        with i18n.using("en", _ZONE):
            return HTMLResponse(html.render(env, "orders/page.html", values))

    return Starlette(routes=[Route("/o/{token}", page)])


async def prepared(url: str, orders: int) -> dict[str, OrderView]:
    """The views of orders 1 to `orders` by their links."""
    db, now, views = open_database(url, SystemClock()), datetime.now(UTC), {}
    shop = ShopView("Atelier Nord", None, None)
    async with db.read() as reader:
        for number in range(1, orders + 1):
            rows = await queries.load(reader, number)
            assert rows is not None
            views[token(number)] = order_view(rows, shop=shop, now=now, zone=ZoneInfo(_ZONE), polled=frozenset())
    await db.close()
    return views


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--orders", type=int, required=True)
    args = parser.parse_args()
    app = application(asyncio.run(prepared(args.database, args.orders)))
    uvicorn.run(app, port=args.port, loop="uvloop", http="httptools", access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
