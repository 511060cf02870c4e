"""Calls to one shop's webservice: XML over https, the key as the user's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from carriers.core.errors import CarrierError
from carriers.core.xml import NOTHING, read_xml
from portal.platforms.asking import Call, Reply, send, succeeded
from portal.platforms.live import ShopError
from portal.platforms.prestashop.reader import TABLES, answer_of
from portal.platforms.prestashop.shape import Json, Node, nodes, text

if TYPE_CHECKING:
    import httpx2

_MOST: Final = 200  # rows asked for by number in one call: addresses have limits


class Refused(Exception):
    """The shop has it not, or does not let us (`status` 404, 403, 405); `message` is its own sentence, for staff."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass(frozen=True, slots=True)
class Api:
    """One shop's webservice. `home` is the shop's address without a slash at its end."""

    home: str
    key: str = field(repr=False)
    client: httpx2.AsyncClient = field(repr=False)

    async def rights(self) -> Mapping[str, frozenset[str]]:
        """What the key may do with each resource: get, put, post… Raises ShopError and Refused."""
        reply = await send(
            Call("GET", f"{self.home}/api/", (), {"accept": "application/xml"}, None, (self.key, "")), self.client
        )
        _understood(reply)
        told = next(iter(read_xml(reply.body).children), NOTHING)
        return {
            one.name: frozenset(k for k, value in one.attributes.items() if value == "true") for one in told.children
        }

    async def answer(self, path: str, *params: tuple[str, str]) -> Json:
        """What an address says. Raises ShopError and Refused."""
        return await self._asked("GET", path, params, None)

    async def rows(self, resource: str, *params: tuple[str, str]) -> list[Node]:
        """The rows of a resource. Raises ShopError and Refused."""
        return listed(await self.answer(resource, ("display", "full"), *params), resource)

    async def by_number(self, resource: str, name: str, numbers: Sequence[str]) -> list[Node]:
        """The rows whose member `name` is one of these; none where the key may not read them. Raises ShopError."""
        found: list[Node] = []
        for start in range(0, len(numbers), _MOST):
            wanted = (f"filter[{name}]", f"[{'|'.join(numbers[start : start + _MOST])}]")
            try:
                found += await self.rows(resource, wanted)
            except Refused:
                return found
        return found

    async def create(self, resource: str, members: Mapping[str, str | None]) -> Node:
        """A new row. Raises ShopError and Refused."""
        return self._one(resource, await self._asked("POST", resource, (), _written(resource, members)))

    async def change(self, resource: str, number: str, members: Mapping[str, str | None]) -> Node:
        """A row, changed. Raises ShopError and Refused."""
        written = _written(resource, {"id": number, **members})
        return self._one(resource, await self._asked("PUT", f"{resource}/{number}", (), written))

    def _one(self, resource: str, answer: Json) -> Node:
        found = listed(answer, resource)
        if not found:
            raise ShopError("answer", "The shop's answer is not what PrestaShop answers.")
        return found[0]

    async def _asked(self, method: str, path: str, params: Sequence[tuple[str, str]], content: bytes | None) -> Json:
        headers = {"accept": "application/xml", **({"content-type": "application/xml"} if content else {})}
        call = Call(method, f"{self.home}/api/{path}", params, headers, content, (self.key, ""))
        return _understood(await send(call, self.client))


def listed(answer: Node, resource: str) -> list[Node]:
    """The rows in an answer, be it a list or one alone."""
    one: Any = answer.get(TABLES.get(resource, resource.removesuffix("s")))
    many = nodes(answer, "order_slips" if resource == "order_slip" else resource)
    return [*many, *([one] if isinstance(one, dict) else [])]


def name_of(home: str) -> str:
    """The shop's name: host, port and folder."""
    return home.partition("://")[2]


def _understood(reply: Reply) -> Json:
    try:
        answer = answer_of(reply.body) if reply.body.strip() else {}
    except CarrierError as error:
        succeeded(reply)
        raise ShopError("answer", f"The shop's answer could not be read (HTTP {reply.status}).") from error
    if 200 <= reply.status < 300:
        return answer
    said = next((text(error, "message") for error in nodes(answer, "errors")), None) or ""
    if reply.status in (403, 404, 405) or (400 <= reply.status < 500 and said and reply.status != 401):
        raise Refused(reply.status, said[:300])
    succeeded(reply)
    return answer


def _written(resource: str, members: Mapping[str, str | None]) -> bytes:
    alone = TABLES.get(resource, resource.removesuffix("s"))
    inner = "".join(f"<{name}>{escape(_clean(value or ''))}</{name}>" for name, value in members.items())
    text_ = f'<?xml version="1.0" encoding="UTF-8"?><prestashop><{alone}>{inner}</{alone}></prestashop>'
    return text_.encode()


def _clean(value: str) -> str:
    """A text without characters that XML cannot hold."""
    return "".join(letter for letter in value if letter in "\t\n" or letter >= " ")
