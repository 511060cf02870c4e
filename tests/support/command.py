"""The product's commands as the tests run them."""

from __future__ import annotations

import json
import sys
from typing import Any

from portal.context import Context
from portal.orders.links import make_link, order_id_of
from tests.support.context import KEY
from tests.support.server import Installation, launch

SHOP = "atelier-lune.example"


def jalon(installation: Installation, *words: str) -> str:
    """What `jalon …` says on this installation's database; it must succeed."""
    log = installation.folder / f"command{len(list(installation.folder.glob('command*')))}.log"
    settings = {"JALON_DATABASE_URL": installation.database_url, "JALON_SECRET_KEY": KEY}
    done = launch([sys.executable, "-m", "portal", *words], log, **settings)
    assert done.popen.wait(60) == 0, done.said()
    return done.said().strip()


def import_shopify(installation: Installation, order: dict[str, Any]) -> str:
    """What `jalon import shopify` says about this order."""
    file = installation.folder / "order.json"
    file.write_text(json.dumps(order))
    return jalon(installation, "import", "shopify", str(file), "--shop", SHOP)


async def link_to(context: Context, number: str) -> str:
    """The path of a new link to the order with this number."""
    link = await make_link(context, await order_id_of(context, number))
    return link.removeprefix(context.settings.base_url)
