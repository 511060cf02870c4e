"""compose.yaml: two web processes, a worker, PostgreSQL and the proxy, each with as few rights as it needs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
import yaml

from portal.cli import COMMANDS
from portal.settings import load

ROOT = Path(__file__).resolve().parents[2]
FILE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
JALON = sorted(name for name, service in SERVICES.items() if service["image"] == "jalon")


def test_parts_are_all_there() -> None:
    assert sorted(SERVICES) == ["migrate", "postgres", "proxy", "web1", "web2", "worker"]


@pytest.mark.parametrize("name", SERVICES)
def test_part_has_no_rights_it_does_not_need(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert int(service["user"].split(":")[0]) > 0
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_only_the_proxy_is_reachable_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert SERVICES["postgres"]["networks"] == ["back"]
    assert FILE["networks"]["back"] == {"internal": True}


def test_every_lasting_part_tells_its_health() -> None:
    own = {name for name, service in SERVICES.items() if "test" in service.get("healthcheck", {})}
    from_the_image = {"web1", "web2"}
    assert own | from_the_image == set(SERVICES) - {"migrate"}


def test_nothing_starts_before_what_it_needs() -> None:
    needs = {name: sorted(SERVICES[name]["depends_on"]) for name in SERVICES if "depends_on" in SERVICES[name]}
    web = ["migrate", "postgres"]
    assert needs == {"proxy": ["web1", "web2"], "web1": web, "web2": web, "worker": web, "migrate": ["postgres"]}


@pytest.mark.parametrize("name", JALON)
def test_environment_is_one_that_jalon_takes(name: str, tmp_path: Path) -> None:
    secret = tmp_path / "database_url"
    secret.write_text("postgresql://jalon:x@postgres/jalon")
    key = tmp_path / "secret_key"
    key.write_text("0123456789abcdef" * 4)
    given = {key: re.sub(r"\$\{\w+:-(.*)\}", r"\1", value) for key, value in SERVICES[name]["environment"].items()}
    settings = load({**given, "JALON_DATABASE_URL_FILE": str(secret), "JALON_SECRET_KEY_FILE": str(key)})
    assert (settings.worker, settings.embedded_worker) == ("separate", False)
    assert given["JALON_DATABASE_URL_FILE"] == "/run/secrets/database_url"
    assert SERVICES[name].get("command", ["jalon", "serve"])[1] in COMMANDS


def test_secrets_come_from_files_alone() -> None:
    assert {name: set(value) for name, value in FILE["secrets"].items()} == {
        "database_url": {"file"},
        "database_password": {"file"},
        "secret_key": {"file"},
    }
    assert "password" not in str(SERVICES).replace("database_password", "").lower().replace(
        "postgres_password_file", ""
    )


def test_carriers_credentials_are_in_a_file_that_is_never_committed() -> None:
    files = {place["path"]: place["required"] for name in JALON for place in SERVICES[name]["env_file"]}
    assert files == {"deploy/carriers.env": False}
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"deploy/carriers.env", "deploy/secrets/", "deploy/tls/"} <= set(ignored)


def test_the_proxys_addresses_are_the_ones_its_settings_and_jalons_name() -> None:
    conf = (ROOT / "deploy/nginx.conf").read_text()
    front = {name: service["networks"]["front"] for name, service in SERVICES.items() if "front" in service["networks"]}
    addresses = {name: place["ipv4_address"] for name, place in front.items()}
    assert re.findall(r"server (\S+):8000", conf) == [addresses["web1"], addresses["web2"]]
    assert SERVICES["web1"]["environment"]["JALON_TRUSTED_PROXIES"] == addresses["proxy"]


def test_secrets_are_made_once_and_fit_together(tmp_path: Path) -> None:
    script = Path(copy(ROOT / "deploy/make-secrets.sh", tmp_path))
    subprocess.run([script], check=True, capture_output=True)
    first = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    subprocess.run([script], check=True, capture_output=True)
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == first
    assert len(first["database_password"]) == 48
    assert len(first["secret_key"]) == 64
    assert first["database_url"] == f"postgresql://jalon:{first['database_password']}@postgres/jalon"
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
