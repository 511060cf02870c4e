"""What axe-core finds wrong on a page."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

VENDOR = Path(__file__).parent / "vendor" / "axe-core"
_RUN = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .map(rule => [rule.id, rule.help, rule.nodes.map(node => node.html.slice(0, 160))])"""


@cache
def source() -> str:
    """The script; AssertionError when it is not the file that was vendored."""
    script = (VENDOR / "axe.min.js").read_bytes()
    assert hashlib.sha384(script).hexdigest() in (VENDOR / "SOURCE.md").read_text()
    return script.decode()


async def bring_axe(page: Page) -> None:
    """Have the script in every page that is opened from now on, past the page's security policy."""
    await page.add_init_script(source())


async def violations(page: Page) -> list[Any]:
    """Each broken rule, with the elements that break it."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(source())
    found: list[Any] = await page.evaluate(_RUN)
    return found
