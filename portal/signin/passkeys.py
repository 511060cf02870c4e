"""Passkeys: made by a signed-in person, and a way to sign in without a name, a code or a mail.

Where they belong (the RP id) and from where they are used (the origin) come from the installation's own address,
never from a request. Each challenge is answered once; the counter only rises.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import bindparam, delete, insert, select, update
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.context import Context
from portal.kit.db import Reader, Tx, one
from portal.kit.prepared import Query
from portal.settings import Settings
from portal.signin.models import CHALLENGE, PASSKEY
from portal.signin.private import PASSKEY_PRIVATE

LIFE: Final = timedelta(minutes=5)
MOST: Final = 20
_MILLISECONDS: Final = int(LIFE.total_seconds() * 1000)
_TRANSPORTS: Final = {one.value for one in AuthenticatorTransport}
_CONSUME = Query(
    delete(CHALLENGE)
    .where(
        CHALLENGE.c.holder == bindparam("holder"),
        CHALLENGE.c.purpose == bindparam("purpose"),
        CHALLENGE.c.expires_at > bindparam("now"),
    )
    .returning(CHALLENGE.c.challenge),
    columns=(),
)
_LISTED = Query(
    select(
        PASSKEY.c.id,
        PASSKEY_PRIVATE.c.name,
        PASSKEY.c.created_at,
        PASSKEY.c.used_at,
        PASSKEY.c.backed_up,
        PASSKEY.c.credential_id,
        PASSKEY.c.transports,
    )
    .join(PASSKEY_PRIVATE, PASSKEY_PRIVATE.c.passkey_id == PASSKEY.c.id)
    .where(PASSKEY.c.person_id == bindparam("person"))
    .order_by(PASSKEY.c.id)
)
_BY_CREDENTIAL = Query(
    select(
        PASSKEY.c.id, PASSKEY.c.person_id, PASSKEY.c.public_key, PASSKEY.c.sign_count, PASSKEY.c.credential_id
    ).where(PASSKEY.c.credential_id == bindparam("credential"))
)


class NotAccepted(Exception):
    """An authenticator's answer that proves nothing. The text is for the log and names no one."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where this installation's passkeys belong."""

    rp_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class OwnPasskey:
    """A passkey as its person sees it."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None
    backed_up: bool
    credential_id: str
    transports: str


def place(settings: Settings) -> Place | None:
    """None where browsers do not do passkeys: at a bare IP address, or without HTTPS anywhere but here."""
    address = urlsplit(settings.base_url)
    host = address.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return None
    if address.scheme != "https" and host != "localhost" and not host.endswith(".localhost"):
        return None
    return Place(host, f"{address.scheme}://{address.netloc}".lower())


async def of_person(reader: Reader | Tx, person_id: int) -> list[OwnPasskey]:
    """A person's passkeys, oldest first."""
    return [OwnPasskey(*row) for row in await reader.rows(_LISTED, {"person": person_id})]


async def invite(context: Context, here: Place, holder: str, *, ref: str, name: str, have: list[OwnPasskey]) -> str:
    """What a browser needs to make a passkey (JSON). `ref` and `name`: of the person, for the authenticator."""
    options = generate_registration_options(
        rp_id=here.rp_id,
        rp_name=context.settings.shop_name,
        user_id=ref.encode(),
        user_name=name,
        user_display_name=name,
        timeout=_MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_known(have),
    )
    await _remember(context, holder, "make", options.challenge)
    return options_to_json(options)


