"""Whether a link opens for a request, and keeping count of its opens.

A link that may be opened only so often knows the browsers that opened it by a cookie, made from the link's secret
and the installation's key; it says nothing about anyone and is needed for what the visitor asks. Links without a
limit set it only for a browser that was taken for a machine, and whose reader pressed "Open".
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, update
from starlette.types import Scope as Request

from portal.context import Context
from portal.kit import cookies
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.kit.ids import TOKEN, token_hash
from portal.sharing.models import SHARE_LINK
from portal.sharing.public import reads
from portal.sharing.public.values import SharedLink

_PURPOSE: Final = "share opened"
_LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")
_LONGEST_S: Final = 90 * 86_400


async def opened(context: Context, request: Request, token: str) -> tuple[SharedLink, bool]:
    """The link with this secret, and whether this browser has opened it before. Raises NotThere for a link that
    never was, has ended, was taken back, or has been opened as often as it may by others."""
    if not TOKEN.fullmatch(token):
        raise NotThere
    async with context.db.read() as reader:
        link = await reads.link_by_token(reader, token)
    if link is None or link.is_over(context.clock.now()):
        raise NotThere
    known = _is_known(context, request, token)
    if link.used_up and not known:
        raise NotThere
    return link, known


async def count(context: Context, link: SharedLink) -> None:
    """One more open. Raises NotThere when somebody else took the last one meanwhile."""
    now: datetime = context.clock.now()
    room = or_(SHARE_LINK.c.max_opens.is_(None), SHARE_LINK.c.opens < SHARE_LINK.c.max_opens)
    more: Any = (
        update(SHARE_LINK)
        .where(SHARE_LINK.c.id == link.id, SHARE_LINK.c.revoked_at.is_(None), room)
        .values(opens=SHARE_LINK.c.opens + 1, last_opened_at=now)
    )

    async def unit(tx: Tx) -> int:
        return await tx.run(more)

    if not await context.db.write(unit):
        raise NotThere


def cookie(context: Context, request: Request, token: str, link: SharedLink) -> str:
    """The Set-Cookie header by which a limited link knows this browser again."""
    left = int((link.expires_at - context.clock.now()).total_seconds())
    value = context.keys.keyed_hash(_PURPOSE, token)
    secure = cookies.secure(request)
    return cookies.given(_name(token), value, secure=secure, max_age=max(1, min(left, _LONGEST_S)))


def _is_known(context: Context, request: Request, token: str) -> bool:
    value = cookies.value(request, _name(token)) or ""
    return any(hmac.compare_digest(value, ours) for ours in context.keys.hashes(_PURPOSE, token))


def _name(token: str) -> str:
    """One for each link, so that a browser may know several; letters, as in all our cookies' names."""
    return f"jalon-shared-{token_hash(token)[:10].translate(_LETTERS)}"
