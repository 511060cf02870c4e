"""The shops that the tests here may ask for, each started once for a run, and the portal's way to them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.engines import vendure_merchant
from tests.engines.connected import connected
from tests.engines.medusa_merchant import MedusaMerchant, open_shop
from tests.engines.merchant import Merchant
from tests.engines.programs import engine_folder
from tests.engines.relay import relaying
from tests.engines.sides import Sides
from tests.engines.vendure_merchant import VendureMerchant


@pytest.fixture(scope="session")
def medusa_shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MedusaMerchant]:
    """A shop on Medusa."""
    engine_folder("medusa")
    cluster = request.getfixturevalue("postgres_cluster")
    with relaying() as relay, open_shop(cluster, tmp_path_factory.mktemp("medusa"), relay) as merchant:
        yield merchant


@pytest.fixture(scope="session")
def vendure_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VendureMerchant]:
    """A shop on Vendure, with the plugin."""
    engine_folder("vendure")
    with relaying() as relay, vendure_merchant.open_shop(tmp_path_factory.mktemp("vendure"), relay) as merchant:
        yield merchant


@pytest.fixture(scope="session")
def bare_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VendureMerchant]:
    """A shop on Vendure as it comes, without the plugin."""
    engine_folder("vendure")
    with (
        relaying() as relay,
        vendure_merchant.open_shop(tmp_path_factory.mktemp("bare"), relay, plugin=False) as merchant,
    ):
        yield merchant


@pytest.fixture(scope="session", params=["medusa", "vendure"])
def merchant(request: pytest.FixtureRequest) -> Merchant:
    """A shop on each engine in turn."""
    found: Merchant = request.getfixturevalue(f"{request.param}_shop")
    return found


@pytest.fixture
async def sides(merchant: Merchant) -> AsyncIterator[Sides]:
    """The merchant's shop as those who work there see it, and as the portal's adapter does."""
    async with connected(merchant.account) as shop:
        yield Sides(merchant, shop)
