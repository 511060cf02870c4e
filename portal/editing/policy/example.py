"""The file that `jalon policy example` prints: every table and member once, with a word on it. It is a right policy."""

from __future__ import annotations

from typing import Final

EXAMPLE: Final = """\
# What customers may change of their orders. Everything is explained in docs/policies.md.
# Try it:     jalon policy check policy.toml
#             jalon policy replay policy.toml --since 2026-10-01
# Use it:     jalon policy publish policy.toml --note "first policy"
schema = "policy/1"
languages = ["en", "fr"]        # in which the texts below should be: the check tells which are missing

[calendar]                      # for cut-offs, and for days in exceptions
zone = "Europe/Paris"
opening_days = ["mon", "tue", "wed", "thu", "fri"]
holidays = ["2026-12-24", "12-25", "01-01"]     # a day, or a day of every year

[swap]                          # another size or colour
verdict = "allowed"             # allowed, ask (the shop decides), no
window = "1h"                   # for so long after the order: 30m, 1h, 1h30m, 2d, 1w
cut_off = "14:00"               # and no longer than until this time of the next opening day
afterwards = "ask"              # what holds from then on; "no" when it is not said
options = ["size", "colour"]    # which choices; all of them when it is not said
dearer = "ask"                  # when the other one costs more
cheaper = "allowed"             # when it costs less

[swap.text_afterwards]          # what customers read once the time is over; ours when it is not said
en = "We are packing already. Write to us, and we see what can be done."
fr = "Nous préparons déjà votre commande. Écrivez-nous, nous verrons ce qui est possible."

[quantity]                      # more or fewer of an item
verdict = "allowed"
window = "1h"
afterwards = "ask"
up = "allowed"
down = "allowed"
maximum = 10                    # units of one item in all

[cancel_line]                   # some of the items
verdict = "allowed"             # without a window: until the warehouse begins
fee = { percent = 10, free_for = "1h" }

[cancel_order]
verdict = "allowed"
fee = { percent = 5, flat = { EUR = "2.50", CHF = "3.00" }, free_for = "1h" }

[address]
verdict = "allowed"
window = "2h"
other_country = "ask"           # ask or no
other_region = "allowed"
part_shipped = "ask"            # once something of the order has left

[instructions]                  # for whoever delivers
verdict = "allowed"

[preparing]                     # what the warehouse has begun with
verdict = "ask"                 # ask or no

[return]
verdict = "allowed"
window = "30d"
counts_from = "arrival"         # arrival, shipping, placing
page = "https://shop.example/returns"

[problem]                       # damaged, missing, wrong
verdict = "allowed"

[refunds]
days = 5                        # how long paying back takes, for the customer to know

[adding]                        # more items are never added; this is what customers read instead
text = { en = "Place another order within the hour: we send both together.", fr = "Passez une autre commande dans \
l’heure : nous enverrons tout ensemble." }

[[exceptions]]                  # the first that fits decides, in the place of the action's whole rule
name = "engraved"
verdict = "no"
actions = ["swap", "quantity", "cancel_line", "cancel_order", "return"]
when = { flags = ["personalised"] }
text = { en = "Engraved pieces are made for you alone.", fr = "Les pièces gravées sont faites pour vous seul." }

[[exceptions]]
name = "clearance"
verdict = "ask"
window = "30m"
when = { tags = ["clearance"], countries = ["FR", "BE"] }
"""
