"""What Saleor is asked, in GraphQL. Kept to what servers from 3.14 on know."""

from __future__ import annotations

from typing import Final

_ADDRESS: Final = """fragment Place on Address {
  firstName lastName companyName streetAddress1 streetAddress2 city cityArea postalCode country { code } countryArea
  phone
}"""
_MONEY: Final = (
    "fragment Both on TaxedMoney { gross { amount currency } net { amount currency } tax { amount currency } }"
)
_ORDER: Final = """fragment Whole on Order {
  id number created updatedAt status origin languageCode displayGrossPrices isShippingRequired
  paymentStatus chargeStatus authorizeStatus customerNote voucherCode shippingMethodName collectionPointName
  channel { slug currencyCode }
  userEmail user { id firstName lastName }
  billingAddress { ...Place } shippingAddress { ...Place }
  metadata { key value } privateMetadata { key value }
  total { ...Both } subtotal { ...Both } shippingPrice { ...Both }
  totalCharged { amount currency } totalRefunded { amount currency }
  discounts { amount { amount currency } }
  deliveryMethod {
    __typename
    ... on ShippingMethod { id name minimumDeliveryDays maximumDeliveryDays }
    ... on Warehouse { id name address { ...Place } }
  }
  lines {
    id productName variantName productSku isShippingRequired quantity taxRate
    thumbnail(size: 256) { url }
    unitPrice { ...Both } undiscountedUnitPrice { ...Both } totalPrice { ...Both }
    metadata { key value }
    variant {
      id
      attributes(variantSelection: VARIANT_SELECTION) { attribute { name } values { name } }
      product { id category { name } collections { name } productType { kind } }
    }
  }
  fulfillments {
    id status created trackingNumber totalRefundedAmount { amount currency } shippingRefundedAmount { amount currency }
    lines { quantity orderLine { id } }
  }
}"""
_PARTS: Final = f"{_ADDRESS}\n{_MONEY}\n{_ORDER}\n"

ORDER: Final = f"{_PARTS}query OrderOfPortal($id: ID!) {{ order(id: $id) {{ ...Whole }} }}"
ORDERS: Final = (
    f"{_PARTS}query OrdersOfPortal($first: Int!, $after: String, $filter: OrderFilterInput) {{\n"
    "  orders(first: $first, after: $after, filter: $filter, sortBy: { field: LAST_MODIFIED_AT, direction: ASC }) {\n"
    "    totalCount pageInfo { endCursor hasNextPage } edges { node { ...Whole } }\n  }\n}"
)
VARIANTS: Final = """query VariantsOfPortal($id: ID!, $channel: String) {
  productVariant(id: $id, channel: $channel) { product { variants {
    id name sku quantityAvailable
    attributes(variantSelection: VARIANT_SELECTION) { attribute { name } values { name } }
    pricing { price { gross { amount currency } net { amount currency } } }
  } } }
}"""
ABOUT: Final = """query AboutPortal {
  shop { name domain { url } }
  app { id name permissions { code } webhooks {
    id name targetUrl isActive asyncEvents { eventType } subscriptionQuery
  } }
}"""

UPDATE: Final = """mutation UpdateByPortal($id: ID!, $input: OrderUpdateInput!) {
  orderUpdate(id: $id, input: $input) { errors { field message code } order { id } }
}"""
CANCEL: Final = (
    "mutation CancelByPortal($id: ID!) { orderCancel(id: $id) { errors { field message code } order { id } } }"
)
MARK: Final = """mutation MarkByPortal($id: ID!, $input: [MetadataInput!]!) {
  updatePrivateMetadata(id: $id, input: $input) { errors { field message code } }
}"""
SET_LINE: Final = """mutation SetLineByPortal($id: ID!, $quantity: Int!) {
  orderLineUpdate(id: $id, input: { quantity: $quantity }) { errors { field message code } order { id } }
}"""
DROP_LINE: Final = """mutation DropLineByPortal($id: ID!) {
  orderLineDelete(id: $id) { errors { field message code } order { id } }
}"""
ADD_LINE: Final = """mutation AddLineByPortal($id: ID!, $variant: ID!, $quantity: Int!) {
  orderLinesCreate(id: $id, input: [{ variantId: $variant, quantity: $quantity }]) {
    errors { field message code } order { id }
  }
}"""
ADD_HOOK: Final = """mutation AddHookByPortal($input: WebhookCreateInput!) {
  webhookCreate(input: $input) { errors { field message code } webhook { id } }
}"""
SET_HOOK: Final = """mutation SetHookByPortal($id: ID!, $input: WebhookUpdateInput!) {
  webhookUpdate(id: $id, input: $input) { errors { field message code } webhook { id } }
}"""
DROP_HOOK: Final = "mutation DropHookByPortal($id: ID!) { webhookDelete(id: $id) { errors { field message code } } }"

ORDER_EVENTS: Final = (
    "ORDER_CREATED", "ORDER_CONFIRMED", "ORDER_PAID", "ORDER_FULLY_PAID", "ORDER_REFUNDED", "ORDER_FULLY_REFUNDED",
    "ORDER_UPDATED", "ORDER_CANCELLED", "ORDER_EXPIRED", "ORDER_FULFILLED", "ORDER_METADATA_UPDATED",
)  # fmt: skip
FULFILMENT_EVENTS: Final = (
    "FULFILLMENT_CREATED", "FULFILLMENT_CANCELED", "FULFILLMENT_APPROVED", "FULFILLMENT_TRACKING_NUMBER_UPDATED",
)  # fmt: skip
EVENTS: Final = (*ORDER_EVENTS, *FULFILMENT_EVENTS)


def _type(event: str) -> str:
    return "".join(word.capitalize() for word in event.lower().split("_"))


# Ids and dates alone: the order is read again anyway, and nobody's name goes about for nothing.
SUBSCRIPTION: Final = (
    "subscription { event { __typename issuedAt\n"
    + "\n".join(f"  ... on {_type(event)} {{ order {{ id number updatedAt }} }}" for event in ORDER_EVENTS)
    + "\n"
    + "\n".join(
        f"  ... on {_type(event)} {{ fulfillment {{ id trackingNumber }} order {{ id number updatedAt }} }}"
        for event in FULFILMENT_EVENTS
    )
    + "\n} }"
)
