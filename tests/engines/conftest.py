"""The shops that the tests here may ask for, each started once for a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engines.medusa_merchant import MedusaMerchant, open_shop
from tests.engines.merchant import Merchant
from tests.engines.programs import engine_folder
from tests.engines.relay import relaying


@pytest.fixture(scope="session")
def medusa_shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MedusaMerchant]:
    """A shop on Medusa."""
    engine_folder("medusa")
    cluster = request.getfixturevalue("postgres_cluster")
    with relaying() as relay, open_shop(cluster, tmp_path_factory.mktemp("medusa"), relay) as merchant:
        yield merchant


@pytest.fixture(scope="session", params=["medusa"])
def merchant(request: pytest.FixtureRequest) -> Merchant:
    """A shop on each engine in turn."""
    found: Merchant = request.getfixturevalue(f"{request.param}_shop")
    return found
