"""PrestaShop's side of the wire: its webservice over rows, with filters, limits and rights; and recorded answers played
back."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from carriers.core.xml import first, read_xml
from portal.platforms.prestashop.reader import TABLES, answer_of
from portal.platforms.prestashop.shape import nodes
from tests.carriers.playing import Asked, answering, reply
from tests.platforms.prestashop.samples import Json, shop, xml

KEY = "AN0INVENTED0WEBSERVICE0KEY"
_RESOURCES = [*TABLES, "orders", "order_slip", "configurations"]


@dataclass(slots=True)
class Shop:
    """One shop. `rows` by resource; `closed` are resources that the key may not see; `asked` what came."""

    rows: dict[str, list[Json]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    down: set[str] = field(default_factory=set)  # the answers to these are lost, after they were worked on
    now: str = "2026-10-02 11:00:00"

    def writes(self) -> list[tuple[str, str]]:
        """The requests that changed something."""
        return [(one.method, one.path.removeprefix("/api/")) for one in self.asked if one.method != "GET"]

    def row(self, resource: str, number: str) -> Json:
        """One row."""
        return next(row for row in self.rows[resource] if row["id"] == number)

    def answer(self, asked: Asked) -> bytes:
        """What the webservice answers."""
        self.asked.append(asked)
        proof = base64.b64encode(f"{KEY}:".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {proof}":
            return _no(401, "Invalid authentication key format")
        resource, _, number = asked.path.removeprefix("/api/").partition("/")
        if not resource:
            return reply(200, self._rights())
        if resource in self.closed:
            return _no(405, f"Method {asked.method} is not allowed for the resource {resource}")
        told = self._wrote(resource, number, asked) if asked.method != "GET" else self._found(resource, asked)
        return reply(502, "") if f"{asked.method} {resource}" in self.down else reply(200, xml(resource, told))

    def _rights(self) -> str:
        ways = 'get="true" put="true" post="true" delete="false" head="true"'
        inner = "".join(f"<{name} {ways}/>" for name in _RESOURCES if name not in self.closed)
        return f'<prestashop><api shopName="Linen">{inner}</api></prestashop>'

    def _found(self, resource: str, asked: Asked) -> list[Json]:
        rows = self.rows.get(resource, [])
        for name, (wanted,) in asked.query.items():
            if found := re.fullmatch(r"filter\[(\w+)\]", name):
                rows = [row for row in rows if _fits(row.get(found[1]), wanted)]
        order = asked.query.get("sort", ["[id_ASC]"])[0].strip("[]").split(",")[0].removesuffix("_ASC")
        rows = sorted(rows, key=lambda row: (int(row["id"]) if order == "id" else row[order], int(row["id"])))
        skip, _, size = asked.query.get("limit", ["0,1000000"])[0].rpartition(",")
        return rows[int(skip or 0) : int(skip or 0) + int(size)]

    def _wrote(self, resource: str, number: str, asked: Asked) -> list[Json]:
        told = first(read_xml(asked.body.encode()), TABLES.get(resource, resource.removesuffix("s")))
        members = {child.name: child.content.strip() for child in told.children}
        if asked.method == "POST":
            row: Json = {"id": str(100 + len(self.rows.setdefault(resource, []))), **members}
            self.rows[resource].append(row)
        else:
            row = self.row(resource, number)
            row.update(members)
        if resource == "order_histories":
            self.row("orders", row["id_order"])["current_state"] = row["id_order_state"]
            self.row("orders", row["id_order"])["date_upd"] = self.now
        if resource == "orders":
            row["date_upd"] = self.now
        return [row]


@asynccontextmanager
async def played(**changes: Any) -> AsyncIterator[Shop]:
    """A shop with one order."""
    rows = shop(**changes)
    rows["order_slip"] = rows.pop("order_slips")
    rows["configurations"] = [
        {"id": "1", "name": "PS_TIMEZONE", "value": "Europe/Paris"},
        {"id": "2", "name": "PS_OS_CANCELED", "value": "6"},
        {"id": "3", "name": "PS_CURRENCY_DEFAULT", "value": "1"},
    ]
    found = Shop(rows)
    async with answering(found.answer) as server:
        found.url = server.url
        yield found


def recorded(folder: Path, pattern: str) -> Shop:
    """A shop that has what was recorded of one: each answer held one row, or none."""
    rows: dict[str, list[Json]] = {}
    for path in sorted(folder.glob(pattern)):
        answer = answer_of(path.read_bytes())
        for resource, alone in {"orders": "order", **TABLES}.items():
            one = answer.get(alone)
            found = [dict(one)] if isinstance(one, dict) else [dict(row) for row in nodes(answer, resource)]
            rows.setdefault(resource, []).extend(row for row in found if len(row) > 1)
    return Shop(rows)


def _fits(value: Any, wanted: str) -> bool:
    inner = wanted.strip("[]")
    if "," in inner:
        low, _, high = inner.partition(",")
        return int(low) <= int(value) <= int(high) if low.isdecimal() else low <= str(value) <= high
    return str(value) in inner.split("|")


def _no(status: int, message: str) -> bytes:
    error = f"<error><code>1</code><message><![CDATA[{message}]]></message></error>"
    return reply(status, f"<prestashop><errors>{error}</errors></prestashop>")
