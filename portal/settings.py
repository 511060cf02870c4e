"""Every setting, from the environment: `JALON_NAME`, or `JALON_NAME_FILE` holding the path of a file.

A wrong or unknown setting stops the start and is named. Credentials of carriers (`JALON_CARRIER_…`) and of shops'
platforms (`JALON_PLATFORM_…`) are read elsewhere, since each adapter declares its own.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo, field_validator

from portal.kit.errors import BadSetting
from portal.kit.lists import Link, Network, links_in, networks_in
from portal.kit.secrets import LEAST, is_weak

PREFIX = "JALON_"
# Read elsewhere: by adapters, and by the tests of this program, which run its commands.
_NOT_OURS = (f"{PREFIX}CARRIER_", f"{PREFIX}PLATFORM_", f"{PREFIX}TEST_")


class Settings(BaseModel):
    """What an installation decides. Field descriptions make up docs/settings.md."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database_url: str = Field(
        "sqlite:///jalon.db", description="`sqlite:///path` or `postgresql://user:password@host/name`."
    )
    base_url: str = Field("http://127.0.0.1:8000", description="The address customers use; links are built from it.")
    secret_key: SecretStr | None = Field(
        None,
        description="The installation's secret, at least 32 random characters (`openssl rand -hex 32`). Needed with "
        "PostgreSQL; on SQLite a file beside the database holds one when this is unset.",
    )
    secret_key_old: SecretStr | None = Field(
        None, description="The secret before, for as long as one is being replaced by another."
    )
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on.")
    worker: Literal["auto", "embedded", "separate"] = Field(
        "auto",
        description="Whether `jalon serve` does the background work too; `auto`: on SQLite yes, on PostgreSQL no.",
    )
    trusted_proxies: str = Field(
        "127.0.0.1", description="Addresses whose `X-Forwarded-*` headers are believed, comma separated."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much to log.")

    shop_name: str = Field("Our shop", min_length=1, max_length=80, description="The shop's name, on every page.")
    shop_url: str | None = Field(None, description="The shop's own site.")
    shop_contact: str | None = Field(None, description="Where customers can ask: an e-mail address or a page.")
    shop_brand_colour: str = Field("#0b6b4f", description="The brand's colour, as #rrggbb; contrast is computed.")
    shop_logo: str | None = Field(
        None, description="A file with the shop's logo: SVG, PNG, JPEG or WebP, at most 200 KB. See branding.md."
    )
    shop_logo_dark: str | None = Field(None, description="The logo for dark pages; without it the other, on a plate.")
    shop_font: str = Field(
        "inter", description="`inter`, `system` (what the device has), or a WOFF2 file of the shop's own."
    )
    shop_css: str | None = Field(
        None, description="A file with CSS of the shop's own, after ours; nothing in it may ask elsewhere."
    )
    shop_links: str = Field(
        "",
        description="Links at the foot of every page, `LABEL=ADDRESS`, separated by `;` or on lines of their own. The "
        "labels terms, returns, privacy, contact and imprint are written in the reader's language.",
    )
    locale: Literal["de", "en", "es", "fr", "it", "nl"] = Field(
        "en", description="The language when neither order nor browser says one."
    )
    time_zone: str = Field("Europe/Paris", description="The shop's time zone (IANA name).")

    map_borders: bool = Field(True, description="Whether maps show borders between countries, and their names.")
    map_tiles_url: str | None = Field(
        None,
        description="A tile server for maps that can be moved, like `https://tiles.example.com/{z}/{x}/{y}.png`: "
        "customers' browsers ask it for the region shown. Without it nobody else is asked for anything.",
    )
    map_tiles_attribution: str | None = Field(
        None, validate_default=True, max_length=200, description="Whom to credit for the tiles; their owner says how."
    )

    link_days: int = Field(21, ge=1, le=365, description="Days for which an order link opens the page.")
    link_browsers: int = Field(5, ge=1, le=10_000, description="Browsers in which one order link can be used.")
    collect_days: int = Field(14, ge=0, le=365, description="Days for which the shop keeps what is ready; 0: no end.")
    raw_days: int = Field(
        90,
        ge=0,
        le=365,
        description="Days for which carriers' raw answers are kept, for `jalon replay`; 0: not at all.",
    )
    event_days: int = Field(30, ge=2, le=365, description="Days for which the event log is kept.")
    order_days: int = Field(
        1095,
        ge=30,
        le=3650,
        description="Days after the last news of an order for which its personal data are kept. Three years is what "
        "the CNIL recommends for customers' data; a shop may keep less.",
    )
    account_days: int = Field(
        1095, ge=30, le=3650, description="Days after an account was last used for which it is kept."
    )
    look_days: int = Field(365, ge=1, le=1095, description="Days for which customers see who looked at their orders.")

    sign_ins_per_address: int = Field(
        5, ge=1, description="Codes that may be asked for from one internet address in a quarter of an hour."
    )
    sign_ins_in_all: int = Field(1000, ge=1, description="Codes that may be asked for in a quarter of an hour by all.")
    sign_in_mails_per_hour: int = Field(
        1000, ge=1, description="Messages with codes that are sent in an hour; three to one e-mail address."
    )

    mail_from: str | None = Field(
        None, description="The address that messages to customers come from, like `orders@shop.example`."
    )
    mail_from_name: str | None = Field(
        None, max_length=60, description="The name beside that address; without it the shop's name."
    )
    mail_reply_to: str | None = Field(None, description="Where answers to messages go, if not to their sender.")
    smtp_host: str | None = Field(
        None,
        description="The mail server. Without one nothing is sent; on a developer's machine the console shows it.",
    )
    smtp_port: int | None = Field(
        None, ge=1, le=65535, description="Its port; without it 587 (`starttls`), 465 (`tls`) or 25 (`none`)."
    )
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection to it is encrypted; its certificate is checked."
    )
    smtp_user: str | None = Field(None, description="The name to sign in there with.")
    smtp_password: SecretStr | None = Field(None, description="The password to that name; better in a file.")
    smtp_certificates: str | None = Field(
        None,
        description="A file of certificates (PEM) to trust instead of the system's, for a mail server of one's own.",
    )

    edit_undo_seconds: int = Field(
        30,
        ge=0,
        le=3600,
        description="Seconds for which customers can take back a change of their order; 0: not at all.",
    )
    edit_answer_hours: int = Field(
        48, ge=1, le=720, description="Hours for which a customer's request waits for the shop's yes or no."
    )
    edit_give_up_minutes: int = Field(
        60,
        ge=1,
        le=1440,
        description="Minutes for which a platform is asked to make a change before a person has to look.",
    )
    edit_hold: bool = Field(
        False,
        description="Whether the warehouse is told to leave an order alone while its customer changes it, where the "
        "platform has that.",
    )
    staff_mail: str | None = Field(
        None, description="Where the shop is told of customers' requests, and of changes that a person has to look at."
    )

    max_streams: int = Field(10_000, ge=1, description="Live pages open at once in one process.")
    max_streams_per_address: int = Field(20, ge=1, description="Live pages open at once from one address.")
    max_streams_per_link: int = Field(6, ge=1, description="Live pages open at once with one order link.")
    requests_per_minute: int = Field(600, ge=1, description="Requests a minute from one address, in the long run.")

    hook_requests_per_minute: int = Field(
        6000,
        ge=1,
        description="Deliveries a minute that carriers and shops may send from one address, in the long run.",
    )

    api_requests_per_minute: int = Field(
        600, ge=1, description="Calls a minute that each key of the API may make, in the long run."
    )
    api_hooks_private: bool = Field(
        False, description="Whether the API's news may be sent to addresses of this machine and of private networks."
    )

    tell_shops: bool = Field(True, description="Whether carriers' news are written to connected shops that show them.")
    reconcile_minutes: int = Field(
        5,
        ge=1,
        le=1440,
        description="Minutes between two looks at a connected shop; one that delivers nothing has one every minute.",
    )

    poll_pace: float = Field(
        1.0, gt=0, le=100_000, description="Carriers are asked this many times as often (demo and tests)."
    )
    poll_concurrency: int = Field(
        4, ge=1, le=256, description="Questions to one carrier account at the same time, of all workers together."
    )

    metrics_token: str | None = Field(
        None,
        min_length=16,
        description="The bearer token that `/metrics` wants; without token and networks it is closed.",
    )
    metrics_networks: str = Field(
        "", description="Networks that may read `/metrics` without a token, comma separated, like `127.0.0.1/32`."
    )

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            url = make_url(value)
            kind, where = url.get_backend_name(), url.database
        except (ArgumentError, ValueError):  # their texts hold the value, and it a password
            kind, where = "", None
        # A database in memory would be another one for each connection.
        if kind not in ("sqlite", "postgresql") or (kind == "sqlite" and where in (None, "", ":memory:")):
            raise ValueError("must look like sqlite:///path or postgresql://user:password@host/name")
        return value

    @field_validator("base_url", "shop_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("must be a whole address, like https://track.example.com")
        return value.rstrip("/") if value else value

    @field_validator("secret_key", "secret_key_old")
    @classmethod
    def _secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and is_weak(value.get_secret_value()):
            raise ValueError(f"must be at least {LEAST} random characters: openssl rand -hex 32")
        return value

    @field_validator("shop_contact")
    @classmethod
    def _contact(cls, value: str | None) -> str | None:
        if value and not re.match(r"^(https?://\S+|[^@\s]+@[^@\s]+)$", value):
            raise ValueError("must be an e-mail address or an https:// page")
        return value or None

    @field_validator("mail_from", "mail_reply_to", "staff_mail")
    @classmethod
    def _mail_address(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}", value):
            raise ValueError("must be a bare e-mail address, like orders@shop.example")
        return value or None

    @field_validator("smtp_host")
    @classmethod
    def _mail_server(cls, value: str | None, given: ValidationInfo) -> str | None:
        if value and not given.data.get("mail_from"):
            raise ValueError("needs JALON_MAIL_FROM as well: the address that messages come from")
        return value or None

    @field_validator("smtp_certificates")
    @classmethod
    def _certificates(cls, value: str | None) -> str | None:
        if value and not Path(value).is_file():
            raise ValueError("is no file that can be read")
        return value or None

    @field_validator("shop_brand_colour")
    @classmethod
    def _colour(cls, value: str) -> str:
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise ValueError("must look like #0b6b4f")
        return value.lower()

    @field_validator("shop_logo", "shop_logo_dark", "shop_css")
    @classmethod
    def _file(cls, value: str | None) -> str | None:
        return value or None  # what the files hold is looked at where they are used: portal.branding

    @field_validator("shop_font")
    @classmethod
    def _font(cls, value: str) -> str:
        if value not in ("inter", "system") and not value.lower().endswith(".woff2"):
            raise ValueError("must be inter, system, or the path of a .woff2 file")
        return value

    @field_validator("shop_links")
    @classmethod
    def _shop_links(cls, value: str) -> str:
        links_in(value)
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
            raise ValueError("is not a time zone; use an IANA name like Europe/Paris") from problem
        return value

    @property
    def is_local(self) -> bool:
        """Whether only this machine's own browser can be meant: somebody is trying or developing."""
        address = urlsplit(self.base_url)
        return address.scheme == "http" and address.hostname in ("127.0.0.1", "::1", "localhost")

    @field_validator("map_tiles_url")
    @classmethod
    def _tiles(cls, value: str | None) -> str | None:
        if not value:
            return None
        parts = urlsplit(value)
        plain = re.fullmatch(r"[a-z0-9.-]+(:[0-9]{1,5})?", parts.netloc)  # it goes into a header, as it is
        if parts.scheme not in ("http", "https") or not plain or not all(p in value for p in ("{z}", "{x}", "{y}")):
            raise ValueError("must look like https://tiles.example.com/{z}/{x}/{y}.png")
        return value

    @field_validator("map_tiles_attribution")
    @classmethod
    def _credit(cls, value: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("map_tiles_url") and not value:
            raise ValueError("must say whom to credit for JALON_MAP_TILES_URL")
        return value or None

    @property
    def links(self) -> tuple[Link, ...]:
        """What stands at the foot of every page."""
        return links_in(self.shop_links)

    @property
    def tiles_origin(self) -> str | None:
        """The site that tiles come from."""
        parts = urlsplit(self.map_tiles_url or "")
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None

    @property
    def secrets(self) -> tuple[str | None, str | None]:
        """The secret key and the one before."""
        new, old = self.secret_key, self.secret_key_old
        return new.get_secret_value() if new else None, old.get_secret_value() if old else None

    @property
    def key_file(self) -> Path | None:
        """Where a key may be kept that was not set: beside a database that is ours alone."""
        from sqlalchemy.engine import make_url

        url = make_url(self.database_url)
        return Path(url.database).with_suffix(".key") if url.get_backend_name() == "sqlite" and url.database else None

    @field_validator("metrics_networks")
    @classmethod
    def _networks(cls, value: str) -> str:
        try:
            networks_in(value)
        except ValueError as problem:
            raise ValueError("must be networks like 127.0.0.1/32, 10.0.0.0/8") from problem
        return value

    @property
    def metrics_from(self) -> tuple[Network, ...]:
        """The networks that may read the metrics without a token."""
        return networks_in(self.metrics_networks)

    @property
    def embedded_worker(self) -> bool:
        """Whether this installation's web process does the background work as well."""
        return self.worker == "embedded" or (self.worker == "auto" and self.database_url.startswith("sqlite"))


def load(env: Mapping[str, str] | None = None, flags: Mapping[str, object] | None = None) -> Settings:
    """Settings from the environment, with what the command line says on top. Raises BadSetting naming the key."""
    values: dict[str, object] = {}
    for name, value in sorted((os.environ if env is None else env).items()):
        if name.startswith(PREFIX) and not name.startswith(_NOT_OURS):
            key, text = _read(name, value)
            if key in values:
                raise BadSetting(name, f"is given twice, by {PREFIX}{key.upper()} as well: keep one")
            values[key] = text
    try:
        return Settings.model_validate({**values, **(flags or {})})
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False, include_context=False)[0]
        key = f"{PREFIX}{'_'.join(str(part) for part in first['loc']).upper()}"
        raise BadSetting(key, first["msg"].removeprefix("Value error, ")) from None


def _read(name: str, value: str) -> tuple[str, str]:
    key = name.removeprefix(PREFIX).lower()
    if key in Settings.model_fields:
        return key, value
    if key.endswith("_file") and (plain := key.removesuffix("_file")) in Settings.model_fields:
        try:
            return plain, Path(value).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as problem:
            raise BadSetting(name, f"cannot read {value}: {type(problem).__name__}") from problem
    near = difflib.get_close_matches(key, Settings.model_fields, 1)
    raise BadSetting(name, "is not a setting" + (f"; did you mean {PREFIX}{near[0].upper()}?" if near else ""))
