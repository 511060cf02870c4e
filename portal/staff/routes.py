"""Every address of the shop's people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.routing import BaseRoute, Route

from portal.editing.engine import Engine
from portal.kit.stream import LiveResponse
from portal.orders.pages import OrderPages
from portal.sharing.public.pages import VisitorPages
from portal.staff.acts import Hands
from portal.staff.cancelling import Cancelling
from portal.staff.deciding import Deciding
from portal.staff.desk import StaffDesk
from portal.staff.doing import Doing
from portal.staff.entrance import Entrance
from portal.staff.lists import Lists, ListStream
from portal.staff.orders import OrderStream, StaffOrders
from portal.staff.seeing import Seeing


@dataclass(frozen=True, slots=True)
class StaffPages:
    """What there is for the shop's people; `lists` and `orders` render what moves."""

    entrance: Entrance
    lists: Lists
    orders: StaffOrders
    doing: Doing
    seeing: Seeing
    cancelling: Cancelling
    deciding: Deciding

    def routes(self, live: LiveResponse) -> list[BaseRoute]:
        """The routes, streams among them."""
        order = "/staff/orders/{ref}"
        doing = {
            "to-ship": self.doing.to_ship,
            "ship": self.doing.ship,
            "ready": self.doing.ready,
            "collected": self.doing.collected,
            "delivered": self.doing.delivered,
            "settled": self.doing.settled,
            "cancel/confirm": self.cancelling.confirm,
            "changes/accept": self.deciding.accept,
            "changes/decline": self.deciding.decline,
            "changes/again": self.deciding.again,
            "changes/made": self.deciding.made,
            "changes/not-made": self.deciding.not_made,
        }
        return [
            Route("/staff", self.lists.overview, methods=["GET"]),
            Route("/staff/events", ListStream(self.lists, live), methods=["GET"]),
            Route("/staff/sign-in", self.entrance.start, methods=["GET", "POST"]),
            Route("/staff/sign-in/code", self.entrance.code, methods=["GET", "POST"]),
            Route("/staff/sign-in/again", self.entrance.again, methods=["GET", "POST"]),
            Route("/staff/sign-out", self.entrance.leave, methods=["POST"]),
            Route(order, self.orders.page, methods=["GET"]),
            Route(f"{order}/events", OrderStream(self.orders, live), methods=["GET"]),
            Route(f"{order}/as-customer", self.seeing.as_customer, methods=["GET"]),
            Route(f"{order}/as-visitor", self.seeing.as_visitor, methods=["GET"]),
            Route(f"{order}/cancel", self.cancelling.choose, methods=["GET"]),
            Route(f"{order}/cancel", self.cancelling.preview, methods=["POST"]),
            *(Route(f"{order}/{name}", act, methods=["POST"]) for name, act in doing.items()),
        ]


def staff_pages(
    desk: StaffDesk, engine: Engine, pages: OrderPages, visitors: VisitorPages, looked: Callable[[int], None]
) -> StaffPages:
    """The pages; `looked` is told the order whenever somebody of the shop opens one."""
    orders = StaffOrders(desk, Hands(desk.context, engine.shops), looked)
    return StaffPages(
        Entrance(desk),
        Lists(desk),
        orders,
        Doing(orders),
        Seeing(orders, pages, visitors),
        Cancelling(orders, engine),
        Deciding(orders, engine),
    )
