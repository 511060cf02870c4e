"""Why edits come to nothing, as words that stay, beside those of `answers.Code`. Pages have a sentence for each."""

from __future__ import annotations

from typing import Final, get_args

from portal.platforms.changes import Why

# Of an edit that is over, or stuck.
SHIPPED: Final = "shipped"  # the platform's and our own: units left, or are with the warehouse
CHANGED: Final = "changed"  # that part of the order was changed by somebody else meanwhile
PRICE_CHANGED: Final = "price_changed"  # it would cost another amount than was agreed to
BUSY: Final = "busy"  # somebody at the shop was editing the order
GONE: Final = "gone"  # the platform has the order no more
BY_HAND: Final = "by_hand"  # somebody at the shop says that they have seen to it themselves
WITHDRAWN: Final = "withdrawn"  # undone by who asked for it
NO_ANSWER: Final = "no_answer"  # the shop did not answer a request in time
UNREACHABLE: Final = "unreachable"  # the platform could not be asked for long
HALF_MADE: Final = "half_made"  # the platform made a part and will not go on
UNCERTAIN: Final = "uncertain"  # nobody can tell whether the platform made it
SETTLED: Final = frozenset(
    {SHIPPED, CHANGED, PRICE_CHANGED, BUSY, GONE, BY_HAND, WITHDRAWN, NO_ANSWER, UNREACHABLE, HALF_MADE, UNCERTAIN}
    | set(get_args(Why))
)

# Of something that was not begun.
EDIT_OPEN: Final = "edit_open"  # another change of the order is under way (also one of `answers.Code`)
EXPIRED: Final = "expired"  # the preview is too old
TOO_LATE: Final = "too_late"  # it has been sent, or decided, already
OTHER: Final = "other"  # something else was sent under the same client key
TURNED_DOWN: Final = frozenset({EDIT_OPEN, EXPIRED, TOO_LATE, OTHER, CHANGED, GONE, UNREACHABLE} | set(get_args(Why)))
