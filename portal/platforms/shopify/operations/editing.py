"""Changing orders: the edit session, refunds, cancelling, what the order itself says, marks of ours."""

from __future__ import annotations

from typing import Final

from portal.platforms.shopify.operations.fragments import MONEY

_SUMS: Final = (
    """
fragment Sums on CalculatedOrder {
  id
  subtotalPriceSet { ...Money }
  totalPriceSet { ...Money }
  totalOutstandingSet { ...Money }
  taxLines { priceSet { ...Money } }
  shippingLines { price { ...Money } }
}
"""
    + MONEY
)

_CALCULATED: Final = """
fragment Calculated on CalculatedLineItem {
  id quantity editableQuantity variant { id product { id } }
}
"""

BEGIN: Final = (
    """
mutation Begin($id: ID!, $first: Int!) {
  orderEditBegin(id: $id) {
    calculatedOrder {
      ...Sums
      lineItems(first: $first) { pageInfo { hasNextPage endCursor } nodes { ...Calculated } }
    }
    userErrors { field message }
  }
}
"""
    + _SUMS
    + _CALCULATED
)

MORE_CALCULATED: Final = (
    """
query MoreCalculated($id: ID!, $first: Int!, $after: String!) {
  node(id: $id) {
    ... on CalculatedOrder {
      lineItems(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...Calculated } }
    }
  }
}
"""
    + _CALCULATED
)

SET_QUANTITY: Final = (
    """
mutation SetQuantity($id: ID!, $line: ID!, $quantity: Int!) {
  orderEditSetQuantity(id: $id, lineItemId: $line, quantity: $quantity, restock: true) {
    calculatedOrder { ...Sums }
    userErrors { field message }
  }
}
"""
    + _SUMS
)

ADD_VARIANT: Final = (
    """
mutation AddVariant($id: ID!, $variant: ID!, $quantity: Int!) {
  orderEditAddVariant(id: $id, variantId: $variant, quantity: $quantity, allowDuplicates: true) {
    calculatedLineItem { id quantity originalUnitPriceSet { ...Money } }
    calculatedOrder { ...Sums }
    userErrors { field message }
  }
}
"""
    + _SUMS
)

ADD_DISCOUNT: Final = (
    """
mutation AddDiscount($id: ID!, $line: ID!, $discount: OrderEditAppliedDiscountInput!) {
  orderEditAddLineItemDiscount(id: $id, lineItemId: $line, discount: $discount) {
    calculatedOrder { ...Sums }
    userErrors { field message }
  }
}
"""
    + _SUMS
)

ADD_FEE: Final = (
    """
mutation AddFee($id: ID!, $title: String!, $price: MoneyInput!) {
  orderEditAddCustomItem(
    id: $id, title: $title, price: $price, quantity: 1, requiresShipping: false, taxable: false
  ) {
    calculatedOrder { ...Sums }
    userErrors { field message }
  }
}
"""
    + _SUMS
)

COMMIT: Final = """
mutation Commit($id: ID!, $note: String!, $notify: Boolean!) {
  orderEditCommit(id: $id, notifyCustomer: $notify, staffNote: $note) {
    order { id updatedAt }
    userErrors { field message }
  }
}
"""

_VARIANTS: Final = """
query Variants($id: ID!, $first: Int!, $after: String, $country: CountryCode) {
  product(id: $id) {
    variants(first: $first, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { ...Variant }
    }
  }
}
"""

_VARIANT: Final = """
fragment Variant on ProductVariant {
  id title price availableForSale inventoryPolicy inventoryQuantity
  inventoryItem { tracked }
  product { id }
  selectedOptions { name value }
  contextualPricing(context: { country: $country }) { price { amount currencyCode } }
}
"""

VARIANT: Final = (
    """
query Variant($id: ID!, $country: CountryCode) { productVariant(id: $id) { ...Variant } }
"""
    + _VARIANT
)

VARIANTS: Final = _VARIANTS + _VARIANT

SUGGEST: Final = (
    """
query Suggest($id: ID!, $lines: [RefundLineItemInput!], $shipping: Boolean!, $full: Boolean!) {
  order(id: $id) {
    updatedAt
    suggestedRefund(refundLineItems: $lines, refundShipping: $shipping, suggestFullRefund: $full) {
      amountSet { ...Money }
      discountedSubtotalSet { ...Money }
      totalTaxSet { ...Money }
      shipping { amountSet { ...Money } taxSet { ...Money } }
      refundLineItems { quantity restockType lineItem { id } location { id } }
      suggestedTransactions {
        gateway amountSet { ...Money } maximumRefundableSet { ...Money } parentTransaction { id }
      }
    }
  }
}
"""
    + MONEY
)

REFUND: Final = """
mutation Refund(
  $key: String!, $order: ID!, $currency: CurrencyCode!, $note: String!, $notify: Boolean!,
  $lines: [RefundLineItemInput!]!, $shipping: ShippingRefundInput, $transactions: [OrderTransactionInput!]!,
  $reason: OrderAdjustmentInputDiscrepancyReason
) {
  refundCreate(
    input: {
      orderId: $order, currency: $currency, note: $note, notify: $notify, refundLineItems: $lines, shipping: $shipping,
      transactions: $transactions, discrepancyReason: $reason
    }
  ) @idempotent(key: $key) {
    refund { id }
    userErrors { field message }
  }
}
"""

CANCEL: Final = """
mutation Cancel(
  $id: ID!, $reason: OrderCancelReason!, $restock: Boolean!, $notify: Boolean!, $note: String!,
  $refund: OrderCancelRefundMethodInput
) {
  orderCancel(
    orderId: $id, reason: $reason, restock: $restock, notifyCustomer: $notify, staffNote: $note, refundMethod: $refund
  ) {
    job { id done }
    orderCancelUserErrors { field message code }
  }
}
"""

JOB: Final = """
query Job($id: ID!) { job(id: $id) { id done } }
"""

UPDATE: Final = """
mutation Update($input: OrderInput!) {
  orderUpdate(input: $input) {
    order { id updatedAt }
    userErrors { field message }
  }
}
"""

MARK: Final = """
mutation Mark($order: ID!, $key: String!, $value: String!, $digest: String) {
  metafieldsSet(
    metafields: [
      { ownerId: $order, namespace: "$app:jalon", key: $key, type: "json", value: $value, compareDigest: $digest }
    ]
  ) {
    metafields { id }
    userErrors { field message code }
  }
}
"""
