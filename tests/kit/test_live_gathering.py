"""Topics that gather others: a list of orders is told of a change to any order on it."""

from __future__ import annotations

from portal.kit.events import Happened
from portal.kit.live import Channel, Frame, Hub, Limits

PERSON = Channel("person:7", "dashboard", "fr")


class Browser:
    """The server's side of one connection."""

    def __init__(self) -> None:
        self.got: list[bytes] = []

    async def send(self, message: object) -> None:
        """Take a message."""
        assert isinstance(message, dict)
        self.got.append(message["body"])


async def nothing(_: Channel) -> Frame | None:
    """Renders nothing."""
    return None


def noticed(hub: Hub, *topics: str) -> list[Channel]:
    """The channels that a change on these topics concerns."""
    hub.notice([Happened(1, topic, "changed", {}) for topic in topics])
    dirty = list(hub._dirty)
    hub._dirty.clear()
    return dirty


async def test_a_gathering_topic_hears_of_all_its_sources_and_of_no_other() -> None:
    hub = Hub(nothing, Limits())
    stream = hub.open(Browser().send, PERSON, "s", "a")
    hub.gather("person:7", ["order:1", "order:2"])
    assert [noticed(hub, f"order:{n}") for n in (1, 2, 3)] == [[PERSON], [PERSON], []]
    assert noticed(hub, "person:7") == [PERSON]
    hub.gather("person:7", ["order:3"])
    assert [noticed(hub, f"order:{n}") for n in (1, 2, 3)] == [[], [], [PERSON]]
    hub.forget(stream)
    assert (hub._gathered, hub._sources) == ({}, {})


async def test_nothing_is_gathered_for_a_topic_that_nobody_looks_at() -> None:
    hub = Hub(nothing, Limits())
    hub.gather("person:7", ["order:1"])
    assert hub._gathered == {}
