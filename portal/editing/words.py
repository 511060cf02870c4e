"""What customers read for the codes of answers and of edits that came to nothing: the shop's own words where its
policy has them, else a sentence of ours, to be translated where it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from portal.editing import codes
from portal.editing.answers import Answer, Code
from portal.editing.letters import WHY_NOT
from portal.kit import i18n
from portal.kit.forms import N_

_BY_HAND: Final = N_("The shop does this by hand.")
_NOT_OFFERED: Final = N_("The shop does not offer this.")
SENTENCES: Final[Mapping[str, str]] = {
    Code.ALLOWED: "",
    Code.SOME: N_("The rest has been sent, or is being prepared."),
    Code.RETURN_REQUEST: N_("You ask for it here, and the shop answers."),
    Code.RETURN_LINK: N_("Returns are made on the shop’s own page."),
    Code.POLICY: _NOT_OFFERED,
    Code.EXCEPTION: N_("The shop does not offer this for such items."),
    Code.PERSONALISED: N_("It is made for you alone."),
    Code.PREORDER: N_("It is a pre-order."),
    Code.FINAL_SALE: N_("It was sold without a right to change or return it."),
    Code.DIGITAL: N_("It is digital, and yours already."),
    Code.GIFT_CARD: N_("It is a gift card."),
    Code.SERVICE: N_("It is a service."),
    Code.WINDOW_OVER: N_("The time for this is over."),
    Code.RETURN_OVER: N_("The time for returns is over."),
    Code.TIME_UNKNOWN: N_("It is not known when the order was placed."),
    Code.NEW_ORDER: N_("For more items, please place a new order."),
    Code.CANCELLED: WHY_NOT["cancelled"],
    Code.CLOSED: N_("The order is closed."),
    Code.REFUNDED: N_("It has been paid back."),
    Code.PAYMENT: WHY_NOT["payment"],
    Code.EDIT_OPEN: N_("Another change is under way. This is possible once it is done."),
    Code.SHIPPED: N_("It has been sent."),
    Code.PARTLY_SHIPPED: N_("A part of the order has been sent."),
    Code.PREPARING: N_("It is being prepared for sending."),
    Code.READY: N_("It is ready to be collected."),
    Code.LOCKED: N_("The shop’s system does not allow it."),
    Code.UNCLEAR: N_("It is not known which items are in which parcel."),
    Code.PICKUP: N_("You collect it at the shop: there is no address to change."),
    Code.PICKUP_POINT: N_("It goes to a pickup point, which cannot be changed here."),
    Code.NO_DELIVERY: N_("Nothing of it is delivered."),
    Code.NOT_SHIPPED: N_("It has not been sent yet: there is nothing to return."),
    Code.RETURNED: N_("It has been returned."),
    Code.REMOVED: N_("It is not part of the order any more."),
    Code.NOT_AN_ITEM: _NOT_OFFERED,
    Code.NO_ITEMS: _NOT_OFFERED,
    Code.NO_OPTIONS: N_("There is no other size or colour of it."),
    Code.SINGLE: N_("There is one of it: neither more nor fewer."),
    Code.PLATFORM: _BY_HAND,
    Code.FEE_BY_SHOP: _BY_HAND,
    Code.FEE_UNKNOWN: _BY_HAND,
    Code.NOTHING_NEW: N_("It is so already: nothing would change."),
    Code.TOO_MANY: N_("So many cannot be changed, or cannot be had."),
    Code.OPTION_FIXED: N_("This cannot be changed about it."),
    Code.DEARER: N_("It costs more, and the shop does not offer that."),
    Code.CHEAPER: N_("It costs less, and the shop does not offer that."),
    Code.PRICE_UNKNOWN: N_("Its price is not known."),
    Code.UNAVAILABLE: WHY_NOT["unavailable"],
    Code.MORE: N_("More of it is a new order."),
    Code.FEWER: N_("Fewer of it: please cancel items instead."),
    Code.OTHER_COUNTRY: N_("It cannot go to another country."),
    Code.OTHER_REGION: N_("It cannot go to another region."),
    Code.WHOLE_ORDER: N_("Nothing would be left: please cancel the whole order instead."),
    Code.NOT_THERE: N_("It is not part of the order."),
    codes.EXPIRED: N_("This preview is too old, and prices may have changed."),
    codes.TOO_LATE: N_("Too late: the shop has it already."),
    codes.OTHER: N_("Something else was sent from this page before. Please begin anew."),
    codes.GONE: N_("The shop does not have this order any more."),
    codes.UNREACHABLE: N_("The shop’s system does not answer just now. Please try again in a few minutes."),
    codes.CHANGED: N_("The order is not as you saw it any more. Please look at it once more."),
    codes.BUSY: N_("Somebody at the shop is changing the order just now. Please try again in a few minutes."),
    "unsupported": _BY_HAND,
    "refused": N_("It is not possible any more."),
}


def sentence(code: str, answer: Answer | None = None, languages: Sequence[str] = ()) -> tuple[str, bool]:
    """Why, as a sentence, and whether it is ours, to be translated: the shop's own words are in the first of these
    languages that it has them in, else in any."""
    if answer is not None and answer.text:
        own = next((answer.text[language] for language in languages if language in answer.text), None)
        return own or next(iter(answer.text.values())), False
    return SENTENCES.get(code, ""), True


def reason(code: str | None, answer: Answer | None = None) -> str:
    """The same for a page, in the language that is spoken: plain text, to be escaped."""
    said, ours = sentence(code or "", answer, (i18n.locale(),))
    return i18n.gettext(said) if ours and said else said
