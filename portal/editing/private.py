"""Personal parts of edits: what the change says, the order before it, and names of the shop's people. Readable by this
slice only; they go when the order's personal data go, and the steps in the log stay."""

from sqlalchemy import Table as SaTable

from portal.kit.datamap import held
from portal.kit.tables import Table, link


class EditPrivate(Table, table=True):
    """An edit's words. `change`, `touched` (the items that it touches, as they were seen) and `variant` (what a line
    becomes) are JSON. `before` is the order's document as it was when the platform was last asked to make the change,
    kept until that is settled. `said` is the platform's word, `note` the shop's, to the customer. `pay_url` is where
    the rest is paid, `reference` the platform's name of the edit."""

    __tablename__ = "edit_private"

    edit_id: int = link("edit.id", primary_key=True)
    change: str
    touched: str = "[]"
    variant: str | None = None
    before: str | None = None
    said: str | None = None
    note: str | None = None
    pay_url: str | None = None
    reference: str | None = None
    staff: str | None = None


class EditLogPrivate(Table, table=True):
    """What a step of the log was about, as JSON: the order's part `before` and `after`; `staff` is who of the shop."""

    __tablename__ = "edit_log_private"

    log_id: int = link("edit_log.id", primary_key=True)
    staff: str | None = None
    before: str | None = None
    after: str | None = None


EDIT_PRIVATE: SaTable = EditPrivate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
EDIT_LOG_PRIVATE: SaTable = EditLogPrivate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

_AS_LONG = "{order_days} days after the last news of the order, or until the customer has it erased"
held(
    EDIT_PRIVATE,
    why="to make the changes of an order that its customer asks for",
    kept=_AS_LONG + "; the order as it was, until the change is settled",
    plain="reference",
    change="what is to be changed: items, the address, wishes for the carrier",
    touched="the items that it touches",
    variant="what an item becomes",
    before="the order as the shop's platform told it before the change",
    said="what the platform said about it",
    note="what the shop wrote to the customer about it",
    pay_url="where the customer pays what is due after it",
    staff="who of the shop asked for it or decided",
)
held(
    EDIT_LOG_PRIVATE,
    why="to prove who changed what of an order, and when",
    kept=_AS_LONG,
    staff="who of the shop did it",
    before="what was there before",
    after="what was there afterwards",
)
