"""What supervisors and load balancers are told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from portal.context import Context, opened
from portal.kit.clock import ManualClock
from portal.kit.errors import Unavailable
from tests.machine.postgres import free_port
from tests.support.context import settings_on
from tests.support.web import Answer, Site, site


class Away:
    """A database that does not answer."""

    async def ping(self) -> None:
        """Raises."""
        raise Unavailable("database: connection to 10.0.0.5 refused for jalon")


async def ready(served: Site) -> tuple[int, Any, Answer]:
    """Status and words of the readiness check."""
    answer = await served.ask("/healthz/ready")
    return answer.status, json.loads(answer.text), answer


async def test_a_process_that_can_work_is_ready(any_context: Context) -> None:
    served = site(any_context)
    assert (await ready(served))[:2] == (200, {"status": "ok", "streams": 0})
    answer = await served.ask("/healthz/live")
    assert (answer.status, json.loads(answer.text)) == (200, {"status": "ok"})


async def test_a_database_that_is_away_is_said_without_a_word_about_where_it_is(context: Context) -> None:
    served = site(replace(context, db=Away()))  # type: ignore[arg-type]  # enough of a database
    status, said, answer = await ready(served)
    assert (status, said) == (503, {"status": "database unavailable"})
    assert answer.headers["retry-after"] == "5"
    assert (await served.ask("/healthz/live")).status == 200


async def test_a_process_that_is_stopping_is_alive_and_not_ready(context: Context) -> None:
    served = site(context)
    await served.app.hub.close()
    assert (await ready(served))[:2] == (503, {"status": "stopping"})
    assert (await served.ask("/healthz/live")).status == 200


@pytest.mark.postgres
async def test_a_server_that_is_gone_is_noticed(clock: ManualClock) -> None:
    nowhere = settings_on(f"postgresql://jalon@127.0.0.1:{free_port()}/jalon")
    async with opened(nowhere, clock=clock, accounts={}) as context:
        assert (await ready(site(context)))[0] == 503
