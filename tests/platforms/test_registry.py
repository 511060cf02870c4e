"""Platforms are found by folder."""

from __future__ import annotations

import pytest

from portal.platforms import registry
from portal.platforms.registry import UnknownPlatform


def test_every_folder_is_a_platform_under_its_own_name() -> None:
    assert {"neutral", "shopify"} <= set(registry.slugs())
    assert [registry.get(slug).slug for slug in registry.slugs()] == list(registry.slugs())


@pytest.mark.parametrize("slug", ["", "nowhere", "contract", "../shopify"])
def test_other_names_are_refused(slug: str) -> None:
    with pytest.raises(UnknownPlatform):
        registry.get(slug)
