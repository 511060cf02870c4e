"""Every table of the portal, for migrations: importing this declares them all."""

from portal.accounts import models as account_models, private as account_private
from portal.api import models as api_models
from portal.connecting import models as connecting_models, private as connecting_private
from portal.dashboard import models as dashboard_models
from portal.editing import models as edit_models, private as edit_private
from portal.kit import events, jobs, quota
from portal.mail import models as mail_models, private as mail_private
from portal.notices import models as notice_models
from portal.orders import models as order_models, private as order_private
from portal.orders.catalog import models as catalog_models
from portal.privacy import models as privacy_models
from portal.sharing import models as sharing_models, private as sharing_private
from portal.signin import models as signin_models, private as signin_private
from portal.staff import models as staff_models, private as staff_private
from portal.tracking import models as tracking_models, private as tracking_private

__all__ = [
    "account_models",
    "account_private",
    "api_models",
    "catalog_models",
    "connecting_models",
    "connecting_private",
    "dashboard_models",
    "edit_models",
    "edit_private",
    "events",
    "jobs",
    "mail_models",
    "mail_private",
    "notice_models",
    "order_models",
    "order_private",
    "privacy_models",
    "quota",
    "sharing_models",
    "sharing_private",
    "signin_models",
    "signin_private",
    "staff_models",
    "staff_private",
    "tracking_models",
    "tracking_private",
]
