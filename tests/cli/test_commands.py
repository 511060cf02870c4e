"""The command `jalon`: what it says, and the status it ends with."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from portal import __version__, schema
from portal.cli import COMMANDS
from tests.machine.postgres import free_port
from tests.support.context import KEY
from tests.support.shell import Shell

ROOT = Path(__file__).resolve().parents[2]
ORDER = '{"number": "#1001", "updated_at": "2026-11-19T09:00:00Z", "lines": [{"id": "1", "title": "Mug"}]}'


def test_help_lists_every_command_with_a_line(jalon: Shell) -> None:
    said = jalon("--help")
    assert (said.status, said.err) == (0, "")
    for name, line in COMMANDS.items():
        assert re.search(rf"^ +{name} +{re.escape(line[:20])}", said.out, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(jalon: Shell, command: str) -> None:
    said = jalon(command, "--help")
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith(f"usage: jalon {command}")
    assert COMMANDS[command][1:20] in said.out


def test_every_command_is_there_and_no_other() -> None:
    modules = {path.stem.removesuffix("_") for path in (ROOT / "portal/cli").glob("[a-z]*_.py")}
    assert modules == set(COMMANDS)


def test_help_needs_none_of_the_stack() -> None:
    """`--help` answers at once: nothing heavy is imported for it."""
    look = "import sys; from portal.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    heavy = "print([m for m in ('sqlalchemy','starlette','pydantic','jinja2','uvicorn','httpx2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look + heavy], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("[]")


def test_the_version_is_said(jalon: Shell) -> None:
    assert jalon("--version").out == f"jalon {__version__}\n"


WRONG = [[], ["dance"], ["serve", "--dance"], ["serve", "--port", "x"], ["serve", "--worker", "--no-worker"], ["link"]]


@pytest.mark.parametrize("words", WRONG, ids=[" ".join(words) or "nothing" for words in WRONG])
def test_wrong_usage_is_status_2_and_says_how(jalon: Shell, words: list[str]) -> None:
    said = jalon(*words)
    assert said.status == 2
    assert "usage: jalon" in said.out + said.err
    assert "Traceback" not in said.err


STARTING = ["serve", "worker", "migrate", "check", "import neutral order.json", "link 1001"]


@pytest.mark.parametrize("command", STARTING)
def test_a_wrong_setting_is_status_2_and_named_in_one_line(jalon: Shell, command: str) -> None:
    (jalon.folder / "order.json").write_text(ORDER)
    said = jalon(*command.split(), PORT="eighty")
    assert said.status == 2
    assert said.err.startswith("jalon: JALON_PORT: ")
    assert said.err.count("\n") == 1


def test_a_wrong_flag_is_looked_at_like_a_setting(jalon: Shell) -> None:
    said = jalon("serve", "--port", "99999")
    assert (said.status, said.err.count("\n")) == (2, 1)
    assert said.err.startswith("jalon: JALON_PORT: ")


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "check", "link 1001"])
def test_a_database_that_is_away_is_status_1_in_one_line(jalon: Shell, command: str) -> None:
    said = jalon(
        *command.split(), DATABASE_URL=f"postgresql://jalon:hunter2@127.0.0.1:{free_port()}/jalon", SECRET_KEY=KEY
    )
    assert said.status == 1
    assert said.err.startswith("jalon: database: ")
    assert "hunter2" not in said.err
    assert said.err.count("\n") == 1


def test_migrate_says_what_it_did_and_may_be_run_again(jalon: Shell) -> None:
    first, second = jalon("migrate"), jalon("migrate")
    assert (first.status, second.status) == (0, 0)
    assert re.fullmatch(r"The database is now at version \w+\.\n", first.out)
    assert second.out == "The database was up to date.\n"
    assert schema.is_current(f"sqlite:///{jalon.folder}/jalon.db")


def test_migrate_check_changes_nothing_and_tells_by_its_status(jalon: Shell) -> None:
    before = jalon("migrate", "--check")
    assert (before.status, before.out) == (1, "The database needs `jalon migrate`.\n")
    assert not schema.is_current(f"sqlite:///{jalon.folder}/jalon.db")
    jalon("migrate")
    after = jalon("migrate", "--check")
    assert (after.status, after.out) == (0, "The database is up to date.\n")


@pytest.mark.postgres
def test_a_shared_database_is_not_migrated_behind_anyones_back(jalon: Shell, postgres_url: str) -> None:
    for command in ("serve", "worker", "link 1001"):
        said = jalon(*command.split(), DATABASE_URL=postgres_url)
        assert (said.status, "jalon migrate" in said.err) == (2, True)
    assert jalon("check", DATABASE_URL=postgres_url, SECRET_KEY=KEY).status == 1
    assert jalon("migrate", DATABASE_URL=postgres_url).status == 0
    assert jalon("check", DATABASE_URL=postgres_url, SECRET_KEY=KEY).status == 0


@pytest.mark.postgres
def test_a_shared_database_needs_a_key_and_the_key_is_named(jalon: Shell, tables_url: str) -> None:
    for command in ("check", "serve", "worker", "link 1001"):
        said = jalon(*command.split(), DATABASE_URL=tables_url)
        assert (said.status, said.out) == (2, "")
        assert "JALON_SECRET_KEY: is needed with PostgreSQL" in said.err


def test_check_names_a_variable_of_no_platform(jalon: Shell) -> None:
    jalon("migrate")
    said = jalon("check", PLATFORM_TEESHOP_TOKEN="x")
    assert said.status == 2
    assert said.err.startswith("jalon: JALON_PLATFORM_TEESHOP_TOKEN: is not a setting of any platform")


def test_a_key_is_made_beside_our_own_file_and_kept(jalon: Shell) -> None:
    imported(jalon)
    path = jalon.folder / "jalon.key"
    first = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert jalon("check").status == 0
    assert path.read_text() == first
    path.write_text("gone wrong")
    said = jalon("check")
    assert (said.status, "gone wrong" in said.err, "JALON_SECRET_KEY" in said.err) == (2, False, True)


def imported(jalon: Shell) -> None:
    """Bring one order in."""
    (jalon.folder / "order.json").write_text(ORDER)
    assert jalon("import", "neutral", "order.json").status == 0


def test_a_link_is_printed_once_and_alone(jalon: Shell) -> None:
    imported(jalon)
    said = jalon("link", "1001", BASE_URL="https://track.example.com/")
    assert (said.status, said.err) == (0, "")
    assert re.fullmatch(r"https://track\.example\.com/o/[\w-]{27}\n", said.out)
    with closing(sqlite3.connect(jalon.folder / "jalon.db")) as connection:
        assert said.out.strip().rpartition("/")[2] not in "\n".join(connection.iterdump())


def test_links_are_revoked_and_counted(jalon: Shell) -> None:
    imported(jalon)
    for _ in range(2):
        jalon("link", "#1001")
    assert jalon("link", "1001", "--revoke").out == "2 links to order 1001 ended.\n"
    jalon("link", "1001")
    assert jalon("link", "1001", "--revoke").out == "1 link to order 1001 ended.\n"
    assert jalon("link", "1001", "--revoke").out == "0 links to order 1001 ended.\n"


@pytest.mark.parametrize("words", [["1002"], ["1002", "--revoke"]])
def test_an_order_that_is_not_there_is_said(jalon: Shell, words: list[str]) -> None:
    imported(jalon)
    said = jalon("link", *words)
    assert (said.status, said.out) == (1, "")
    assert said.err == "jalon: There is no order 1002. `jalon import` brings orders in.\n"


@pytest.mark.parametrize("days", ["0", "366", "-1"])
def test_a_link_lives_between_a_day_and_a_year(jalon: Shell, days: str) -> None:
    said = jalon("link", "1001", f"--days={days}")
    assert (said.status, said.err) == (2, "jalon: --days must be between 1 and 365\n")


def test_messages_are_kept_listed_looked_at_and_taken_away(jalon: Shell) -> None:
    jalon("migrate")
    assert jalon("messages", "list").out == "No messages.\n"
    words = ("--text", "Closed = shut", "--text", "fr=Fermé", "--status", "shipped", "--until", "2099-01-01T00:00:00Z")
    said = jalon("messages", "add", "monday", *words, "--public")
    assert (said.status, said.out, said.err) == (0, "1 message kept.\n", "")
    line = (
        "monday  shown; at the top; to customers and visitors; in en, fr; status: shipped; until 2099-01-01 00:00 UTC\n"
    )
    assert jalon("messages", "list").out == line
    assert jalon("messages", "preview", "monday").out == f"{line}\n[en]\nClosed = shut\n\n[fr]\nFermé\n"
    file = jalon.folder / "messages.toml"
    file.write_text(
        '[[message]]\nname = "strike"\ntext = "<p>On <b onclick=x>strike</b></p>"\nrich = true\n'
        'carriers = ["Colissimo"]\nfrom = 2099-01-01T00:00:00Z\n'
    )
    assert jalon("messages", "import", str(file), "--only").out == "1 message kept, 1 taken away.\n"
    shown = jalon("messages", "preview", "strike").out
    assert "strike  not shown now; at the parcel; to customers; in en; carrier: laposte; from 2099" in shown
    assert "<p>On <b>strike</b></p>" in shown
    assert jalon("messages", "remove", "strike").status == 0
    gone = jalon("messages", "remove", "strike")
    assert (gone.status, gone.err) == (1, "jalon: there is no message 'strike'.\n")


def test_what_is_wrong_with_a_message_is_said(jalon: Shell) -> None:
    said = jalon("messages", "add", "monday", "--text", "x", "--carrier", "nobody")
    assert (said.status, said.err) == (2, "jalon: carriers: 'nobody' is no carrier: `jalon carriers` lists them\n")
    assert jalon("messages", "add", "monday").err.startswith("jalon: text: ")
    assert jalon("messages", "add").err == "jalon: `jalon messages add` wants a name.\n"
    missing = jalon("messages", "import", str(jalon.folder / "none.json"))
    assert (missing.status, "No such file" in missing.err) == (2, True)


def test_check_says_what_is_fine_and_what_is_not(jalon: Shell) -> None:
    before = jalon("check")
    assert before.status == 1
    assert "run `jalon migrate` first" in before.out
    jalon("migrate")
    after = jalon("check")
    assert after.status == 0
    lines = after.out.splitlines()
    names = ["Settings", "Brand", "Database", "Carriers with credentials", "Shops with credentials"]
    assert [line.partition(":")[0] for line in lines] == names
    assert lines[3].startswith("Carriers with credentials: none yet")


def test_check_names_the_carriers_that_can_be_asked_and_shows_no_secret(
    jalon: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    jalon("migrate")
    monkeypatch.setenv("JALON_CARRIER_UPS_CLIENT_ID", "hunter2")
    half = jalon("check")
    assert half.status == 2
    assert "JALON_CARRIER_UPS_CLIENT_SECRET" in half.err
    monkeypatch.setenv("JALON_CARRIER_UPS_CLIENT_SECRET", "hunter2")
    whole = jalon("check")
    assert (whole.status, "Carriers with credentials: ups." in whole.out) == (0, True)
    assert "hunter2" not in half.out + half.err + whole.out + whole.err
