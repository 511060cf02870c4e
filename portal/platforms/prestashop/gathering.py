"""Reads whole orders from a shop: a page of them, and the rows of every other resource that belong to the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from portal.platforms.live import ShopError
from portal.platforms.prestashop import words
from portal.platforms.prestashop.api import Api, Refused
from portal.platforms.prestashop.reader import assembled
from portal.platforms.prestashop.record import Reading, Record, Table, table
from portal.platforms.prestashop.shape import Node, ident, text
from portal.platforms.prestashop.words import Standing

PER_PAGE: Final = 50
_ZONE: Final = "PS_TIMEZONE"
_CURRENCY: Final = "PS_CURRENCY_DEFAULT"


async def order_row(api: Api, order_id: str) -> Node | None:
    """One order's own row; None when the shop has it no more. Raises ShopError."""
    try:
        rows = await api.rows("orders", ("filter[id]", f"[{order_id}]"))
    except Refused as refused:
        if refused.status == 404:
            return None
        raise as_error(refused) from refused
    return next((row for row in rows if ident(row, "id") == order_id), None)


async def order_rows(api: Api, params: Sequence[tuple[str, str]]) -> list[Node]:
    """Orders' own rows. Raises ShopError."""
    try:
        return await api.rows("orders", *params)
    except Refused as refused:
        if refused.status == 404:
            return []
        raise as_error(refused) from refused


async def whole(api: Api, rows: Sequence[Node], reading: Reading) -> list[Record]:
    """The orders with all that belongs to them. Raises ShopError."""
    numbers = [key for row in rows if (key := ident(row, "id"))]
    tables: dict[str, Table] = {}
    for name, resource in (("order_details",) * 2, ("order_carriers",) * 2, ("order_slips", "order_slip")):
        tables[name] = table(await api.by_number(resource, "id_order", numbers) if numbers else [])
    parcels, details = list(tables["order_carriers"].values()), list(tables["order_details"].values())
    await _look_up(api, tables, "customers", _numbers(rows, "id_customer"))
    await _look_up(api, tables, "addresses", _numbers(rows, "id_address_delivery", "id_address_invoice"))
    places = list(tables["addresses"].values())
    await _look_up(api, tables, "countries", _numbers(places, "id_country"))
    await _look_up(api, tables, "states", _numbers(places, "id_state"))
    await _look_up(api, tables, "order_states", _numbers(rows, "current_state"))
    own = [reading.own_currency] if reading.own_currency else []
    await _look_up(api, tables, "currencies", [*_numbers(rows, "id_currency"), *own])
    await _look_up(api, tables, "languages", _numbers(rows, "id_lang"))
    await _look_up(api, tables, "carriers", [*_numbers(rows, "id_carrier"), *_numbers(parcels, "id_carrier")])
    await _look_up(api, tables, "customizations", _numbers(details, "id_customization"))
    return [assembled(row, tables) for row in rows]


async def informed(api: Api, reading: Reading) -> Reading:
    """The reading with what the shop's own settings say, where the key may read them; what was set here goes before.
    Raises ShopError."""
    wanted = "|".join((_ZONE, _CURRENCY, *words.SETTINGS))
    try:
        rows = await api.rows("configurations", ("filter[name]", f"[{wanted}]"))
    except Refused:
        return reading
    told = {name: value for row in rows if (name := text(row, "name")) and (value := text(row, "value"))}
    states: Mapping[str, Standing] = {told[name]: word for name, word in words.SETTINGS.items() if name in told}
    return replace(
        reading,
        zone=reading.zone or zone_of(told.get(_ZONE)),
        states={**states, **reading.states},
        own_currency=told.get(_CURRENCY),
    )


def zone_of(name: str | None) -> ZoneInfo | None:
    """A time zone by its name; None where there is none of that name."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def as_error(refused: Refused) -> ShopError:
    """A refusal of what has to be allowed."""
    return ShopError("scope", f"The webservice key does not allow this (HTTP {refused.status}): {refused.message}")


async def _look_up(api: Api, tables: dict[str, Table], resource: str, numbers: Iterable[str]) -> None:
    wanted = sorted(set(numbers))
    tables[resource] = table(await api.by_number(resource, "id", wanted)) if wanted else {}


def _numbers(rows: Iterable[Node], *names: str) -> list[str]:
    read: Callable[[Node, str], str | None] = ident
    return [key for row in rows for name in names if (key := read(row, name))]
