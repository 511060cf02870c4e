"""How a call to WooCommerce shows whose it is: the key and the secret as they are over https; over plain http, where
anybody could read them, a signature made with them (OAuth 1.0a without tokens). Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

Pairs = Sequence[tuple[str, str]]


def signed(method: str, url: str, params: Pairs, key: str, secret: str, *, now: datetime, nonce: str) -> Pairs:
    """The parameters of a call with those that prove it. `nonce` is used once."""
    proof = (
        ("oauth_consumer_key", key),
        ("oauth_nonce", nonce),
        ("oauth_signature_method", "HMAC-SHA256"),
        ("oauth_timestamp", str(int(now.timestamp()))),
    )
    everything = (*params, *proof)
    return (*everything, ("oauth_signature", signature(method, url, everything, secret)))


def signature(method: str, url: str, params: Pairs, secret: str) -> str:
    """The signature of a call with these parameters, in base64."""
    pairs = sorted((_encoded(name), _encoded(value)) for name, value in params)
    listed = "&".join(f"{name}={value}" for name, value in pairs)
    text = "&".join((method.upper(), _encoded(url), _encoded(listed)))
    return base64.b64encode(hmac.digest(f"{secret}&".encode(), text.encode(), hashlib.sha256)).decode()


def _encoded(text: str) -> str:
    return quote(text, safe="~")
