"""Fields that a form does not have bind to nothing: with all names of all columns beside the real fields, every
button does exactly what it does without them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlmodel import SQLModel
from starlette.routing import Route

from portal import tables
from portal.context import opened as opened_context
from portal.kit.clock import ManualClock
from portal.kit.forms import MOST_FIELDS
from portal.orders.sync import import_order
from portal.sharing.links import Maker, Wish, make_share_link
from portal.sharing.public.values import Scope
from tests.privacy.story import ADA, Shop, address_of, everything, opened
from tests.support.context import NOW, order, parcel, settings_on
from tests.support.visit import of_the_shop
from tests.web.test_routes import MATRIX, PROVEN, starlette

_DECLARED = tables
KEY = {"key": "k" * 12}
EDIT = {"edit": "0" * 16}
# What each form asks for; a button without fields sends none. A new form fails until it is here.
FORMS: dict[str, dict[str, str]] = {
    "/account/contacts": {"email": "ada.second@example.com"},
    "/account/contacts/{id:int}/remove": {},
    "/account/erase": {"sure": ""},
    "/account/language": {"language": "fr"},
    "/account/passkeys": {},
    "/account/passkeys/options": {},
    "/account/passkeys/{id:int}/name": {"name": "Blue key"},
    "/account/passkeys/{id:int}/remove": {},
    "/account/sessions/end": {},
    "/account/sessions/{id:int}/end": {},
    "/orders/calendar": {},
    "/orders/calendar/end": {},
    "/c/{token}": {},
    "/orders/{ref}/change/new/{action}": {"text": "Ring twice", "key": "0" * 16},
    "/orders/{ref}/change/return": {},
    "/orders/{ref}/change/{edit}/confirm": {},
    "/orders/{ref}/change/{edit}/undo": {},
    "/orders/{ref}/collecting": {"name": "Karim"},
    "/orders/{ref}/collecting/link": {},
    "/orders/{ref}/collecting/link/end": {},
    "/orders/{ref}/parcels/{shipment:int}/carrier": {"carrier": "ups"},
    "/orders/{ref}/sharing": {"lasts": "7", "items": "on", "towns": "", "gift": "", "opens": "3", "label": "Sis"},
    "/orders/{ref}/sharing/{link:int}/end": {},
    "/s/{token}": {},
    "/sign-in": {"way": "email", "email": ADA, "number": ""},
    "/sign-in/again": {},
    "/sign-in/code": {"code": "123456"},
    "/sign-in/link/{token}": {},
    "/sign-in/passkey": {},
    "/sign-in/passkey/options": {},
    "/sign-in/resend": {},
    "/sign-out": {},
    "/staff/orders/{ref}/cancel": {**KEY, "what": "items", "reason": "out_of_stock", "units-0": "1"},
    "/staff/orders/{ref}/cancel/confirm": EDIT,
    "/staff/orders/{ref}/changes/accept": {**EDIT, "note": "Yes"},
    "/staff/orders/{ref}/changes/again": {**EDIT, "note": ""},
    "/staff/orders/{ref}/changes/decline": {**EDIT, "note": "No"},
    "/staff/orders/{ref}/changes/made": {**EDIT, "note": ""},
    "/staff/orders/{ref}/changes/not-made": {**EDIT, "note": ""},
    "/staff/orders/{ref}/collected": {**KEY, "delivery": "shop", "code": "7KQM-3XWP", "known": ""},
    "/staff/orders/{ref}/delivered": {**KEY, "parcel": "p"},
    "/staff/orders/{ref}/ready": {**KEY, "delivery": "shop"},
    "/staff/orders/{ref}/settled": KEY,
    "/staff/orders/{ref}/ship": {**KEY, "number": "", "carrier": "ups", "units-0": "1"},
    "/staff/orders/{ref}/to-ship": KEY,
    "/staff/sign-in": {"email": "jeanne@atelier-lune.example"},
    "/staff/sign-in/again": {},
    "/staff/sign-in/code": {"code": "123456"},
    "/staff/sign-out": {},
}
# Names that mean nothing by themselves, and every column there is.
NAMES = sorted(
    {column.name for table in SQLModel.metadata.tables.values() for column in table.columns}
    | {"person", "owner", "is_admin", "role", "how", "may_act", "days", "scope", "viewer", "proven"}
)
TOGETHER = MOST_FIELDS - 10  # a form with more fields is not read at all
_numbers = count()
_RANDOM = re.compile(r"[0-9a-f]{16,}|[\w-]{20,}")


async def done(folder: Path, blank: Path, path: str, extra: Collection[str]) -> tuple[int, str, str]:
    """What the button answers and does in a shop of its own, with these names beside the fields of its form."""
    url = f"sqlite:///{shutil.copy(blank, folder / f'{next(_numbers)}.db')}"
    async with opened_context(settings_on(url), clock=ManualClock(NOW), accounts={}) as context:
        shop = await opened(replace(context, environ={"JALON_PLATFORM_NEUTRAL_SHOP": "atelier"}, mailbox=True))
        await _more(shop)
        target, form = await address(shop, path), FORMS[path]
        who = await of_the_shop(shop.site) if path.startswith("/staff/orders/") else shop.ada
        if path in ("/sign-in/code", "/sign-in/resend"):
            await shop.ada.send("/sign-in", {"email": ADA})
        answer = await who.send(target, {**dict.fromkeys(extra, "1"), **form})
        return answer.status, masked(answer.headers.get("location", "")), masked(await everything(context))


async def _more(shop: Shop) -> None:
    """Two more orders of Ada's, in the shop that is kept here: one to be collected, and one that is partly sent."""
    ready = {"code": "7KQM-3XWP", "ready_at": "2026-11-19T12:00:00Z"}
    pickup = {"id": "shop", "method": "pickup", "location": {"name": "Atelier"}, "pickup": ready}
    source, contact = {"platform": "neutral", "shop": "atelier"}, {"email": ADA}
    for number, more in (("3", {"deliveries": [pickup]}), ("4", {"parcels": [parcel("p", "6A40", {"mug": 1})]})):
        await import_order(
            shop.context, order(number=f"#{number}", source={**source, "order_id": number}, contact=contact, **more)
        )


