"""What is read of an order and its parts: the selections that several questions share."""

from __future__ import annotations

import re
from typing import Final

MONEY: Final = """
fragment Money on MoneyBag { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
"""

ADDRESS: Final = """
fragment Address on MailingAddress {
  firstName lastName name company address1 address2 city province provinceCode zip countryCodeV2 phone
  latitude longitude
}
"""

# What belongs to the order itself. Its status page is left out: the link opens it for whoever holds it.
HEAD: Final = (
    """
fragment Head on Order {
  id name confirmationNumber createdAt processedAt updatedAt cancelledAt cancelReason closedAt edited test
  displayFinancialStatus displayFulfillmentStatus returnStatus merchantEditable merchantEditableErrors
  currencyCode presentmentCurrencyCode taxesIncluded customerLocale email phone note tags sourceName
  customAttributes { key value }
  customer {
    id firstName lastName verifiedEmail defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber }
  }
  shippingAddress { ...Address }
  billingAddress { ...Address }
  currentSubtotalPriceSet { ...Money } currentShippingPriceSet { ...Money } currentTotalTaxSet { ...Money }
  currentTotalDiscountsSet { ...Money } currentTotalPriceSet { ...Money } currentTotalAdditionalFeesSet { ...Money }
  currentTotalDutiesSet { ...Money } totalRefundedSet { ...Money } totalOutstandingSet { ...Money }
  totalTipReceivedSet { ...Money }
  paymentCollectionDetails { additionalPaymentCollectionUrl }
  cancellation { staffNote }
}
"""
    + MONEY
    + ADDRESS
)

# Only the app that writes there can read or change it.
MARKS: Final = """
fragment Marks on Order {
  editMark: metafield(namespace: "$app:jalon", key: "edit") { value compareDigest }
  shipMark: metafield(namespace: "$app:jalon", key: "ship") { value compareDigest }
  readyMark: metafield(namespace: "$app:jalon", key: "ready") { value compareDigest }
}
"""

RATE: Final = """
fragment Rate on ShippingLine {
  title code source deliveryCategory custom isRemoved currentDiscountedPriceSet { ...Money }
}
"""

LINE: Final = """
fragment Line on LineItem {
  id name title variantTitle sku quantity currentQuantity unfulfilledQuantity merchantEditable
  requiresShipping isGiftCard
  customAttributes { key value }
  image { url }
  sellingPlan { name }
  product { id productType tags category { name fullName } }
  variant { id selectedOptions { name value } }
  originalUnitPriceSet { ...Money }
  discountedTotalSet { ...Money }
  discountedUnitPriceAfterAllDiscountsSet { ...Money }
  taxLines { priceSet { ...Money } }
  discountAllocations {
    allocatedAmountSet { ...Money }
    discountApplication {
      ... on ManualDiscountApplication { title }
      ... on AutomaticDiscountApplication { title }
      ... on ScriptDiscountApplication { title }
      ... on DiscountCodeApplication { code }
    }
  }
}
"""

WORK: Final = """
fragment Work on FulfillmentOrder {
  id status requestStatus fulfillAt fulfillBy updatedAt
  fulfillmentHolds { id handle reason heldByRequestingApp }
  deliveryMethod {
    methodType presentedName minDeliveryDateTime maxDeliveryDateTime additionalInformation { instructions }
  }
  assignedLocation { name address1 address2 city province zip countryCode phone location { id } }
  destination {
    firstName lastName company address1 address2 city province zip countryCode phone location { id name }
  }
}
"""

WORK_LINE: Final = """
fragment WorkLine on FulfillmentOrderLineItem { id remainingQuantity totalQuantity lineItem { id } }
"""

# The newest events: those of a parcel that has arrived long ago are many and tell nothing new.
PARCEL: Final = """
fragment Parcel on Fulfillment {
  id status displayStatus createdAt updatedAt inTransitAt deliveredAt estimatedDeliveryAt totalQuantity
  trackingInfo { company number url }
  fulfillmentOrders(first: 1) { nodes { id } }
  events(first: $events, sortKey: HAPPENED_AT, reverse: true) { nodes { ...Event } }
}
fragment Event on FulfillmentEvent {
  id status happenedAt message address1 city province country zip latitude longitude estimatedDeliveryAt
}
"""

PARCEL_LINE: Final = """
fragment ParcelLine on FulfillmentLineItem { quantity lineItem { id } }
"""

REFUND: Final = """
fragment Refund on Refund {
  id createdAt processedAt note
  totalRefundedSet { ...Money }
  transactions(first: 5) { nodes { kind status } }
  orderAdjustments(first: 5) { nodes { reason amountSet { ...Money } taxAmountSet { ...Money } } }
}
"""

REFUND_LINE: Final = """
fragment RefundLine on RefundLineItem {
  quantity restockType subtotalSet { ...Money } totalTaxSet { ...Money } lineItem { id }
}
"""

RETURN: Final = """
fragment Return on Return { id name status createdAt requestApprovedAt closedAt decline { note } }
"""

RETURN_LINE: Final = """
fragment ReturnLine on ReturnLineItemType {
  id quantity customerNote
  ... on ReturnLineItem { fulfillmentLineItem { lineItem { id } } }
}
"""

_FRAGMENT = re.compile(r"fragment (\w+) on \w+ (\{.*?\n?\})\n(?=\n|fragment|\Z)", re.DOTALL)
_SPREAD = re.compile(r"\.\.\.(\w+)")


def inlined(document: str) -> str:
    """The one operation of a document with its fragments written out: what runs in bulk is read by a simpler reader."""
    bodies = {name: body[1:-1].strip() for name, body in _FRAGMENT.findall(document)}
    operation = _FRAGMENT.sub("", document).strip()
    while _SPREAD.search(operation):
        operation = _SPREAD.sub(lambda spread: bodies[spread[1]], operation)
    return operation
