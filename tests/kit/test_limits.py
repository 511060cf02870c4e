"""Token buckets: never more than the burst and what has refilled since."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from portal.kit.limits import Buckets, network


class Moment:
    """A clock in seconds that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        """The present second."""
        return self.seconds


PAUSES = st.lists(st.tuples(st.floats(0, 5), st.sampled_from(["a", "b"])), max_size=60)


@given(PAUSES, st.floats(0.1, 20), st.integers(1, 10))
def test_no_window_lets_more_through_than_burst_and_refill(
    story: list[tuple[float, str]], rate: float, burst: int
) -> None:
    moment = Moment()
    buckets = Buckets(rate, burst, moment)
    taken: dict[str, list[float]] = {"a": [], "b": []}
    for pause, name in story:
        moment.seconds += pause
        if buckets.take(name) == 0.0:
            taken[name].append(moment.seconds)
    for times in taken.values():
        for start in range(len(times)):
            for end in range(start, len(times)):
                assert end - start + 1 <= burst + rate * (times[end] - times[start]) + 1e-6


@given(PAUSES, st.floats(0.1, 20), st.integers(1, 10))
def test_who_waits_as_told_is_let_through(story: list[tuple[float, str]], rate: float, burst: int) -> None:
    moment = Moment()
    buckets = Buckets(rate, burst, moment)
    for pause, name in story:
        moment.seconds += pause
        if wait := buckets.take(name):
            assert 0 < wait <= 1 / rate
            moment.seconds += wait + 1e-6
            assert buckets.take(name) == 0.0


def test_a_refusal_costs_nothing() -> None:
    moment = Moment()
    buckets = Buckets(1.0, 1, moment)
    assert buckets.take("a") == 0.0
    assert [buckets.take("a") for _ in range(50)] == [1.0] * 50
    moment.seconds += 1.0
    assert buckets.take("a") == 0.0


def test_names_do_not_share_a_bucket_and_costs_count() -> None:
    buckets = Buckets(1.0, 4, Moment())
    assert buckets.take("a", 3) == 0.0
    assert buckets.take("a", 3) == 2.0
    assert buckets.take("b", 3) == 0.0


def test_a_flood_of_names_stays_bounded() -> None:
    moment = Moment()
    buckets = Buckets(1.0, 2, moment, room=100)
    for number in range(5000):
        buckets.take(f"flood {number}")
        assert len(buckets._levels) <= 101


def test_buckets_that_are_full_again_go_first() -> None:
    moment = Moment()
    buckets = Buckets(1.0, 2, moment, room=100)
    for number in range(60):
        buckets.take(f"before {number}")
    moment.seconds += 2.0
    now = [f"now {number}" for number in range(41)]
    for name in now:
        buckets.take(name)
    assert list(buckets._levels) == now


def test_the_flood_does_not_free_whoever_came_last() -> None:
    buckets = Buckets(0.001, 1, Moment(), room=100)
    for number in range(100):
        buckets.take(f"flood {number}")
    buckets.take("a")
    assert len(buckets._levels) < 100
    assert buckets.take("a") > 0


ADDRESSES = [
    ("203.0.113.7", "203.0.113.7"),
    ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
    ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
    ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
    ("fe80::1%eth0", "fe80::/64"),
    ("::ffff:203.0.113.7", "203.0.113.7"),
    ("", ""),
    ("testclient", "testclient"),
    ("not:an:address", "not:an:address"),
]


@pytest.mark.parametrize(("address", "name"), ADDRESSES)
def test_a_client_is_counted_by_its_network(address: str, name: str) -> None:
    assert network(address) == name