async def challenge(context: Context, here: Place, holder: str, have: list[OwnPasskey] | None = None) -> str:
    """What a browser needs to sign in (JSON): with any passkey of this place, or with one of `have`."""
    options = generate_authentication_options(
        rp_id=here.rp_id,
        timeout=_MILLISECONDS,
        allow_credentials=_known(have or []),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    await _remember(context, holder, "use", options.challenge)
    return options_to_json(options)


async def add(context: Context, tx: Tx, here: Place, holder: str, person_id: int, sent: Any, name: str) -> int:
    """Keep a passkey that was just made; returns its id. Raises NotAccepted."""
    now = context.clock.now()
    expected = await _consumed(tx, holder, "make", now)
    try:
        made = verify_registration_response(
            credential=_whole(sent),
            expected_challenge=expected,
            expected_rp_id=here.rp_id,
            expected_origin=here.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as problem:
        raise NotAccepted(type(problem).__name__) from None
    row = {
        "person_id": person_id,
        "credential_id": bytes_to_base64url(made.credential_id),
        "public_key": made.credential_public_key,
        "sign_count": made.sign_count,
        "synced": made.credential_device_type.value == "multi_device",
        "backed_up": made.credential_backed_up,
        "transports": " ".join(_transports(sent)),
        "aaguid": made.aaguid,
        "created_at": now,
    }
    if await tx.row(_BY_CREDENTIAL, {"credential": row["credential_id"]}) is not None:
        raise NotAccepted("known already")
    if len(await of_person(tx, person_id)) >= MOST:
        raise NotAccepted("too many")
    kept = await one(tx, insert(PASSKEY).values(**row).returning(PASSKEY.c.id))
    await tx.run(insert(PASSKEY_PRIVATE).values(passkey_id=kept.id, name=name))
    return int(kept.id)


async def used(context: Context, tx: Tx, here: Place, holder: str, sent: Any) -> tuple[int, str | None]:
    """The person who answered a challenge with their passkey, and the name their authenticator has for them.

    Raises NotAccepted. The challenge is gone afterwards, whatever the answer was worth: let the transaction
    commit.
    """
    now = context.clock.now()
    expected = await _consumed(tx, holder, "use", now)
    whole = _whole(sent)
    row = await tx.row(_BY_CREDENTIAL, {"credential": str(whole.get("id", ""))[:1400]})
    if row is None:
        raise NotAccepted("unknown")
    try:
        proof = verify_authentication_response(
            credential=whole,
            expected_challenge=expected,
            expected_rp_id=here.rp_id,
            expected_origin=here.origin,
            credential_public_key=bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as problem:
        raise NotAccepted(type(problem).__name__) from None
    same = (PASSKEY.c.id == row.id, PASSKEY.c.sign_count == row.sign_count)
    values = {"sign_count": proof.new_sign_count, "backed_up": proof.credential_backed_up, "used_at": now}
    if not await tx.run(update(PASSKEY).where(*same).values(**values)):
        raise NotAccepted("used twice at once")
    return int(row.person_id), _handle(whole)


async def remove(tx: Tx, person_id: int, passkey_id: int) -> str | None:
    """Forget a person's passkey; returns its name, None when they have no such one."""
    mine = (PASSKEY.c.id == passkey_id, PASSKEY.c.person_id == person_id)
    named = select(PASSKEY_PRIVATE.c.name).join(PASSKEY, PASSKEY.c.id == PASSKEY_PRIVATE.c.passkey_id).where(*mine)
    row = await tx.row(named)
    if row is None:
        return None
    await tx.run(delete(PASSKEY).where(*mine))
    return str(row.name)


async def rename(tx: Tx, person_id: int, passkey_id: int, name: str) -> bool:
    """Call a person's passkey something else; False when they have no such one."""
    mine = select(PASSKEY.c.id).where(PASSKEY.c.id == passkey_id, PASSKEY.c.person_id == person_id)
    return bool(await tx.run(update(PASSKEY_PRIVATE).where(PASSKEY_PRIVATE.c.passkey_id.in_(mine)).values(name=name)))


async def forget(tx: Tx, now: datetime) -> None:
    """Delete challenges that nobody answered: for the purge."""
    await tx.run(delete(CHALLENGE).where(CHALLENGE.c.expires_at <= now))


async def _remember(context: Context, holder: str, purpose: str, challenge_: bytes) -> None:
    expires = context.clock.now() + LIFE
    row = {
        "holder": holder,
        "purpose": purpose,
        "challenge": bytes_to_base64url(challenge_),
        "expires_at": expires,
    }

    async def unit(tx: Tx) -> None:
        await tx.upsert(CHALLENGE, [row], ["holder", "purpose"])

    await context.db.write(unit)


async def _consumed(tx: Tx, holder: str, purpose: str, now: datetime) -> bytes:
    row = await tx.row(_CONSUME, {"holder": holder, "purpose": purpose, "now": now})
    if row is None:
        raise NotAccepted("no challenge")
    return base64url_to_bytes(row.challenge)


def _known(have: list[OwnPasskey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(one.credential_id),
            transports=[AuthenticatorTransport(name) for name in one.transports.split()],
        )
        for one in have
    ]


def _whole(sent: Any) -> dict[str, Any]:
    if not isinstance(sent, Mapping):
        raise NotAccepted("no credential")
    return dict(sent)


def _transports(sent: Any) -> list[str]:
    response = sent.get("response")
    named = response.get("transports") if isinstance(response, Mapping) else None
    return [name for name in named if name in _TRANSPORTS][:8] if isinstance(named, list) else []


def _handle(whole: Mapping[str, Any]) -> str | None:
    response = whole.get("response")
    handle = response.get("userHandle") if isinstance(response, Mapping) else None
    try:
        return base64url_to_bytes(handle).decode("ascii") if isinstance(handle, str) and handle else None
    except ValueError:
        return None


def parsed(body: bytes) -> dict[str, Any]:
    """What a page's script sent. Raises NotAccepted."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise NotAccepted("no JSON") from None
    return _whole(sent)
