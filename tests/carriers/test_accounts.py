"""Accounts out of the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

import carriers
from carriers.core.accounts import AccountError, accounts_from, missing, served, served_by


def test_values_files_and_addresses(tmp_path: Path) -> None:
    secret = tmp_path / "ups"
    secret.write_text("hush\n")
    accounts = accounts_from(
        {
            "JALON_CARRIER_UPS_CLIENT_ID": " me ",
            "JALON_CARRIER_UPS_CLIENT_SECRET_FILE": str(secret),
            "JALON_CARRIER_DHL_UNIFIED_API_KEY": "k",
            "JALON_CARRIER_DHL_UNIFIED_API": "https://dhl.test/track/",
            "JALON_CARRIER_LAPOSTE_API_KEY": "",
            "JALON_CARRIER_UNHEARD_API_KEY": "x",
        }
    )
    assert sorted(accounts) == ["dhl_unified", "ups"]
    assert dict(accounts["ups"].credentials) == {"client_id": "me", "client_secret": "hush"}
    assert (accounts["ups"].api, accounts["dhl_unified"].api) == (None, "https://dhl.test/track")
    assert "hush" not in repr(accounts)


def test_what_is_still_missing_is_named() -> None:
    manifest = carriers.get("ups").manifest
    half = accounts_from({"JALON_CARRIER_UPS_CLIENT_ID": "me"})["ups"]
    assert missing(manifest, half) == ("JALON_CARRIER_UPS_CLIENT_SECRET",)
    assert missing(manifest, None) == ("JALON_CARRIER_UPS_CLIENT_ID", "JALON_CARRIER_UPS_CLIENT_SECRET")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("JALON_CARRIER_UPS_CLIENT_ID_FILE", "/nowhere/at/all", "JALON_CARRIER_UPS_CLIENT_ID_FILE: .* cannot be read"),
        ("JALON_CARRIER_LAPOSTE_API_KEY_FILE", "x", "JALON_CARRIER_LAPOSTE_API_KEY and .*_FILE are both set"),
        ("JALON_CARRIER_UPS_API", "ftp://ups.test", "JALON_CARRIER_UPS_API must start with https://"),
    ],
)
def test_settings_that_cannot_be_used(name: str, value: str, said: str) -> None:
    env = {"JALON_CARRIER_LAPOSTE_API_KEY": "very secret", name: value}
    with pytest.raises(AccountError, match=said) as failure:
        accounts_from(env)
    assert "very secret" not in str(failure.value)


def test_an_empty_file_is_no_secret(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\n")
    with pytest.raises(AccountError, match="empty"):
        accounts_from({"JALON_CARRIER_LAPOSTE_API_KEY_FILE": str(empty)})


def test_an_account_is_asked_for_carriers_that_have_none_of_their_own() -> None:
    assert "chronopost" in served_by("laposte", ["laposte", "ups"])
    assert served_by("laposte", ["laposte", "chronopost"]) == ("laposte",)
    assert served_by("ups", ["laposte", "ups"]) == ("ups",)
    assert served(["laposte", "ups"]) >= {"laposte", "ups", "chronopost"}
    assert served([]) == frozenset()
