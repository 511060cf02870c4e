"""Every address of changing an order."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from portal.editing.engine import Engine
from portal.editing.pages.owner import ChangeDesk
from portal.editing.pages.pages import ChangePages
from portal.editing.pages.returns import ReturnPages
from portal.orders.guarded import Guarded, Say
from portal.signin.desk import Desk


def routes(engine: Engine, desk: Desk, say: Say) -> list[BaseRoute]:
    """The routes. What is not theirs is answered by `say`, as on every page about an order."""
    change_desk, base = ChangeDesk(engine, desk), "/orders/{ref}/change"
    pages, returns = ChangePages(change_desk), ReturnPages(change_desk)
    return [
        Route(base, Guarded({"GET": pages.home}, say), methods=["GET"]),
        Route(base + "/new/{action}", Guarded({"GET": pages.form, "POST": pages.send}, say), methods=["GET", "POST"]),
        Route(base + "/return", Guarded({"GET": returns.form, "POST": returns.send}, say), methods=["GET", "POST"]),
        Route(base + "/{edit}", Guarded({"GET": pages.edit}, say), methods=["GET"]),
        Route(base + "/{edit}/confirm", Guarded({"POST": pages.confirm}, say), methods=["POST"]),
        Route(base + "/{edit}/undo", Guarded({"POST": pages.undo}, say), methods=["POST"]),
    ]
