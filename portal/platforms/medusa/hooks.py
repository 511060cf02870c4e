"""What a shop's subscriber file tells: `{"name", "id", "order_id"}`, signed. See docs/medusa.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from carriers.core.contract import Credential
from portal.platforms import signed
from portal.platforms.live import Hint
from portal.platforms.medusa.shape import text
from portal.platforms.strictjson import BadJson, first_value

SECRET: Final = "hook_secret"  # noqa: S105 - the name of a credential
OLD_SECRET: Final = "hook_secret_old"  # noqa: S105 - the name of a credential
SET_UP: Final = (
    "Medusa sends no webhooks. Copy docs/examples/medusa-subscriber.ts to src/subscribers of its project, and set"
    " JALON_HOOK_URL to this address and JALON_HOOK_SECRET to the same text as here."
)
CREDENTIALS: Final = (
    Credential(SECRET, "The text that the subscriber signs with: 16 characters or more, as you like", required=False),
    Credential(OLD_SECRET, "The one before, for as long as the subscriber may still use it", required=False),
)


def hint_of(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Hint | None:
    """See `Hooked.verify`."""
    if not signed.is_genuine(headers, body, secrets, now):
        return None
    try:
        told, _ = first_value(body.decode())
    except (UnicodeDecodeError, BadJson):
        return None
    topic = text(told, "name") if isinstance(told, dict) else None
    if topic is None:
        return None
    order = text(told, "order_id", "id") or ""
    about = (order,) if order.startswith("order_") else ()
    return Hint(headers[signed.ID], topic, "orders" if about else "nothing", about)
