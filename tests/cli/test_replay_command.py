"""`jalon replay` and `jalon codes` as staff type them."""

from __future__ import annotations

import asyncio
import json

import pytest

from carriers.core.http import Reply
from carriers.core.model import Found, Milestone
from carriers.laposte import CARRIER
from carriers.laposte.codes import EVENTS, Meaning
from portal.cli import main
from portal.context import opened
from portal.kit.db import Tx
from portal.tracking.merge import merge
from portal.tracking.raw import keep, raws_of
from tests.support.context import settings_on
from tests.support.parcels import TOPIC, facts, registered

NUMBER = "6A11111111111"
BODY = {
    "returnCode": 200,
    "shipment": {
        "idShip": NUMBER,
        "event": [{"code": "ZZ9", "label": "Colis chez Mme Invent\u00e9e", "date": "2026-11-19T12:00:00+01:00"}],
    },
}


@pytest.fixture
def kept(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database with one parcel, and an answer about it in a code that is not known."""

    async def have() -> None:
        async with opened(settings_on(sqlite_url), accounts={}) as context:
            shipment_id = await registered(context, facts(NUMBER, carrier="laposte"))
            body, now = json.dumps(BODY).encode(), context.clock.now()
            (answer,) = CARRIER.parse(body, asked=[NUMBER])
            assert isinstance(answer, Found)

            async def unit(tx: Tx) -> None:
                await merge(tx, now, shipment_id, TOPIC, answer.report)
                await keep(tx, now, shipment_id, NUMBER, raws_of("laposte", [NUMBER], [Reply(200, body)]))

            await context.db.write(unit)

    asyncio.run(have())
    monkeypatch.setenv("JALON_DATABASE_URL", sqlite_url)


def test_unknown_codes_are_listed_with_a_sample(kept: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codes", "unknown"]) == 0
    said = capsys.readouterr().out
    assert "laposte" in said
    assert "ZZ9" in said
    assert "Colis chez Mme Invent\u00e9e" in said
    assert main(["codes", "unknown", "--carrier", "laposte", "--json"]) == 0
    (code,) = json.loads(capsys.readouterr().out)
    assert (code["code"], code["count"], code["sample"]["number"]) == ("ZZ9", 1, NUMBER)
    assert main(["codes", "unknown", "--carrier", "ups", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_replay_shows_what_would_change_and_then_changes_it(
    kept: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EVENTS, "ZZ9", Meaning(Milestone.OUT_FOR_DELIVERY))
    assert main(["replay", "--carrier", "laposte", "--dry-run"]) == 0
    would = capsys.readouterr()
    assert would.out == "1 parcel read again, 1 would change.\n  handed_over → out_for_delivery: 1\n"
    assert "1 of 1 parcels" in would.err
    assert main(["replay", "--carrier", "laposte"]) == 0
    assert capsys.readouterr().out == "1 parcel read again, 1 changed.\n  handed_over → out_for_delivery: 1\n"
    assert main(["codes", "unknown"]) == 0
    assert capsys.readouterr().out == "Every code that came is in its table.\n"
    assert main(["replay", "--carrier", "laposte"]) == 0
    assert capsys.readouterr().out == "1 parcel read again, 0 changed.\n"


def test_a_replay_goes_on_where_it_stopped(kept: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--carrier", "laposte", "--after", "1"]) == 0
    assert capsys.readouterr().out == "0 parcels read again, 0 changed.\n"
    assert main(["replay", "--carrier", "laposte", "--since", "2999-01-01"]) == 0
    assert capsys.readouterr().out == "0 parcels read again, 0 changed.\n"


def test_a_carrier_that_there_is_not(kept: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--carrier", "snail"]) == 2
    assert "there is no carrier 'snail'" in capsys.readouterr().err


def test_staff_say_whose_parcel_it_is(kept: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parcel", "carrier", NUMBER, "chronopost"]) == 0
    assert capsys.readouterr().out == "Parcel 1 is chronopost's.\n"
    assert main(["parcel", "carrier", NUMBER, "chronopost"]) == 0
    assert capsys.readouterr().out == "Parcel 1 is chronopost's, as before.\n"
    assert main(["parcel", "carrier", NUMBER, "snail"]) == 2
    assert "there is no carrier 'snail'" in capsys.readouterr().err
    assert main(["parcel", "carrier", "6A99999999999", "ups"]) == 1
    assert "no parcel has the number 6A99999999999" in capsys.readouterr().err


def test_of_several_parcels_with_one_number_one_is_chosen(
    kept: None, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def another() -> None:
        async with opened(settings_on(sqlite_url), accounts={}) as context:
            await registered(context, facts(NUMBER, carrier="laposte", source="another"))

    asyncio.run(another())
    assert main(["parcel", "carrier", NUMBER, "chronopost"]) == 2
    said = capsys.readouterr().err
    assert "--shipment 1" in said
    assert "--shipment 2" in said
    assert main(["parcel", "carrier", NUMBER, "chronopost", "--shipment", "2"]) == 0
    assert capsys.readouterr().out == "Parcel 2 is chronopost's.\n"
