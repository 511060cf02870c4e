"""Track Alert's subscriptions: up to a hundred 1Z numbers a call, for two weeks, of parcels of the account's own.

UPS repeats the secret it is given here with every push, in a header named `credential`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from carriers.core import pushing
from carriers.core.answers import passed_on
from carriers.core.contract import Push
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call, Reply
from carriers.core.reading import an_object, read_json, text
from carriers.ups.calling import authorised, refused

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache
    from carriers.core.contract import Account

PUSH: Final = Push(
    proof="Track Alert repeats the secret in a header of its own (credential).",
    set_up="Nothing to enter: parcels are subscribed to one by one, with the secret that you choose. "
    "The address must be reachable by https.",
    subscribe_size=100,
    subscribed_for=timedelta(days=14),
)
_TAKEN: Final = "validTrackingNumbers"


async def subscribe(
    numbers: Sequence[str], address: str, account: Account, client: httpx2.AsyncClient, tokens: TokenCache
) -> list[CarrierError | None]:
    """See `Subscribes.subscribe`. Other numbers than 1Z are not UPS's to push, and not sent."""
    askable = [number for number in numbers if number.startswith("1Z")]
    not_ours = CarrierError(ErrorKind.INVALID_NUMBER, "Track Alert takes 1Z numbers only.")
    if not askable:
        return [not_ours] * len(numbers)
    if not address.startswith("https://"):
        return [CarrierError(ErrorKind.BAD_REQUEST, "UPS pushes to https addresses only.")] * len(numbers)
    body = json.dumps(_wanted(askable, address, account)).encode()

    def call(api: str, headers: dict[str, str]) -> Call:
        sent = headers | {"Content-Type": "application/json"}
        return Call(f"{api}/track/v1/subscription/standard/package", headers=sent, content=body, private=True)

    try:
        outcomes = _outcomes(await authorised(call, account, client, tokens), askable)
    except CarrierError as error:
        outcomes = dict.fromkeys(askable, error)
    return [outcomes.get(number, not_ours) for number in numbers]


def _wanted(numbers: Sequence[str], address: str, account: Account) -> dict[str, Any]:
    secret = next(iter(pushing.secrets_of(account)), "")
    return {
        "locale": "en_US",
        "countryCode": "US",
        "trackingNumberList": list(numbers),
        "destination": {"url": address, "credentialType": "Bearer", "credential": secret},
    }


def _outcomes(reply: Reply, numbers: Sequence[str]) -> dict[str, CarrierError | None]:
    """What UPS says of each number. Raises CarrierError for a reply that says nothing of any."""
    data = an_object(read_json(reply.body, http_status=reply.status))
    error = refused(data, reply.status, _TAKEN)
    if error is not None:
        raise passed_on(error, reply)
    listed = data.get(_TAKEN)
    taken = {text(number) for number in listed} if isinstance(listed, list) else set()
    left_out = CarrierError(ErrorKind.BAD_REQUEST, "UPS does not push this number to this account.")
    return {number: None if number in taken else left_out for number in numbers}
