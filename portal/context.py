"""What a process works with: settings, database, clients, clock. Built once, closed in reverse, the same
for the web, the worker, the command line and the tests."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from carriers.core.accounts import PREFIX, AccountError, accounts_from, missing, variable
from carriers.core.auth import TokenCache
from carriers.core.contract import Account
from carriers.core.pushing import SHORTEST, too_short
from carriers.core.registry import all, get
from portal import __version__
from portal.kit.clock import Clock, SystemClock
from portal.kit.db import Database, open_database
from portal.kit.egress import Clients
from portal.kit.errors import BadSetting
from portal.kit.secrets import Keys, keys_from
from portal.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that outlives a request. `mailbox`: messages go nowhere and are read on a page (the demo).
    `environ` is where the shop's platforms have their credentials."""

    settings: Settings
    db: Database
    clock: Clock
    accounts: Mapping[str, Account]
    clients: Clients
    tokens: TokenCache
    keys: Keys
    mailbox: bool = False
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def mail_channel(self) -> Literal["smtp", "mailbox", "console", "none"]:
        """Where messages go. Without a mail server they are shown on the console of a developer's machine and
        nowhere else: they hold codes."""
        if self.mailbox:
            return "mailbox"
        if self.settings.smtp_host:
            return "smtp"
        return "console" if self.settings.is_local else "none"


def keys_of(settings: Settings) -> Keys:
    """The installation's keys. Raises BadSetting."""
    return keys_from(*settings.secrets, settings.key_file)


@asynccontextmanager
async def opened(
    settings: Settings,
    *,
    clock: Clock | None = None,
    accounts: Mapping[str, Account] | None = None,
    mailbox: bool = False,
    environ: Mapping[str, str] | None = None,
) -> AsyncIterator[Context]:
    """A context for as long as the block lasts. Raises BadSetting."""
    clock = clock or SystemClock()
    environ = os.environ if environ is None else environ
    ready = usable_accounts(environ) if accounts is None else accounts
    keys = keys_of(settings)
    db = open_database(settings.database_url, clock)
    # Proofs and subscriptions are asked for beside the questions.
    clients = Clients(f"Jalon/{__version__} (+{settings.base_url})", settings.poll_concurrency + 2)
    try:
        yield Context(settings, db, clock, ready, clients, TokenCache(), keys, mailbox, environ)
    finally:
        await clients.close()
        await db.close()


def usable_accounts(env: Mapping[str, str]) -> dict[str, Account]:
    """The carriers that can be asked. Raises BadSetting for an account that lacks something, and for a
    variable that is no carrier's."""
    names = {variable(c.manifest, name) for c in all() for name in ("api", *(x.name for x in c.manifest.credentials))}
    unknown = sorted(name for name in env if name.startswith(PREFIX) and name.removesuffix("_FILE") not in names)
    if unknown:
        raise BadSetting(unknown[0], "is not a setting of any carrier: `jalon carriers` lists them")
    try:
        accounts = accounts_from(env)
    except AccountError as problem:
        raise BadSetting("JALON_CARRIER_…", str(problem)) from problem
    for slug, account in accounts.items():
        if lacking := missing(get(slug).manifest, account):
            raise BadSetting(lacking[0], f"is needed to ask {get(slug).manifest.label}")
        if weak := too_short(get(slug).manifest, account):
            name = variable(get(slug).manifest, weak[0])
            raise BadSetting(name, f"guards an address open to the world: at least {SHORTEST} characters")
    return accounts
