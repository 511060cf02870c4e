"""What makes the portal an app on a customer's device: its manifest, the service worker, the page without a network.

The worker keeps nothing that has not been marked for it (`kit.pagecache.OFFLINE`), and is asked for by signed-in
people's pages alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal.branding.icons import NAMES
from portal.errorpages import ErrorPages
from portal.kit.assets import Assets
from portal.settings import Settings

_FRESH: Final = {"cache-control": "no-cache"}


@dataclass(frozen=True, slots=True)
class Installing:
    """Its three addresses. `build` names this version, so that browsers take a new worker with it."""

    settings: Settings
    static: Assets
    errors: ErrorPages
    build: str

    def routes(self) -> list[Route]:
        """The routes."""
        return [
            Route("/manifest.webmanifest", self.manifest, methods=["GET"]),
            Route("/sw.js", self.worker, methods=["GET"]),
            Route("/offline", self.offline, methods=["GET"]),
        ]

    async def manifest(self, _: Request) -> Response:
        """GET /manifest.webmanifest."""
        name = self.settings.shop_name
        about: dict[str, Any] = {
            "id": "/orders",
            "start_url": "/orders",
            "scope": "/",
            "name": name,
            "short_name": name if len(name) <= 12 else name.split()[0][:12],
            "display": "standalone",
            "background_color": "#f3f5f7",
            "theme_color": self.settings.shop_brand_colour,
            "icons": [self._icon(icon) for icon in NAMES if not icon.startswith("touch")],
        }
        return JSONResponse(about, headers=_FRESH, media_type="application/manifest+json")

    async def worker(self, _: Request) -> Response:
        """GET /sw.js: at the root, since a worker looks after nothing above its own folder."""
        script = b'const BUILD = "%s";\n' % self.build.encode() + self.static.get("js/sw.js").body
        return Response(script, headers=_FRESH, media_type="text/javascript")

    async def offline(self, request: Request) -> Response:
        """GET /offline: what a browser shows without a network."""
        page = self.errors.page(request, "offline.html", {})
        if "set-cookie" in page.headers:  # a worker asks for the language of the moment: nobody chose it
            del page.headers["set-cookie"]
        return page

    def _icon(self, name: str) -> dict[str, str]:
        kind, _, size = name.partition("-")
        purpose = "maskable" if kind == "maskable" else "any"
        src = self.static.url(f"brand/{name}.png")
        return {"src": src, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
