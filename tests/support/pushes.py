"""Pushes as carriers send them: a body for a parcel, signed in each carrier's way. Written from the vendors' words,
not from the adapters, so that the two can disagree."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

SECRET = "an invented secret of some length"

Headers = dict[str, str]


def _mac(secret: str, signed: bytes) -> hmac.HMAC:
    return hmac.new(secret.encode(), signed, hashlib.sha256)


def _base64(secret: str, signed: bytes) -> str:
    return base64.b64encode(_mac(secret, signed).digest()).decode()


def _usps(body: bytes, secret: str, at: datetime) -> Headers:
    envelope = json.loads(body)
    return {"x-hmac": _base64(secret, (envelope["timestamp"] + envelope["payload"]).encode())}


def _demo(body: bytes, secret: str, at: datetime) -> Headers:
    stamp = str(int(at.timestamp()))
    return {"pigeon-signature": f"t={stamp},v1={_mac(secret, stamp.encode() + b'.' + body).hexdigest()}"}


SIGN: Mapping[str, Callable[[bytes, str, datetime], Headers]] = {
    "aftership": lambda body, secret, _: {"aftership-hmac-sha256": _base64(secret, body)},
    "demo": _demo,
    "easypost": lambda body, secret, _: {"x-hmac-signature": f"hmac-sha256-hex={_mac(secret, body).hexdigest()}"},
    "fedex": lambda body, secret, _: {"fdx-signature": _base64(secret, body)},
    "seventeentrack": lambda body, secret, _: {"sign": hashlib.sha256(body + b"/" + secret.encode()).hexdigest()},
    "ship24": lambda _, secret, __: {"authorization": f"Bearer {secret}"},
    "ups": lambda _, secret, __: {"credential": secret, "user-agent": "UPSPubSubTrackingService"},
    "usps": _usps,
}
SIGNED = sorted(SIGN.keys() - {"ship24", "ups"})  # by the bytes; the others send a secret along
STAMPED = {"aftership": "of the event", "usps": "of the event", "demo": "of sending"}


def pushed(slug: str, number: str, at: datetime, event: str = "e1") -> bytes:
    """A body in which the carrier says that a parcel is out for delivery, since `at`."""
    return _BODIES[slug](number, at, event)


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1).encode()


def _day(at: datetime, form: str) -> str:
    return at.strftime(form)


def _aftership(number: str, at: datetime, event: str) -> bytes:
    scan = {"checkpoint_time": at.isoformat(), "tag": "OutForDelivery", "message": "On the van", "city": "Brest"}
    message = {"tracking_number": number, "slug": "evri", "tag": "OutForDelivery", "checkpoints": [scan]}
    return _json({"event": "tracking_update", "event_id": event, "ts": int(at.timestamp()), "msg": message})


def _easypost(number: str, at: datetime, event: str) -> bytes:
    scan = {"datetime": at.isoformat(), "status": "out_for_delivery", "message": "On the van"}
    tracker = {"tracking_code": number, "status": "out_for_delivery", "tracking_details": [scan]}
    return _json({"id": f"evt_{event}", "description": "tracker.updated", "result": {"object": "Tracker", **tracker}})


def _fedex(number: str, at: datetime, event: str) -> bytes:
    scan = {"date": at.isoformat(), "eventType": "OD", "eventDescription": "On the van"}
    result: dict[str, Any] = {"latestStatusDetail": {"code": "OD"}, "scanEvents": [scan]}
    parcel = {"trackingNumber": number, "trackResults": [result]}
    return _json({"notificationId": event, "output": {"completeTrackResults": [parcel]}})


def _seventeentrack(number: str, at: datetime, event: str) -> bytes:
    scan = {"time_iso": at.isoformat(), "description": "On the van", "stage": "OutForDelivery"}
    info = {"latest_status": {"status": "OutForDelivery"}, "tracking": {"providers": [{"events": [scan]}]}}
    return _json({"event": "TRACKING_UPDATED", "data": {"number": number, "tag": event, "track_info": info}})


def _ship24(number: str, at: datetime, event: str) -> bytes:
    scan = {"occurrenceDatetime": at.isoformat(), "statusMilestone": "out_for_delivery", "status": "On the van"}
    parcel = {"tracker": {"trackingNumber": number, "trackerId": event}, "events": [scan]}
    return _json({"trackings": [{**parcel, "shipment": {"statusMilestone": "out_for_delivery"}}]})


def _ups(number: str, at: datetime, event: str) -> bytes:
    return _json(
        {
            "trackingNumber": f" {number}",
            "localActivityDate": _day(at, "%Y%m%d"),
            "localActivityTime": _day(at, "%H%M%S"),
            "gmtActivityDate": _day(at, "%Y%m%d"),
            "gmtActivityTime": _day(at, "%H%M%S"),
            "activityLocation": {"city": "BREST", "country": "FR"},
            "activityStatus": {"type": "I", "code": "OT", "description": "On the van", "descriptionCode": "021"},
            "actualDeliveryDate": "",
            "deliveryTimeDescription": event,
        }
    )


def _usps_body(number: str, at: datetime, event: str) -> bytes:
    scan = {"eventCode": "OF", "eventType": "On the van", "eventTimestamp": at.isoformat(), "eventCity": "BREST"}
    payload = {"trackingNumber": number, "statusCategory": "Out for Delivery", "trackingEvents": [scan], "tag": event}
    return _json({"subscriptionId": "s", "timestamp": at.isoformat(), "payload": json.dumps(payload)})


def _demo_body(number: str, at: datetime, event: str) -> bytes:
    scan = {"code": "D10", "label": "En tournée.", "at": at.isoformat(), "town": "Brest", "country": "FR"}
    return _json({"id": event, "parcels": [{"number": number, "events": [scan]}]})


_BODIES: Mapping[str, Callable[[str, datetime, str], bytes]] = {
    "aftership": _aftership,
    "demo": _demo_body,
    "easypost": _easypost,
    "fedex": _fedex,
    "seventeentrack": _seventeentrack,
    "ship24": _ship24,
    "ups": _ups,
    "usps": _usps_body,
}
