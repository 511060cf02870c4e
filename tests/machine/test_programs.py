"""The machine's programs as the tests find and start them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import asyncpg
import pytest

from tests.machine.missing import missing


@pytest.mark.postgres
async def test_each_database_is_empty_and_answers(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    try:
        assert await connection.fetch("SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []
    finally:
        await connection.close()


@pytest.mark.browser
def test_chromium_says_its_version(chromium_path: Path) -> None:
    said = subprocess.run([chromium_path, "--version"], check=True, capture_output=True, text=True).stdout
    assert "Chrom" in said


def test_a_missing_program_skips_here_and_fails_where_nothing_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no abacus here: buy one"):
        missing("abacus", "buy one")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no abacus here: buy one"):
        missing("abacus", "buy one")
