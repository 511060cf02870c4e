"""A shop with a few orders, and its mail read over its shoulder."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest
from sqlalchemy import select

from portal.context import Context
from portal.mail.models import MAIL
from portal.mail.private import MAIL_PRIVATE
from portal.orders.sync import import_order
from portal.wiring import DELIVER
from portal.worker import run_due
from tests.support.context import order, rows
from tests.support.visit import Visit
from tests.support.web import Answer, Site, site

ADA, BEA = "ada@example.com", "bea@example.com"
PHONE, POSTCODE = "+33199001234", "35400"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that was sent."""

    to: str
    message: str
    text: str

    @property
    def code(self) -> str:
        """The six digits in it."""
        found = re.search(r"(\d{3})\s(\d{3})", self.text)
        assert found
        return found[1] + found[2]

    @property
    def link(self) -> str:
        """The path of the address in it."""
        found = re.search(r"https?://[^/\s]+(/sign-in/link/\S+)", self.text)
        assert found
        return found[1]


@dataclass(frozen=True, slots=True)
class Counter:
    """The shop: its site, and what it sent. #1001 and #1003 are Ada's, #1002 is Bea's; #1004 has a phone number
    alone, #1005 neither, but a postcode."""

    site: Site

    @property
    def context(self) -> Context:
        """What the site works with."""
        return self.site.context

    async def post(self) -> list[Letter]:
        """Do what is due, then all messages so far, oldest first."""
        while await run_due(self.context):
            pass
        asked = select(MAIL.c.message, MAIL.c.locale, MAIL_PRIVATE.c.address, MAIL_PRIVATE.c["values"].label("filling"))
        found = await rows(self.context, asked.join(MAIL_PRIVATE).order_by(MAIL.c.id))
        return [
            Letter(row.address, row.message, DELIVER.letter(self.context, row.message, row.locale, row.filling).text)
            for row in found
        ]

    async def begin(self, visit: Visit | None = None, /, **form: str) -> Visit:
        """Ask for a code; the browser that asked."""
        visit = visit or Visit(self.site)
        answer = await visit.send("/sign-in", form)
        assert (answer.status, answer.headers.get("location")) == (303, "/sign-in/code"), answer.text
        return visit

    async def sign_in(self, email: str = ADA, visit: Visit | None = None) -> Visit:
        """Somebody who has signed in with a code."""
        visit = await self.begin(visit, email=email)
        answer = await visit.send("/sign-in/code", {"code": (await self.post())[-1].code})
        assert answer.status == 303, answer.text
        return visit


async def opened(context: Context) -> Counter:
    """The shop over an open context; its messages stay to be read, as in the demonstration."""
    kept = replace(context, mailbox=True)
    for number, customer in (
        ("#1001", {"email": ADA, "phone": PHONE}),
        ("#1002", {"email": BEA}),
        ("#1003", {"email": "Ada@Example.COM"}),
        ("#1004", {"phone": PHONE}),
        ("#1005", {}),
    ):
        shipping = {"name": "Ada Exemple", "postcode": POSTCODE, "city": "Saint-Malo", "country": "FR"}
        await import_order(kept, order(number=number, customer=customer, address={"shipping": shipping}))
    return Counter(site(kept))


@pytest.fixture
async def counter(context: Context) -> Counter:
    """On SQLite."""
    return await opened(context)


@pytest.fixture
async def any_counter(any_context: Context) -> Counter:
    """On SQLite, then on PostgreSQL."""
    return await opened(any_context)


@pytest.fixture(scope="session", autouse=True)
def once_compressed() -> Iterator[None]:
    """Every site has the same static files; compressing them takes most of the time of opening one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brotli, "compress", cache(brotli.compress))
        yield


def shape(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    """All that a stranger sees of an answer, but for the secret in the cookie, which is random."""
    headers = {name: re.sub(r"=[\w-]{27};", "=…;", value) for name, value in answer.headers.items()}
    return answer.status, headers, answer.body


@asynccontextmanager
async def settings_of(counter: Counter, **more: Any) -> AsyncIterator[Counter]:
    """The same shop with other settings."""
    changed = replace(counter.context, settings=counter.context.settings.model_copy(update=more))
    yield Counter(site(changed))
