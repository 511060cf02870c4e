"""`jalon import products`: what the native shop's products can be had in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from portal.platforms.contract import Problem, Value

if TYPE_CHECKING:
    from portal.orders.catalog.document import ProductDocument
    from portal.settings import Settings

_TOGETHER = 100


def take_in(
    found: Iterable[tuple[str, Value | Problem]],
    shop: str | None,
    tell: Callable[[str, Problem], None],
    *,
    dry_run: bool,
) -> int:
    """Store the products that files (by name) hold; what is none is told, and the rest is taken in. Returns the exit
    status."""
    wrong = 0

    def problem(name: str, fault: Problem) -> None:
        nonlocal wrong
        wrong += 1
        tell(name, fault)

    products = _products(found, shop, problem)
    count, variants = _counted(products) if dry_run else _stored(products)
    words = f"{count} product{'' if count == 1 else 's'} with {variants} variant{'' if variants == 1 else 's'}"
    faults = f", {wrong} problem{'' if wrong == 1 else 's'}" if wrong else ""
    print(f"{words} {'read, nothing stored' if dry_run else 'kept'}{faults}")
    return 1 if wrong else 0


def _products(
    found: Iterable[tuple[str, Value | Problem]], shop: str | None, tell: Callable[[str, Problem], None]
) -> Iterator[ProductDocument]:
    from portal.orders.catalog.document import InvalidProduct, product

    for name, item in found:
        if isinstance(item, Problem):
            tell(name, item)
            continue
        try:
            yield product(item.value, shop)
        except InvalidProduct as wrong:
            tell(name, Problem(item.line, item.at, str(wrong)))


def _counted(products: Iterable[ProductDocument]) -> tuple[int, int]:
    count = variants = 0
    for product in products:
        count, variants = count + 1, variants + len(product.variants)
    return count, variants


def _stored(products: Iterator[ProductDocument]) -> tuple[int, int]:
    from portal.cli.process import settings_from, start

    with start():
        settings = settings_from()
        from portal.serving import prepare

        prepare(settings)
        return asyncio.run(_store(settings, products))


async def _store(settings: Settings, products: Iterator[ProductDocument]) -> tuple[int, int]:
    from portal.context import opened
    from portal.kit.db import Tx
    from portal.orders.catalog.store import put_product

    count = variants = 0
    async with opened(settings, accounts={}) as context:
        while some := list(islice(products, _TOGETHER)):

            async def unit(tx: Tx, some: list[ProductDocument] = some) -> None:
                for product in some:
                    await put_product(tx, product)

            await context.db.write(unit)
            count, variants = count + len(some), variants + sum(len(product.variants) for product in some)
    return count, variants
