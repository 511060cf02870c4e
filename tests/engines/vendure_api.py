"""Vendure's two APIs as its own staff and its own customers use them, for the tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import httpx2

Json = dict[str, Any]

_TOKEN: Final = "vendure-auth-token"
_ERROR: Final = "... on ErrorResult { errorCode message }"


class Session:
    """Somebody at one of the two APIs; the token that they are given is their memory."""

    def __init__(self, url: str, path: str, channel: str | None = None) -> None:
        self._client = httpx2.Client(base_url=url, timeout=60)
        self._path = path
        self._headers = {"vendure-token": channel} if channel else {}

    def ask(self, query: str, **variables: Any) -> Json:
        """The data of an answer; fails with Vendure's own words when it has errors."""
        body = {"query": query, "variables": variables}
        answer = self._client.post(self._path, json=body, headers=self._headers)
        if token := answer.headers.get(_TOKEN):
            self._headers["authorization"] = f"Bearer {token}"
        told: Json = answer.json()
        assert "errors" not in told, told["errors"]
        data: Json = told["data"]
        return data

    def do(self, call: str, variables: str, result: str, **values: Any) -> Json:
        """The one result of a mutation, which must not be one of Vendure's errors. `variables` are their declarations,
        `result` the type that it is when all is well (with an exclamation mark: when it is nothing else)."""
        chosen = "{ id }" if result.endswith("!") else f"{{ __typename ... on {result} {{ id }} {_ERROR} }}"
        declared = f"({variables})" if variables else ""
        (found,) = self.ask(f"mutation{declared} {{ {call} {chosen} }}", **values).values()
        assert isinstance(found, dict), found
        assert "errorCode" not in found, found
        return found

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


def signed_in(url: str, name: str, password: str, channel: str | None = None) -> Session:
    """A member of staff."""
    session = Session(url, "/admin-api", channel)
    session.do(
        "login(username: $name, password: $password)",
        "$name: String!, $password: String!",
        "CurrentUser",
        name=name,
        password=password,
    )
    return session


def fulfil(staff: Session, units: Mapping[str, int], number: str = "", method: str = "Colissimo") -> str:
    """The warehouse prepares a parcel of units by line; returns its id."""
    arguments = [{"name": "method", "value": method}, {"name": "trackingCode", "value": number}]
    wanted = {"lines": lines_of(units.items()), "handler": {"code": "manual-fulfillment", "arguments": arguments}}
    made = staff.do("addFulfillmentToOrder(input: $input)", "$input: FulfillOrderInput!", "Fulfillment", input=wanted)
    return str(made["id"])


def move(staff: Session, parcel: str, state: str) -> None:
    """A parcel goes on: Shipped, Delivered, Cancelled."""
    call = "transitionFulfillmentToState(id: $id, state: $state)"
    staff.do(call, "$id: ID!, $state: String!", "Fulfillment", id=parcel, state=state)


def turn(staff: Session, order: str, state: str) -> None:
    """The order goes to another state."""
    call = "transitionOrderToState(id: $id, state: $state)"
    staff.do(call, "$id: ID!, $state: String!", "Order", id=order, state=state)


def modify(staff: Session, order: str, **change: Any) -> None:
    """Staff change an order in their own way, and leave it where it was."""
    before = staff.ask("query($id: ID!) { order(id: $id) { state } }", id=order)["order"]["state"]
    turn(staff, order, "Modifying")
    wanted = {"orderId": order, "dryRun": False, **change}
    staff.do("modifyOrder(input: $input)", "$input: ModifyOrderInput!", "Order", input=wanted)
    turn(staff, order, before)


def lines_of(units: Iterable[tuple[str, int]]) -> list[Json]:
    """Units by line, as Vendure's inputs have them."""
    return [{"orderLineId": line, "quantity": quantity} for line, quantity in units]
