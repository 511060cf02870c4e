"""What whoever delivers is asked to do. Vendure has no place for it: the shop's own custom field is one, and else a
note that only staff see."""

from __future__ import annotations

from portal.platforms.changes import Applied, NotApplied, SetInstructions
from portal.platforms.vendure import operations, words
from portal.platforms.vendure.api import Refused
from portal.platforms.vendure.deliveries import INSTRUCTIONS, NO_INSTRUCTIONS
from portal.platforms.vendure.desk import Desk, Found
from portal.platforms.vendure.refusals import thrown


async def instruct(desk: Desk, found: Found, change: SetInstructions, mark: str) -> Applied | NotApplied:
    """Write it down, with a mark. Raises ShopError."""
    wanted = (change.text or "").strip()
    note = f"{INSTRUCTIONS}{wanted}" if wanted else NO_INSTRUCTIONS
    try:
        if desk.instructions is None:
            await desk.api.do(operations.NOTE, input=_note(found, note, mark))
        else:
            fields = {"id": found.id, "customFields": {desk.instructions: wanted or None}}
            kept = _note(found, "Changed delivery instructions", mark)
            await desk.api.do(operations.SET_FIELDS, fields=fields, note=kept)
    except Refused as refused:
        return thrown(refused)
    return Applied()


def _note(found: Found, said: str, mark: str) -> dict[str, object]:
    return {"id": found.id, "note": words.marked(said, mark), "isPublic": False}
