"""A browser at the site, as far as HTTP goes: it keeps cookies, navigates, follows redirects and sends forms."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from portal.accounts.people import prove
from portal.accounts.sessions import open_session
from portal.kit import cookies
from portal.kit.db import Tx
from portal.staff.members import put
from portal.staff.sessions import COOKIE as STAFF_COOKIE, open_session as open_staff_session
from tests.support.web import Answer, Exchange, Site

NAVIGATION = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document", "sec_fetch_site": "none"}


@dataclass
class Visit:
    """One browser profile. `seen` holds every Set-Cookie it was sent."""

    site: Site
    jar: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    async def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
        """One request from a page of ours."""
        if method not in ("GET", "HEAD"):
            headers = {"sec_fetch_site": "same-origin", **headers}
        answer = await self.site.ask(path, method, body=body, **self._sent(headers))
        self._take(answer)
        return answer

    async def send(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        """What a form's button sends."""
        kind = {"content_type": "application/x-www-form-urlencoded"}
        return await self.ask(path, "POST", urlencode(form), **{**kind, **headers})

    async def go(self, path: str, **headers: str) -> Answer:
        """Navigate there, and wherever that leads."""
        for _ in range(5):
            answer = await self.ask(path, **NAVIGATION, **headers)
            if answer.status not in (302, 303, 307, 308):
                return answer
            path = answer.headers["location"]
        raise AssertionError("redirected for ever")

    @asynccontextmanager
    async def stream(self, path: str, **headers: str) -> AsyncIterator[Exchange]:
        """A stream that is open for as long as the block lasts."""
        async with self.site.stream(path, **self._sent(headers)) as exchange:
            yield exchange

    def _sent(self, headers: Mapping[str, str]) -> dict[str, str]:
        jar = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        return {**({"cookie": jar} if jar else {}), **headers}

    def _take(self, answer: Answer) -> None:
        if line := answer.headers.get("set-cookie"):
            for given in line.split(", "):  # none of ours has a comma in it
                self.seen.append(given)
                name, _, value = given.partition(";")[0].partition("=")
                self.jar.pop(name, None)
                if value:
                    self.jar[name] = value


async def signed_in(site: Site, email: str, *, visit: Visit | None = None) -> Visit:
    """A person who has just proven this e-mail address, at a browser."""
    context, now = site.context, site.context.clock.now()

    async def unit(tx: Tx) -> str:
        person = await prove(tx, now, context.keys, "email", email)
        return (await open_session(tx, now, person_id=person, label="Firefox")).token

    visit = visit or Visit(site)
    secure = context.settings.base_url.startswith("https:")
    visit.jar[cookies.full_name(cookies.SESSION, secure=secure)] = await context.db.write(unit)
    return visit


async def of_the_shop(site: Site, name: str = "Jeanne", *, visit: Visit | None = None) -> Visit:
    """Somebody of the shop, who has just signed in at a browser."""
    context, now = site.context, site.context.clock.now()

    async def unit(tx: Tx) -> str:
        staff = await put(tx, now, name, f"{name.lower()}@atelier-lune.example")
        return (await open_staff_session(tx, now, staff, "Firefox")).token

    visit = visit or Visit(site)
    secure = context.settings.base_url.startswith("https:")
    visit.jar[cookies.full_name(STAFF_COOKIE, secure=secure)] = await context.db.write(unit)
    return visit
