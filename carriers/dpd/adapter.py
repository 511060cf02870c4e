"""The DPD adapter. Knows the Shipper Webservice of Belgium and the Netherlands and nothing of who asks.

A token comes from a login of its own, of which DPD allows few a day: it is kept long, and renewed only
when DPD refuses one that was not fetched just now. Other countries' DPD have other services.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from carriers.core.answers import passed_on, refusals
from carriers.core.asking import answered, plain
from carriers.core.auth import Token
from carriers.core.contract import Account, Credential, Gives, Manifest, Quality, Quota, Times, TrackRequest, gives
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call, Reply, send
from carriers.core.model import Answer, Found
from carriers.core.reading import kind_of_status, unreadable
from carriers.core.soap import element, fault_in, fields, soap_call
from carriers.core.xml import Node, anywhere, read_xml, said
from carriers.dpd.codes import ERRORS
from carriers.dpd.parcel import SLUG, reached, report

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

MANIFEST: Final = Manifest(
    slug=SLUG,
    label="DPD",
    names=(
        "DPDgroup",
        "DPD Belgium",
        "DPD Belgique",
        "DPD België",
        "DPD BE",
        "DPD Netherlands",
        "DPD Nederland",
        "DPD NL",
    ),
    tracking_page="https://www.dpdgroup.com/nl/mydpd/my-parcels/track?lang=en&parcelNumber={number}",
    api="https://wsshipper.dpd.be",
    credentials=(
        Credential("delis_id", "DELIS ID of the shop's account with DPD Belgium or the Netherlands", secret=False),
        Credential("password", "Password of this account"),
    ),
    batch_size=1,
    quota=Quota(),
    quality=Quality.RECORDINGS,
    docs="https://esolutions.dpd.com/entwickler/entwicklerdaten/shipperwebservice.aspx",
    terms="Parcels of the account's own only.",
    gives=gives(Gives.PLACES),
    times=Times.LOCAL,
)

_TYPES: Final = "http://dpd.com/common/service/types"
_LANGUAGE: Final = "en_EN"
_TOKEN_LIFE: Final = 12 * 3600.0  # seconds; DPD's tokens live for a day


class Dpd:
    """getTrackingData of the ParcelLifeCycleService."""

    manifest = MANIFEST

    def parse(self, body: bytes, *, http_status: int = 200, asked: Sequence[str] = ()) -> list[Answer]:
        """Read an answer of getTrackingData. See `Carrier.parse`."""
        try:
            root = read_xml(body, http_status=http_status)
        except CarrierError as error:
            return refusals(asked, error)
        result = next(iter(anywhere(root, "trackingresult")), None)
        if result is None:
            return refusals(asked, _refused(root, http_status))
        if not reached(result):
            nothing = CarrierError(ErrorKind.NOT_FOUND, "DPD has nothing on this number yet.", http_status=http_status)
            return refusals(asked, nothing)
        number = asked[0] if len(asked) == 1 else ""
        return [Found(number, report(result, number))]

    async def track(
        self, requests: Sequence[TrackRequest], account: Account, client: httpx2.AsyncClient, tokens: TokenCache
    ) -> list[Answer]:
        """Ask about one number after the other. See `Carrier.track`."""
        login = _Login(account, client, tokens)
        asked = [await answered(login.ask(plain(request.number)), [request], self) for request in requests]
        return [answer for answers in asked for answer in answers]


CARRIER: Final = Dpd()


# --- calling --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Login:
    """One account's way in. `fresh` is the token fetched during this round of questions, if one was."""

    account: Account
    client: httpx2.AsyncClient
    tokens: TokenCache
    fresh: str | None = None

    @property
    def _api(self) -> str:
        return self.account.api or MANIFEST.api

    @property
    def _delis_id(self) -> str:
        return self.account.credentials.get("delis_id", "")

    async def ask(self, number: str) -> Reply:
        """The reply about one number. Raises CarrierError."""
        key = f"{SLUG} {self._api} {self._delis_id}"
        token = await self.tokens.get(key, self._fetch)
        reply = await send(self._question(number, token), self.client)
        if token == self.fresh or not _token_refused(reply):
            return reply
        self.tokens.forget(key, token)
        return await send(self._question(number, await self.tokens.get(key, self._fetch)), self.client)

    async def _fetch(self) -> Token:
        wanted = {
            "delisId": self._delis_id,
            "password": self.account.credentials.get("password", ""),
            "messageLanguage": _LANGUAGE,
        }
        call = soap_call(
            f"{self._api}/soap/services/LoginService/V2_1",
            element("l:getAuth", fields(wanted), xmlns_l=f"{_TYPES}/LoginService/2.0"),
            action="http://dpd.com/common/service/LoginService/2.0/getAuth",
            private=True,
        )
        self.fresh = _token_in(await send(call, self.client))
        return Token(self.fresh, _TOKEN_LIFE)

    def _question(self, number: str, token: str) -> Call:
        identity = {"delisId": self._delis_id, "authToken": token, "messageLanguage": _LANGUAGE}
        return soap_call(
            f"{self._api}/soap/services/ParcelLifeCycleService/V2_0",
            element(
                "p:getTrackingData",
                fields({"parcelLabelNumber": number}),
                xmlns_p=f"{_TYPES}/ParcelLifeCycleService/2.0",
            ),
            header=element("a:authentication", fields(identity), xmlns_a=f"{_TYPES}/Authentication/2.0"),
            action="http://dpd.com/common/service/ParcelLifeCycleService/2.0/getTrackingData",
        )


def _token_in(reply: Reply) -> str:
    """The token in the reply to a login. Raises CarrierError."""
    try:
        root = read_xml(reply.body, http_status=reply.status)
    except CarrierError as error:
        raise passed_on(error, reply) from error
    token = next((value for node in anywhere(root, "authToken") if (value := said(node)) is not None), None)
    if token is None or reply.status != 200:
        raise passed_on(_refused(root, reply.status), reply)
    return token


def _token_refused(reply: Reply) -> bool:
    try:
        root = read_xml(reply.body, http_status=reply.status)
    except CarrierError as error:
        return error.kind is ErrorKind.AUTH
    return not anywhere(root, "trackingresult") and _refused(root, reply.status).kind is ErrorKind.AUTH


# --- reading --------------------------------------------------------------------------------------------------


def _refused(root: Node, http_status: int) -> CarrierError:
    fault = fault_in(root)
    if fault is None:
        return unreadable(http_status)
    signed_out = ErrorKind.AUTH if anywhere(root, "authenticationFault") else None
    kind = ERRORS.get(fault.code or "") or signed_out or kind_of_status(http_status)
    return CarrierError(kind, fault.message, code=fault.code, http_status=http_status)
