"""What the measurements claim of themselves: verdicts, the file, and the order that every page is made of."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portal.kit.clock import SystemClock
from portal.kit.db import open_database
from portal.orders import queries
from portal.orders.view import order_view
from portal.orders.viewmodels import ShopView
from tests.benchmarks import report, requests, seed
from tests.benchmarks.report import Goal, compared, unmeasured

AT_MOST_HALF = (Goal("ratio", "at most", 0.5),)
AT_LEAST_HALF = (Goal("ratio", "at least", 0.5),)


@pytest.mark.parametrize(
    ("ours", "goals", "met"),
    [
        ([4.0, 5.0, 9.0], AT_MOST_HALF, True),
        ([4.0, 6.0, 9.0], AT_MOST_HALF, False),
        ([5.0, 6.0, 1.0], AT_LEAST_HALF, True),
        ([4.0, 4.9, 9.0], AT_LEAST_HALF, False),
        ([4.0, 5.0, 9.0], (*AT_MOST_HALF, Goal("ours", "at most", 4)), False),
        ([4.0, 5.0, 9.0], (), None),
    ],
)
def test_the_medians_decide_and_every_goal_counts(ours: list[float], goals: tuple[Goal, ...], met: bool | None) -> None:
    assert compared("row", ours, [20.0, 10.0, 1.0], "other", "ms", goals).met is met


def test_the_worst_round_is_the_one_on_the_wrong_side() -> None:
    assert compared("row", [1.0, 2.0, 3.0], [1.0], "other", "ms").worst == 3
    assert compared("row", [1.0, 2.0, 3.0], [1.0], "other", "pages/s").worst == 1


def test_what_was_not_measured_says_why_and_invents_nothing(tmp_path: Path) -> None:
    row = unmeasured("row", "nginx", "ms", AT_MOST_HALF, "it is not installed")
    report.write([row], tmp_path / "bench.json")
    (member,) = json.loads((tmp_path / "bench.json").read_text())
    assert (member["ours"], member["baseline"], member["ratio"], member["rounds"]) == (None, None, None, 0)
    assert member["note"] == "not measured: it is not installed"
    assert "met" not in member
    assert "not measured" in report.table([row]).splitlines()[2]


def test_the_file_holds_figures_target_and_verdict(tmp_path: Path) -> None:
    report.write([compared("row", [2.0], [8.0], "other", "ms", AT_MOST_HALF, "as said")], tmp_path / "bench.json")
    (member,) = json.loads((tmp_path / "bench.json").read_text())
    assert member == {
        "name": "row", "ours": 2.0, "baseline": 8.0, "baseline_name": "other", "ratio": 0.25, "unit": "ms", "rounds": 1,
        "target": "ratio ≤ 0.5", "met": True, "worst": 2.0, "note": "as said",
    }  # fmt: skip


async def test_a_measured_page_has_three_parcels_thirty_checkpoints_and_five_items(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/orders.db"
    seed.fill_sqlite(url, 2)
    now = datetime.now(UTC)
    db = open_database(url, SystemClock())
    async with db.read() as reader:
        access = await queries.access_by_token(reader, seed.token(2), now)
        rows = await queries.load(reader, 2)
        version = await queries.version(reader, 2)
    await db.close()
    assert access is not None
    assert rows is not None
    assert (access.order_id, access.live, version.event) == (2, True, 2)
    assert access.expires_at > now + timedelta(days=1)
    shop = ShopView("Atelier Nord", None, None)
    view = order_view(rows, shop=shop, now=now, zone=ZoneInfo("Europe/Paris"), polled=frozenset())
    entries = [entry for parcel in view.parcels for day in parcel.timeline for entry in day.entries]
    assert (len(view.parcels), len(entries)) == (3, 30)
    assert sum(len(parcel.items) for parcel in view.parcels) == 5


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (b"HTTP/1.1 304 Not Modified\r\netag: x\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", True),
        (b"HTTP/1.1 200 OK\r\nContent-Le", False),
    ],
)
def test_an_answer_counts_when_its_last_byte_is_there(data: bytes, whole: bool) -> None:
    assert requests.is_whole(data) is whole
