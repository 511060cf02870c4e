"""How many live pages the system lets a process hold."""

from __future__ import annotations

import resource

import pytest

from portal.kit.descriptors import RESERVE, most_streams

LIMITS = [
    (1024, 4096, 500, 500, 1024),
    (1024, 4096, 2000, 2000, 2000 + RESERVE),
    (1024, 4096, 10_000, 4096 - RESERVE, 4096),
    (1024, resource.RLIM_INFINITY, 10_000, 10_000, 10_000 + RESERVE),
    (resource.RLIM_INFINITY, resource.RLIM_INFINITY, 10_000, 10_000, resource.RLIM_INFINITY),
    (100, 100, 10_000, 1, 100),
]


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "streams", "then"), LIMITS, ids=[str(n) for n in range(len(LIMITS))]
)
def test_as_many_as_wanted_or_as_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, wanted: int, streams: int, then: int
) -> None:
    held = [soft, hard]
    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(held))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: held.__setitem__(slice(None), limits))
    assert most_streams(wanted) == streams
    assert held == [then, hard]
