"""An authenticator in software: makes passkeys and signs challenges as a phone would, and wrongly when told to.

It speaks the JSON that browsers send (`toJSON`). Only what servers look at is here; the real thing is tried in
Chromium.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, SYNCABLE, SYNCED, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


@dataclass
class Authenticator:
    """Holds one passkey. `verifies`: it asks for finger or PIN; `counts`: its counter rises."""

    origin: str
    rp_id: str
    verifies: bool = True
    counts: bool = True
    synced: bool = False
    counter: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user: bytes = b""

    def make(self, options: dict[str, Any], **wrong: Any) -> dict[str, Any]:
        """A passkey for what `navigator.credentials.create` was asked; `wrong` replaces client data."""
        self.user = unpacked(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cbor2.dumps(public)
        said = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._said(ATTESTED) + attested})
        response = {
            "clientDataJSON": packed(self._client("webauthn.create", options, wrong)),
            "attestationObject": packed(said),
            "transports": ["internal", "hybrid", "carrier pigeon"],
        }
        return self._credential(response)

    def sign(self, options: dict[str, Any], *, user: bytes | None = None, **wrong: Any) -> dict[str, Any]:
        """The answer to what `navigator.credentials.get` was asked."""
        if self.counts:
            self.counter += 1
        client, said = self._client("webauthn.get", options, wrong), self._said(0)
        signature = self.key.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": packed(client),
            "authenticatorData": packed(said),
            "signature": packed(signature),
            "userHandle": packed(self.user if user is None else user),
        }
        return self._credential(response)

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        name = packed(self.credential_id)
        whole = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return {**whole, "clientExtensionResults": {}, "authenticatorAttachment": "platform"}

    def _client(self, kind: str, options: dict[str, Any], wrong: dict[str, Any]) -> bytes:
        data = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps({**data, **wrong}).encode()

    def _said(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0) | ((SYNCABLE | SYNCED) if self.synced else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", flags, self.counter)


def packed(data: bytes) -> str:
    """Base64 as WebAuthn writes it."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def unpacked(text: str) -> bytes:
    """The bytes of that."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
