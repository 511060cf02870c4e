"""What we wrote to a platform comes back in its documents: taken out, so that it is not the shop's word. Pure.

What carriers say is known here from the carriers. Were its echo taken for the shop's word, a carrier's mistake that was
put right would stay for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from portal.platforms.marks import mark_in
from portal.platforms.neutral import Event, NeutralOrder, Parcel

_NOBODY: frozenset[str] = frozenset()
_STANDING = ("status", "status_raw", "delivered_at")


def has_echoes(order: NeutralOrder, told: Mapping[str, Collection[str]]) -> bool:
    """Whether anything in the order may be ours; `told` are the standings that its platform was told of each parcel."""
    return any(told.get(parcel.id) or any(map(is_ours, parcel.events)) for parcel in order.parcels)


def without_echoes(
    order: NeutralOrder, told: Mapping[str, Collection[str]], before: NeutralOrder | None = None
) -> NeutralOrder:
    """The order as the shop alone tells it: a standing that is ours gives way to what the shop said `before`."""
    said = {parcel.id: parcel for parcel in before.parcels} if before is not None else {}
    parcels = tuple(_without(one, told.get(one.id, _NOBODY), said.get(one.id)) for one in order.parcels)
    if all(new is old for new, old in zip(parcels, order.parcels, strict=True)):
        return order
    return order.model_copy(update={"parcels": parcels})


def _without(parcel: Parcel, told: Collection[str], before: Parcel | None) -> Parcel:
    ours = [event for event in parcel.events if is_ours(event)]
    theirs = [event for event in parcel.events if not is_ours(event)]
    echoed = {event.status for event in ours} | set(told)
    status_is_ours = parcel.status in echoed and all(event.status != parcel.status for event in theirs)
    if not ours and not status_is_ours:
        return parcel
    members = parcel.model_dump(by_alias=True, exclude_unset=True)
    if ours:
        members["events"] = [event.model_dump(by_alias=True, exclude_unset=True) for event in theirs]
        if not theirs and (before is None or "events" not in before.model_fields_set):
            del members["events"]
    if status_is_ours:
        members = {name: value for name, value in members.items() if name not in _STANDING}
        members |= _stated(before) if before is not None else _newest(theirs)
    return Parcel.model_validate(members)


def _stated(before: Parcel) -> dict[str, Any]:
    """What the shop said of a parcel's standing before."""
    stated = before.model_dump(by_alias=True, exclude_unset=True)
    return {name: stated[name] for name in _STANDING if name in stated}


def is_ours(event: Event) -> bool:
    """Whether an event of a parcel is one that we wrote."""
    return event.origin == "portal" or any(mark_in(text) for text in (event.id, event.raw, event.message))


def _newest(events: list[Event]) -> dict[str, str]:
    """What the newest of the shop's own events says."""
    dated = sorted((event.at, number) for number, event in enumerate(events) if event.at is not None)
    return {"status": events[dated[-1][1]].status} if dated else {}
