"""Raw answers that were kept before they could be replayed go on being readable."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, text

from portal import schema

BODY = zlib.compress(b'{"returnCode": 200}')
SHIPMENT = (
    "INSERT INTO shipment (id, source, topic, carrier, number, milestone, delayed, carrier_delayed, shop_delayed,"
    " created_at, updated_at) VALUES (7, 's', 'order:1', 'laposte', '6A12345678901', 'unknown', false, false, false,"
    " '2026-11-01', '2026-11-01')"
)
ANSWER = (
    "INSERT INTO raw_answer (id, shipment_id, carrier, http_status, body, at)"
    " VALUES (:id, 7, 'laposte', 200, :body, '2026-11-02')"
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with nothing in it: SQLite, then PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/jalon.db"
    return str(request.getfixturevalue("postgres_url"))


def test_answers_keep_their_parcel_and_carriers_their_word(empty_url: str) -> None:
    def before(connection: Connection) -> None:
        command.upgrade(schema._config(connection), "0001")
        connection.execute(text(SHIPMENT))
        for number in (1, 2):
            connection.execute(text(ANSWER), {"id": number, "body": BODY})
        connection.commit()

    def after(connection: Connection) -> tuple[list[tuple[object, ...]], ...]:
        links = (
            "SELECT l.raw_id, l.shipment_id, l.number, r.asked, r.carrier FROM raw_answer_parcel l JOIN raw_answer r"
        )
        said = "SELECT shop_carrier, settled_by FROM shipment"
        asked = (text(f"{links} ON r.id = l.raw_id ORDER BY r.id"), text(said), text("SELECT body FROM raw_answer"))
        return tuple([tuple(row) for row in connection.execute(question)] for question in asked)

    schema._with(empty_url, before)
    schema.migrate(empty_url)
    links, shipments, bodies = schema._with(empty_url, after)
    assert links == [(n, 7, "6A12345678901", "[]", "laposte") for n in (1, 2)]
    assert shipments == [("laposte", "shop")]
    assert [bytes(body) for (body,) in bodies if isinstance(body, bytes)] == [BODY, BODY]
    assert schema.differences(empty_url) == []
