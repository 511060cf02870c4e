"""Log entries: one line each, whatever comes from outside."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from portal.kit import log
from portal.kit.log import OneLine

FORMAT = "%(levelname)s %(name)s %(message)s"
BREAKS = "a\nb\rc\r\nd\x0be\x0cf\x1bg\x85h\u2028i\x00j"


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, put back afterwards."""
    root = logging.getLogger()
    named = [logging.getLogger(name) for name in ("jalon", "uvicorn.error")]
    before = root.handlers[:], root.level, [logger.level for logger in named]
    yield root
    root.handlers[:], root.level = before[:2]
    for logger, level in zip(named, before[2], strict=True):
        logger.setLevel(level)


def formatted(message: str, *args: object, exc: BaseException | None = None) -> str:
    """An entry as text."""
    info = (type(exc), exc, exc.__traceback__) if exc else None
    return OneLine(FORMAT).format(logging.LogRecord("jalon.x", logging.INFO, "f.py", 1, message, args, info))


def test_line_breaks_from_outside_are_written_out() -> None:
    text = formatted("path %s", BREAKS)
    assert text.splitlines() == [text]
    assert text.isprintable()
    assert text.startswith("INFO jalon.x path a\\nb\\rc")


def test_words_of_every_language_stay_readable() -> None:
    assert formatted("commande %s", "n° 12 «été» 東京").endswith("commande n° 12 «été» 東京")


def test_a_traceback_follows_on_lines_that_cannot_pass_for_entries() -> None:
    try:
        raise ValueError("one\nINFO jalon.access forged\rtwo")
    except ValueError as problem:
        text = formatted("it failed: %s", "a\nERROR forged", exc=problem)
    head, *rest = text.split("\n")
    assert head == "INFO jalon.x it failed: a\\nERROR forged"
    assert rest
    assert all(line.startswith("    ") for line in rest)
    assert "\r" not in text
    assert any("ValueError: one" in line for line in rest)


def test_levels_go_to_ours_and_the_rest_stays_quiet(root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("debug")
    logging.getLogger("jalon.access").debug("seen")
    logging.getLogger("sqlalchemy.engine").info("unseen")
    logging.getLogger("uvicorn.error").info("unseen")
    logging.getLogger("uvicorn.error").error("seen too")
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == ["DEBUG jalon.access seen", "ERROR uvicorn.error seen too"]


def test_setting_up_again_replaces(root: logging.Logger) -> None:
    log.set_up("info")
    log.set_up("warning")
    assert len(root.handlers) == 1
    assert not logging.getLogger("jalon").isEnabledFor(logging.INFO)
