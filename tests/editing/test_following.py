"""A policy that is published reaches the pages that are open, and those that a browser keeps."""

from __future__ import annotations

from portal.context import Context
from portal.editing import policies
from portal.kit.db import Tx
from tests.editing.test_pages import counter

ASK_FIRST = 'schema = "policy/1"\n' + "".join(
    f'[{action}]\nverdict = "ask"\n'
    for action in ("swap", "quantity", "address", "instructions", "cancel_line", "cancel_order")
)


async def test_a_new_policy_changes_pages_that_are_known_and_open(any_context: Context) -> None:
    shop = await counter(any_context)
    page = f"/orders/{shop.ref}"
    before = await shop.ada.ask(page)
    assert "Change or cancel something" in before.text
    async with shop.site.running(), shop.ada.stream(f"{page}/events?after=0&lang=en") as live:
        await live.until("Change or cancel something")

        async def unit(tx: Tx) -> None:
            await policies.publish(tx, any_context.clock.now(), ASK_FIRST, "toml")

        await any_context.db.write(unit)
        await live.until("Ask for a change")
        after = await shop.ada.ask(page, if_none_match=before.headers["etag"])
    assert after.status == 200
    assert "Ask for a change" in after.text
    assert "Change or cancel something" not in after.text
