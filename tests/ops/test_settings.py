"""Settings: every wrong one is named, none is shown, and what is right is taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from portal.context import usable_accounts
from portal.kit.errors import BadSetting
from portal.settings import Settings, load

WRONG = {
    "DATABASE_URL": ["", "jalon.db", "mysql://db/jalon", "postgres", "sqlite://", "sqlite:///:memory:", "://"],
    "BASE_URL": ["", "track.example.com", "ftp://track.example.com", "https://", "javascript:alert(1)", "//x"],
    "SECRET_KEY": ["", "short", "x" * 64, "changeme" * 8],
    "SECRET_KEY_OLD": ["", "short"],
    "HOST": [],
    "PORT": ["", "eighty", "-1", "65536", "80.5", "0x50"],
    "WORKER": ["", "yes", "Embedded"],
    "TRUSTED_PROXIES": [],
    "LOG_LEVEL": ["", "loud", "INFO"],
    "SHOP_NAME": ["", "x" * 81],
    "SHOP_URL": ["atelier.example", "mailto:a@b.example", "https://"],
    "SHOP_CONTACT": ["call us", "a@b@c", "ftp://x", "a b@c.example"],
    "SHOP_BRAND_COLOUR": ["", "green", "#fff", "#12345g", "0b6b4f", "#0b6b4f;x"],
    "SHOP_LOGO": [],  # what the files hold: tests/branding
    "SHOP_LOGO_DARK": [],
    "SHOP_FONT": ["", "Comic Sans", "shop.ttf"],
    "SHOP_CSS": [],
    "SHOP_LINKS": ["terms", "terms=shop.example", "x=javascript:alert(1)", ";".join(["a=https://b.example"] * 9)],
    "LOCALE": ["", "pt", "FR"],
    "TIME_ZONE": ["", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "Europe"],
    "MAP_BORDERS": ["", "perhaps"],
    "MAP_TILES_URL": [
        "tiles.example.com/{z}/{x}/{y}.png",
        "https://ab.example.com/{z}/{x}.png",
        "https://a:b@tiles.example.com/{z}/{x}/{y}.png",
        "https://cd.example.com; script-src */{z}/{x}/{y}.png",
        "https://{s}.tiles.example.com/{z}/{x}/{y}.png",
        "ftp://tiles.example.com/{z}/{x}/{y}.png",
    ],
    "MAP_TILES_ATTRIBUTION": ["x" * 201],
    "LINK_DAYS": ["0", "366", "x"],
    "LINK_BROWSERS": ["0", "10001", "all"],
    "RAW_DAYS": ["-1", "366"],
    "EVENT_DAYS": ["1", "366"],
    "ORDER_DAYS": ["29", "3651"],
    "ACCOUNT_DAYS": ["29", "3651"],
    "LOOK_DAYS": ["0", "1096"],
    "EDIT_UNDO_SECONDS": ["-1", "3601", "x"],
    "EDIT_ANSWER_HOURS": ["0", "721"],
    "EDIT_GIVE_UP_MINUTES": ["0", "1441"],
    "EDIT_HOLD": ["", "perhaps"],
    "STAFF_MAIL": ["shop", "a b@c.example"],
    "SIGN_INS_PER_ADDRESS": ["0", "x"],
    "SIGN_INS_IN_ALL": ["0"],
    "SIGN_IN_MAILS_PER_HOUR": ["0"],
    "MAIL_FROM": ["shop", "Shop <a@b.example>", "a@b.example\nBcc: x@y.example", "@b.example"],
    "MAIL_FROM_NAME": ["x" * 61],
    "MAIL_REPLY_TO": ["shop", "a b@c.example"],
    "SMTP_HOST": ["mail.example.com"],  # it needs a sender as well
    "SMTP_PORT": ["0", "65536", "smtp"],
    "SMTP_SECURITY": ["", "ssl", "STARTTLS"],
    "SMTP_USER": [],
    "SMTP_PASSWORD": [],
    "SMTP_CERTIFICATES": ["/nowhere/at/all.pem"],
    "MAX_STREAMS": ["0", "many"],
    "MAX_STREAMS_PER_ADDRESS": ["0"],
    "MAX_STREAMS_PER_LINK": ["0"],
    "REQUESTS_PER_MINUTE": ["0", "-5"],
    "HOOK_REQUESTS_PER_MINUTE": ["0", "-5"],
    "API_REQUESTS_PER_MINUTE": ["0", "many"],
    "API_HOOKS_PRIVATE": ["", "perhaps"],
    "COLLECT_DAYS": ["-1", "366", "x"],
    "RECONCILE_MINUTES": ["0", "x"],
    "TELL_SHOPS": ["", "perhaps"],
    "POLL_PACE": ["0", "-1", "nan", "inf", "fast"],
    "POLL_CONCURRENCY": ["0", "257"],
    "METRICS_TOKEN": ["", "short"],
    "METRICS_NETWORKS": ["everybody", "10.0.0.1/8"],
}
FREE = {"SHOP_NAME", "MAIL_FROM_NAME", "MAP_TILES_ATTRIBUTION"}  # any text will do
CASES = [(name, value) for name, values in WRONG.items() for value in values]


def test_every_setting_is_tried_here() -> None:
    assert {name.lower() for name in WRONG} == set(Settings.model_fields)


@pytest.mark.parametrize(("name", "value"), CASES, ids=[f"{name} {value[:12]!r}" for name, value in CASES])
def test_a_wrong_value_names_its_key(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as wrong:
        load({f"JALON_{name}": value})
    assert wrong.value.key == f"JALON_{name}"
    assert str(wrong.value).startswith(f"JALON_{name}: ")


@pytest.mark.parametrize("name", [name for name, values in WRONG.items() if values and name not in FREE])
def test_a_wrong_value_is_not_shown(name: str) -> None:
    with pytest.raises(BadSetting) as wrong:
        load({f"JALON_{name}": "hunter2 hunter2"})
    assert "hunter2" not in str(wrong.value)


def test_tiles_are_shown_with_credit_or_not_at_all() -> None:
    tiles = {"JALON_MAP_TILES_URL": "https://tiles.example.com:8443/{z}/{x}/{y}.png"}
    with pytest.raises(BadSetting, match="JALON_MAP_TILES_ATTRIBUTION: must say whom to credit"):
        load(tiles)
    assert (
        load(tiles | {"JALON_MAP_TILES_ATTRIBUTION": "Example Maps"}).tiles_origin == "https://tiles.example.com:8443"
    )
    assert load({}).tiles_origin is None


def test_flags_stand_above_the_environment_and_are_looked_at_as_well() -> None:
    assert load({"JALON_PORT": "8000"}, {"port": 9000}).port == 9000
    with pytest.raises(BadSetting, match="JALON_PORT"):
        load({}, {"port": 99_999})


def test_nothing_set_is_a_shop_on_this_machine() -> None:
    settings = load({})
    assert settings == Settings.model_validate({})
    assert (settings.database_url, settings.port, settings.embedded_worker) == ("sqlite:///jalon.db", 8000, True)


def test_values_are_read_as_what_they_are() -> None:
    env = {
        "JALON_PORT": "0",
        "JALON_POLL_PACE": "2.5",
        "JALON_BASE_URL": "https://track.example.com/",
        "JALON_SHOP_BRAND_COLOUR": "#AABBCC",
        "JALON_SHOP_CONTACT": "",
        "JALON_SHOP_NAME": "Chez Zoé",
        "PATH": "/bin",
        "JALON_CARRIER_UPS_CLIENT_ID": "not read here",
    }
    settings = load(env)
    assert (settings.port, settings.poll_pace, settings.shop_contact) == (0, 2.5, None)
    assert (settings.base_url, settings.shop_brand_colour) == ("https://track.example.com", "#aabbcc")
    assert settings.shop_name == "Chez Zoé"


UNKNOWN = [
    ("JALON_SHOPNAME", "JALON_SHOP_NAME"),
    ("JALON_DATABASE", "JALON_DATABASE_URL"),
    ("JALON_PORTS", "JALON_PORT"),
    ("JALON_LINKS_DAYS", "JALON_LINK_DAYS"),
    ("JALON_XYZZY", None),
    ("JALON_", None),
]


@pytest.mark.parametrize(("name", "meant"), UNKNOWN)
def test_a_name_that_is_no_setting_is_named_with_the_one_that_is_near(name: str, meant: str | None) -> None:
    with pytest.raises(BadSetting) as wrong:
        load({name: "hunter2"})
    assert wrong.value.key == name
    assert "hunter2" not in str(wrong.value)
    assert (f"did you mean {meant}?" in str(wrong.value)) if meant else ("did you mean" not in str(wrong.value))


def test_a_value_may_lie_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://jalon:hunter2@db/jalon\n")
    assert load({"JALON_DATABASE_URL_FILE": str(secret)}).database_url == "postgresql://jalon:hunter2@db/jalon"


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"mysql://db"], ids=["no file", "no text", "no address"])
def test_a_file_that_does_not_help_names_its_key(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "url"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadSetting, match="JALON_DATABASE_URL"):
        load({"JALON_DATABASE_URL_FILE": str(path)})


def test_a_value_given_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "port"
    path.write_text("8001")
    with pytest.raises(BadSetting, match="JALON_PORT"):
        load({"JALON_PORT": "8000", "JALON_PORT_FILE": str(path)})


WORKERS = [
    ("auto", "sqlite:///x.db", True),
    ("auto", "postgresql://db/jalon", False),
    ("embedded", "postgresql://db/jalon", True),
    ("separate", "sqlite:///x.db", False),
]


@pytest.mark.parametrize(("worker", "url", "embedded"), WORKERS)
def test_who_does_the_work(worker: str, url: str, embedded: bool) -> None:
    assert load({"JALON_WORKER": worker, "JALON_DATABASE_URL": url}).embedded_worker is embedded


def test_settings_do_not_change_and_do_not_print_secrets() -> None:
    settings = load({"JALON_DATABASE_URL": "postgresql://jalon:hunter2@db/jalon"})
    with pytest.raises(ValidationError):
        settings.port = 1
    with pytest.raises(BadSetting) as wrong:
        load({"JALON_DATABASE_URL": "mysql://jalon:hunter2@db/jalon"})
    assert "hunter2" not in str(wrong.value)
    assert wrong.value.__cause__ is None


def test_half_an_account_names_what_is_missing() -> None:
    with pytest.raises(BadSetting) as wrong:
        usable_accounts({"JALON_CARRIER_UPS_CLIENT_ID": "hunter2"})
    assert wrong.value.key == "JALON_CARRIER_UPS_CLIENT_SECRET"
    assert "UPS" in str(wrong.value)
    assert usable_accounts({}) == {}


def test_a_secret_that_guards_nothing_stops_the_start_and_is_not_shown() -> None:
    env = {"JALON_CARRIER_SHIP24_API_KEY": "k", "JALON_CARRIER_SHIP24_PUSH_SECRET": "hunter2"}
    with pytest.raises(BadSetting) as wrong:
        usable_accounts(env)
    assert wrong.value.key == "JALON_CARRIER_SHIP24_PUSH_SECRET"
    assert "hunter2" not in str(wrong.value)
    assert usable_accounts(env | {"JALON_CARRIER_SHIP24_PUSH_SECRET": "hunter2 hunter2 hunter2"}).keys() == {"ship24"}


def test_what_the_tests_are_told_is_no_setting() -> None:
    assert load({"JALON_TEST_ENGINES": "1", "JALON_PORT": "8001"}).port == 8001