def _order_of(path: str) -> int:
    """Which of the orders a route is about."""
    if "/collecting" in path or path.endswith(("/ready", "/collected")):
        return 3
    return 4 if path.startswith("/staff/") or "/change/" in path else 1


async def address(shop: Shop, path: str) -> str:
    """The route's address, about what is Ada's; the session is Bea's."""
    shared = await make_share_link(shop.context, 1, Wish(Scope()), Maker())
    known = {
        "/sessions/{id:int}": "/sessions/2",
        "{id:int}": "1",
        "/orders/{ref}": await address_of(shop.context, _order_of(path)),
        "{link:int}": "1",
        "{action}": "instructions",
        "{edit}": "0" * 16,
        "{shipment:int}": "1",
        "/s/{token}": shared.removeprefix(shop.context.settings.base_url),
        "/c/{token}": "/c/" + "B" * 27,
        "/link/{token}": "/link/" + "B" * 27,
    }
    for name, value in known.items():
        path = path.replace(name, value)
    return path


def masked(text: str) -> str:
    """Without secrets and names that are drawn at random."""
    return _RANDOM.sub("…", text)


def test_every_form_of_the_application_is_here() -> None:
    posted = {name.removeprefix("POST ") for name in MATRIX if name.startswith("POST ") and name not in PROVEN}
    assert posted == FORMS.keys()


async def test_the_routes_are_those_of_the_application(sqlite_url: str) -> None:
    async with opened_context(settings_on(sqlite_url), clock=ManualClock(NOW), accounts={}) as context:
        _, app = starlette((await opened(context)).site)
    posted = {route.path for route in app.routes if isinstance(route, Route) and "POST" in (route.methods or ())}
    assert posted - {name.partition(" ")[2] for name in PROVEN} == FORMS.keys()


@pytest.mark.parametrize("path", FORMS)
async def test_what_is_no_field_of_a_form_changes_nothing(blank_sqlite: Path, tmp_path: Path, path: str) -> None:
    plain = await done(tmp_path, blank_sqlite, path, ())
    for first in range(0, len(NAMES), TOGETHER):
        assert await done(tmp_path, blank_sqlite, path, NAMES[first : first + TOGETHER]) == plain


async def test_a_real_field_does_make_a_difference(
    blank_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/orders/{ref}/sharing"
    plain = await done(tmp_path, blank_sqlite, path, ())
    monkeypatch.setitem(FORMS, path, {**FORMS[path], "opens": "4"})
    assert await done(tmp_path, blank_sqlite, path, ()) != plain
