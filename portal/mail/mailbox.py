"""The demonstration's mailbox: what would have been sent, to be read on a page. There is no such page elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import bindparam, select
from starlette.requests import Request
from starlette.responses import Response

from portal.context import Context
from portal.kit.prepared import Query
from portal.mail.compose import Letter
from portal.mail.models import MAIL
from portal.mail.private import MAIL_PRIVATE

_SHOWN: Final = 30
_NEWEST = Query(
    select(
        MAIL.c.id,
        MAIL.c.message,
        MAIL.c.locale,
        MAIL.c.created_at,
        MAIL_PRIVATE.c.address,
        MAIL_PRIVATE.c["values"].label("filling"),
    )
    .join(MAIL_PRIVATE, MAIL_PRIVATE.c.mail_id == MAIL.c.id)
    .order_by(MAIL.c.id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the page shows it; `parts` are runs of text, and addresses of ours to follow."""

    to: str
    at: datetime
    subject: str
    parts: list[tuple[str, bool]]


class Say(Protocol):
    """Answers with a page in the visitor's language."""

    def __call__(self, request: Request, name: str, values: dict[str, Any]) -> Response:
        """The page `name`."""
        ...


@dataclass(frozen=True, slots=True)
class Mailbox:
    """GET /mailbox"""

    context: Context
    letter: Callable[[Context, str, str, str], Letter]
    say: Say

    async def page(self, request: Request) -> Response:
        """The newest messages."""
        async with self.context.db.read() as reader:
            rows = await reader.rows(_NEWEST, {"most": _SHOWN})
        return self.say(
            request, "mailbox.html", {"letters": [self._shown(row) for row in rows], "now": self.context.clock.now()}
        )

    def _shown(self, row: Any) -> Shown:
        letter = self.letter(self.context, row.message, row.locale, row.filling)
        ours = re.compile(f"({re.escape(self.context.settings.base_url)}/[\\w/.-]+)")
        parts = [(part, bool(i % 2)) for i, part in enumerate(ours.split(letter.text))]
        return Shown(row.address, row.created_at, letter.subject, parts)
