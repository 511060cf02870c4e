"""Every address of a person's list of orders."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from portal.dashboard.pages import Dashboard, DashboardStream


def routes(dashboard: Dashboard, stream: DashboardStream) -> list[BaseRoute]:
    """The routes."""
    return [
        Route("/orders", dashboard.overview, methods=["GET"]),
        Route("/orders/events", stream, methods=["GET"]),
        Route("/orders/calendar", dashboard.make_calendar, methods=["POST"]),
        Route("/orders/calendar/end", dashboard.end_calendar, methods=["POST"]),
        Route("/orders/{ref}/arrival.ics", dashboard.arrivals, methods=["GET"]),
        Route("/calendar/{token}.ics", dashboard.calendar, methods=["GET"]),
    ]
