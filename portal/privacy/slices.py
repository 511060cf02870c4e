"""Every slice that holds something of people. One that has private columns and is not here fails the tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portal.accounts import rights as accounts
from portal.connecting import rights as connecting
from portal.dashboard import rights as dashboard
from portal.editing import rights as editing
from portal.mail import rights as mail
from portal.orders import rights as orders
from portal.sharing import rights as sharing
from portal.signin import rights as signin
from portal.staff import rights as staff
from portal.tracking import rights as tracking
from portal.whose import Rights

# In the order in which they are shown and erased: what names orders as their platform does before the orders, which
# lose that name; accounts last, since what others hold may be found by it.
SLICES: Final[Mapping[str, Rights]] = {
    "connecting": connecting,
    "orders": orders,
    "editing": editing,
    "tracking": tracking,
    "sharing": sharing,
    "signin": signin,
    "dashboard": dashboard,
    "staff": staff,
    "mail": mail,
    "accounts": accounts,
}
