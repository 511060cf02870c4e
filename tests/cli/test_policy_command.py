"""`jalon policy` as a shop's person types it."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from portal.cli import main
from portal.context import opened
from portal.editing.policy.example import EXAMPLE
from portal.editing.policy.standard import STANDARD
from portal.orders.sync import import_order
from portal.platforms.neutral import NeutralOrder
from tests.editing.samples import PLACED, line, order, sent
from tests.support.context import settings_on

REFUSING = 'schema = "policy/1"\n[cancel_line]\nverdict = "no"   # they stay\n[cancel_order]\nverdict = "no"\n'


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(REFUSING, encoding="utf-8")
    return path


@pytest.fixture
def database(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("JALON_DATABASE_URL", sqlite_url)
    return sqlite_url


def have(url: str, *orders: NeutralOrder) -> None:
    async def put() -> None:
        async with opened(settings_on(url), accounts={}) as context:
            for document in orders:
                await import_order(context, document)

    asyncio.run(put())


def test_the_example_is_printed_and_is_a_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "example"]) == 0
    path = tmp_path / "example.toml"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["policy", "check", str(path)]) == 0
    assert "this is a policy, nothing to remark" in capsys.readouterr().out


def test_a_check_says_what_the_file_means(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check", str(policy)]) == 0
    said = capsys.readouterr().out
    assert "cancel the order        not allowed\n" in said
    assert "another size or colour  allowed for 1h, then ask the shop, dearer: ask the shop  (standard)\n" in said


def test_a_check_names_file_line_member_and_remedy(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy.write_text(REFUSING.replace("verdict", "verdikt", 1), encoding="utf-8")
    assert main(["policy", "check", str(policy)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{policy}:2: cancel_line.verdict: is missing",
        f"{policy}:3: cancel_line.verdikt: is not known: did you mean verdict?",
    ]
    assert main(["policy", "check", str(policy), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["policy"], [fault["line"] for fault in told["faults"]]) == (False, [2, 3])


def test_what_is_odd_is_said_and_is_wrong_only_when_asked(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy.write_text(REFUSING + 'window = "1h"\n', encoding="utf-8")
    assert main(["policy", "check", str(policy)]) == 0
    assert f'{policy}:6: cancel_order.window: means nothing where the verdict is "no"' in capsys.readouterr().out
    assert main(["policy", "check", str(policy), "--strict"]) == 1
    capsys.readouterr()
    assert main(["policy", "check", str(policy), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["policy"], told["remarks"][0]["member"]) == (True, "cancel_order.window")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("absent.toml", None, "No such file or directory"),
        ("policy.txt", b"x", "a policy is a file that ends in .toml, .yaml, .yml"),
        ("latin.toml", "# é".encode("latin-1"), "it is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    for act in (["check"], ["publish"], ["replay", "--since", "2026-11-01"]):
        with pytest.raises(SystemExit) as left:
            main(["policy", *act, str(tmp_path / name)])
        assert left.value.code == 2
        assert said in capsys.readouterr().err


def test_a_policy_is_published_shown_and_published_again(
    policy: Path, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["policy", "show"]) == 0
    assert capsys.readouterr().out == STANDARD
    assert main(["policy", "publish", str(policy), "--note", "Winter", "--by", "Noor"]) == 0
    assert capsys.readouterr().out == "Version 1 is in force.\n"
    assert main(["policy", "publish", str(policy)]) == 0
    assert "in force already" in capsys.readouterr().out
    assert main(["policy", "show"]) == 0
    shown = capsys.readouterr()
    assert shown.out == REFUSING
    assert "version 1, since " in shown.err
    assert "by Noor: Winter" in shown.err
    policy.write_text(EXAMPLE, encoding="utf-8")
    assert main(["policy", "publish", str(policy)]) == 0
    capsys.readouterr()
    assert main(["policy", "show", "--version", "1"]) == 0
    assert capsys.readouterr().out == REFUSING
    assert main(["policy", "show", "--list"]) == 0
    assert [name[:9] for name in capsys.readouterr().out.splitlines()] == ["version 2", "version 1", "version 0"]
    assert main(["policy", "show", "--version", "9"]) == 1
    assert "there is no version 9" in capsys.readouterr().err


def test_what_is_no_policy_is_not_published(policy: Path, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    policy.write_text("schema = 1\n", encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["policy", "publish", str(policy)])
    assert left.value.code == 1
    assert f"{policy}:1: schema: expected 'policy/1'" in capsys.readouterr().err
    main(["policy", "show", "--list"])
    assert capsys.readouterr().out == "version 0: the standard policy\n"


def placed(number: int, **changes: object) -> NeutralOrder:
    return order(
        line("a"),
        line("b", 2),
        number=f"#{number}",
        source={"platform": "elsewhere", "order_id": str(number)},
        **changes,
    )


@pytest.fixture
def shop(database: str) -> str:
    """Orders of a shop: one cancelled after five minutes, one of which a line was taken off after two days, one that
    shipped, one that was placed before."""
    gone = {"ordered": 1, "current": 0, "removed": 1}
    later = (PLACED + timedelta(days=5)).isoformat()
    edit = {"type": "edit", "at": (PLACED + timedelta(days=2)).isoformat(), "lines": [{"line_id": "a", "quantity": -1}]}
    have(
        database,
        placed(1, cancelled_at=(PLACED + timedelta(minutes=5)).isoformat(), updated_at=later),
        placed(2, lines=[line("a", quantity=gone), line("b", 2)], adjustments=[edit], updated_at=later),
        placed(3, parcels=[sent(("a", 1), ("b", 2))], updated_at=later),
        placed(4, placed_at="2026-10-31T23:59:59Z", updated_at=later),
    )
    return database


def test_a_replay_says_what_would_have_been_done(policy: Path, shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "replay", str(policy), "--since", "2026-11-01", "--after", "30m", "--after", "3h"]) == 0
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert lines[0] == "3 orders, beside the standard policy, which is in force (in brackets)."
    assert lines[2] == (
        "What was really changed: would have allowed 0, refused 2, asked the shop 0; "
        "2 of them differ from what is in force."
    )
    assert "  cancel the order  ask 0 (1), no 1 (0)" in lines
    assert "                    because: no policy 1" in lines
    assert "    #1  2026-11-20 10:04 UTC  cancel the order: no policy, in force: ask platform" in lines
    assert "    #2  2026-11-22 09:59 UTC  cancel items: no policy, in force: ask platform" in lines
    assert any(line.startswith("30m after the order, whatever is wished: would have allowed 3") for line in lines)
    assert told.err == "3 of 3 orders\n"


def test_a_replay_for_programs_is_a_line_for_each_case_and_the_sums(
    policy: Path, shop: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["policy", "replay", str(policy), "--since", "2026-10-01", "--after", "30m", "--json"]) == 0
    *cases, sums = [json.loads(said) for said in capsys.readouterr().out.splitlines()]
    assert (sums["orders"], sums["in_force"]) == (4, "standard")
    assert cases[0] == {
        "order": "#1",
        "at": "2026-11-20T10:04:59.999999+00:00",
        "group": "changed",
        "action": "cancel_order",
        "would": {"verdict": "no", "code": "policy", "rule": None},
        "in_force": {"verdict": "ask", "code": "platform", "rule": None},
    }
    assert all(case["group"] == "changed" or case["would"] != case["in_force"] for case in cases)
    (cancelled,) = [one for one in sums["sums"] if (one["group"], one["action"]) == ("30m", "cancel_order")]
    assert (cancelled["would"], cancelled["in_force"]) == ({"no": 4}, {"no": 1, "ask": 3})
    assert cancelled["codes"][0] == {"verdict": "no", "code": "policy", "count": 3}


def test_a_replay_compares_with_what_was_published(policy: Path, shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "publish", str(policy)]) == 0
    assert main(["policy", "replay", str(policy), "--since", "2026-11-01"]) == 0
    said = capsys.readouterr().out
    assert "beside version 1, which is in force" in said
    assert "refused 2, asked the shop 0; 0 of them differ" in said


def test_a_replay_wants_a_day_and_ages_that_are_some(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for more in ([], ["--since", "yesterday"], ["--since", "2026-11-01", "--after", "soon"]):
        with pytest.raises(SystemExit) as left:
            main(["policy", "replay", str(policy), *more])
        assert left.value.code == 2
    assert "'soon' is no length of time: write 30m, 1h, 1h30m, 2d or 1w" in capsys.readouterr().err


def test_nothing_is_asked_of_an_order_before_its_time(
    policy: Path, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["policy", "replay", str(policy), "--since", "2026-11-01"]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "0 orders, beside the standard policy, which is in force (in brackets).",
        "",
        "What was really changed: nothing.",
    ]
