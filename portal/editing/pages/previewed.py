"""What the preview of a change shows: what it touches, and the money before and after. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.editing.answers import Verdict
from portal.editing.shown import change_view, money
from portal.editing.values import EditView, Looked
from portal.orders.amounts import Money
from portal.orders.changing import ChangeView
from portal.platforms.changes import SetAddress, SetInstructions
from portal.platforms.neutral.parts import Address, Amount, Currency


@dataclass(frozen=True, slots=True)
class Row:
    """A sum before and after. `name` is one of lines, discount, shipping, tax, fees, total."""

    name: str
    before: Money | None
    after: Money | None

    @property
    def differs(self) -> bool:
        """Whether the change touches it."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Previewed:
    """The page. `asks`: the shop is asked first. `free`: it is known that nothing is paid either way. `sums` is
    empty where only the shop can say; `exact`: they are no guess. `address` is where it would go, `text` what the
    carrier would be asked."""

    change: ChangeView
    asks: bool
    sums: tuple[Row, ...]
    exact: bool
    free: bool
    over: bool
    expires_at: datetime | None
    address: Address | None
    text: str | None
    refund_days: int | None
    code: str | None


def previewed(edit: EditView, looked: Looked, now: datetime) -> Previewed:
    """The preview of a draft."""
    change, currency = edit.change, looked.order.currency
    return Previewed(
        change=change_view(edit, currency),
        asks=edit.verdict is Verdict.ASK,
        sums=_sums(edit, currency),
        exact=edit.quote is None or edit.quote.exact,
        free=edit.quote is not None and not (edit.quote.due.shop or edit.quote.due.buyer),
        over=edit.expires_at is not None and edit.expires_at <= now,
        expires_at=edit.expires_at,
        address=change.address if isinstance(change, SetAddress) else None,
        text=change.text if isinstance(change, SetInstructions) else None,
        refund_days=looked.answers.refund_days,
        code=edit.code,
    )


def _sums(edit: EditView, currency: Currency) -> tuple[Row, ...]:
    quote = edit.quote
    if quote is None or quote.before == quote.after:
        return ()
    names = ("lines", "discount", "shipping", "tax", "fees", "total")
    pairs: list[tuple[str, Amount, Amount]] = [(n, getattr(quote.before, n), getattr(quote.after, n)) for n in names]
    rows = [Row(name, money(before, currency), money(after, currency)) for name, before, after in pairs]
    return tuple(row for row in rows if _says(row))


def _says(row: Row) -> bool:
    amounts = [amount for amount in (row.before, row.after) if amount is not None]
    return any(amount.minor for amount in amounts) or (row.name == "total" and bool(amounts))
