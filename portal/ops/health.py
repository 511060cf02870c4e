"""Whether this process lives, and whether it can do its work."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from portal.context import Context
from portal.kit.errors import Unavailable
from portal.kit.live import Hub


@dataclass(frozen=True, slots=True)
class Health:
    """Answers for supervisors and load balancers; says nothing about customers."""

    context: Context
    hub: Hub

    async def live(self, _: Request) -> Response:
        """GET /healthz/live: the process answers."""
        return JSONResponse({"status": "ok"})

    async def ready(self, _: Request) -> Response:
        """GET /healthz/ready: the database answers and this process is not stopping."""
        try:
            await self.context.db.ping()
        except Unavailable:
            return JSONResponse({"status": "database unavailable"}, 503, {"retry-after": "5"})
        if self.hub.closing:
            return JSONResponse({"status": "stopping"}, 503)
        return JSONResponse({"status": "ok", "streams": len(self.hub)})
