"""What Vendure's Admin API is asked, as GraphQL documents. Custom fields are the shop's own: those that the account
names are asked for, and a shop without them is not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_FIELD = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")

_ADDRESS: Final = "fullName company streetLine1 streetLine2 city province postalCode countryCode phoneNumber"
_FRAGMENT: Final = """
fragment Parts on Order {
  id code state type active orderPlacedAt createdAt updatedAt currencyCode
  subTotal subTotalWithTax shipping shippingWithTax total totalWithTax
  channels { code pricesIncludeTax }
  customer { id firstName lastName emailAddress phoneNumber user { verified } }
  shippingAddress { %(address)s } billingAddress { %(address)s }
  shippingLines { id price priceWithTax shippingMethod { code name fulfillmentHandlerCode } }
  discounts { description amount amountWithTax }
  surcharges { id description price priceWithTax }
  lines {
    id updatedAt quantity orderPlacedQuantity unitPrice unitPriceWithTax proratedLinePrice proratedLinePriceWithTax
    discounts { description amount amountWithTax } featuredAsset { preview }
    productVariant {
      id sku name options { name code group { name code } } featuredAsset { preview }
      facetValues { name facet { code } }
      product { id name facetValues { name facet { code } } }
    } %(of_line)s
  }
  fulfillments { id state method trackingCode createdAt updatedAt lines { orderLineId quantity } }
  payments {
    id amount method state createdAt updatedAt
    refunds { id total state reason createdAt updatedAt lines { orderLineId quantity } }
  }
  modifications {
    id createdAt updatedAt priceChange note isSettled lines { orderLineId quantity } refund { id }
    surcharges { id description price priceWithTax }
  }
  history(options: { take: 100, sort: { createdAt: DESC }, filter: { type: { notEq: "ORDER_STATE_TRANSITION" } } }) {
    items { id type createdAt isPublic data }
  }
  moves: history(
    options: { take: 30, sort: { createdAt: DESC }, filter: { type: { eq: "ORDER_STATE_TRANSITION" } } }
  ) { items { id type createdAt data } }
  %(of_order)s
}
"""
_ROOT: Final = "globalSettings { serverConfig { moneyStrategyPrecision } }"
_FAILED: Final = "... on ErrorResult { errorCode message }"

LOGIN: Final = """
mutation Login($username: String!, $password: String!) {
  login(username: $username, password: $password) { __typename ... on ErrorResult { errorCode } }
}
"""
# Orders that may have changed, and when their newest change was: an order's own `updatedAt` stands still while its
# state goes on, but its history grows.
SWEEP: Final = """
query Sweep($options: OrderListOptions) {
  orders(options: $options) {
    totalItems
    items {
      id orderPlacedAt updatedAt
      history(options: { take: 1, sort: { createdAt: DESC } }) { items { createdAt } }
      fulfillments { updatedAt } payments { updatedAt refunds { updatedAt } } modifications { createdAt }
    }
  }
}
"""
VARIANTS: Final = """
query Variants($id: ID!) {
  globalSettings { trackInventory outOfStockThreshold serverConfig { moneyStrategyPrecision } }
  activeChannel { pricesIncludeTax }
  product(id: $id) {
    enabled
    variants {
      id name enabled price priceWithTax currencyCode trackInventory outOfStockThreshold useGlobalOutOfStockThreshold
      options { name code group { name code } } stockLevels { stockOnHand stockAllocated }
    }
  }
}
"""
# Everything is carried out in turn, and in one request: nobody who reads the order in between is told of a change.
PREVIEW: Final = """
mutation Preview($id: ID!, $input: ModifyOrderInput!, $back: String!) {
  enter: transitionOrderToState(id: $id, state: "Modifying") {
    __typename ... on OrderStateTransitionError { errorCode transitionError fromState }
  }
  preview: modifyOrder(input: $input) {
    __typename ... on Order { subTotal subTotalWithTax shipping shippingWithTax total totalWithTax
      surcharges { price priceWithTax } discounts { amount amountWithTax } }
    ... on ErrorResult { errorCode message }
  }
  leave: transitionOrderToState(id: $id, state: $back) {
    __typename ... on OrderStateTransitionError { errorCode transitionError }
    ... on Order {
      id moves: history(
        options: { take: 6, sort: { createdAt: DESC }, filter: { type: { eq: "ORDER_STATE_TRANSITION" } } }
      ) { items { id type createdAt data } }
    }
  }
}
"""
DRY_RUN: Final = """
mutation DryRun($input: ModifyOrderInput!) {
  modifyOrder(input: $input) {
    __typename ... on Order {
      id totalWithTax lines { id quantity } fulfillments { id state lines { orderLineId quantity } }
    }
    ... on ErrorResult { errorCode message }
  }
}
"""
LEAVE: Final = """
mutation Leave($id: ID!, $state: String!) {
  transitionOrderToState(id: $id, state: $state) {
    __typename ... on Order { id state } ... on OrderStateTransitionError { errorCode transitionError }
  }
}
"""
REFUND: Final = f"""
mutation Refund($input: RefundOrderInput!) {{
  refundOrder(input: $input) {{ __typename ... on Refund {{ id state }} {_FAILED} }}
}}
"""
CANCEL_PAYMENT: Final = f"""
mutation CancelPayment($id: ID!) {{
  cancelPayment(id: $id) {{ __typename ... on Payment {{ id state }} {_FAILED} }}
}}
"""
NOTE: Final = """
mutation Note($input: AddNoteToOrderInput!) { addNoteToOrder(input: $input) { id } }
"""
SET_FIELDS: Final = """
mutation SetFields($fields: UpdateOrderInput!, $note: AddNoteToOrderInput!) {
  setOrderCustomFields(input: $fields) { id }
  addNoteToOrder(input: $note) { id }
}
"""
SHIP: Final = f"""
mutation Ship($note: AddNoteToOrderInput!, $input: FulfillOrderInput!) {{
  addNoteToOrder(input: $note) {{ id }}
  addFulfillmentToOrder(input: $input) {{ __typename ... on Fulfillment {{ id state }} {_FAILED} }}
}}
"""
MOVE_PARCEL: Final = """
mutation MoveParcel($id: ID!, $state: String!) {
  transitionFulfillmentToState(id: $id, state: $state) {
    __typename ... on Fulfillment { id state } ... on FulfillmentStateTransitionError { errorCode transitionError }
  }
}
"""
PERMISSIONS: Final = """
query Permissions {
  globalSettings { serverConfig { moneyStrategyPrecision orderProcess { name to } } }
  activeChannel { code defaultCurrencyCode }
  orders(options: { take: 1 }) { totalItems }
}
"""
CATALOGUE: Final = "query Catalogue { products(options: { take: 1 }) { totalItems } }"
PLUGIN: Final = "query Plugin { jalon { version url signed guard } }"
# The plugin's own: it takes back everything, the order's state included.
QUIET_PREVIEW: Final = """
mutation QuietPreview($input: ModifyOrderInput!) {
  jalonPreview(input: $input) {
    error
    order {
      subTotal subTotalWithTax shipping shippingWithTax total totalWithTax
      surcharges { price priceWithTax } discounts { amount amountWithTax }
    }
  }
}
"""


def read_order(order_fields: Sequence[str] = (), line_fields: Sequence[str] = ()) -> str:
    """One order with everything that the portal reads."""
    return f"query ReadOrder($id: ID!) {{ {_ROOT} order(id: $id) {{ ...Parts }} }}{_parts(order_fields, line_fields)}"


def read_orders(order_fields: Sequence[str] = (), line_fields: Sequence[str] = ()) -> str:
    """Several of them."""
    return (
        f"query ReadOrders($options: OrderListOptions) {{ {_ROOT} "
        f"orders(options: $options) {{ items {{ ...Parts }} }} }}{_parts(order_fields, line_fields)}"
    )


def enter(order_fields: Sequence[str] = (), line_fields: Sequence[str] = ()) -> str:
    """Have the order to ourselves, saying so to staff first; the answer is the order as it is from then on."""
    return (
        "mutation Enter($id: ID!, $note: AddNoteToOrderInput!) { addNoteToOrder(input: $note) { id } "
        'transitionOrderToState(id: $id, state: "Modifying") { __typename ...Parts '
        "... on OrderStateTransitionError { errorCode transitionError fromState } } }"
        f"{_parts(order_fields, line_fields)}"
    )


def modify(order_fields: Sequence[str] = (), line_fields: Sequence[str] = ()) -> str:
    """Change the order for good."""
    return (
        "mutation Modify($input: ModifyOrderInput!) { modifyOrder(input: $input) "
        f"{{ __typename ...Parts {_FAILED} }} }}{_parts(order_fields, line_fields)}"
    )


def cancel(order_fields: Sequence[str] = (), line_fields: Sequence[str] = ()) -> str:
    """Cancel the whole order."""
    return (
        "mutation Cancel($input: CancelOrderInput!) { cancelOrder(input: $input) "
        f"{{ __typename ...Parts {_FAILED} }} }}{_parts(order_fields, line_fields)}"
    )


def field_names(text: str | None) -> tuple[str, ...]:
    """Names of custom fields out of a setting, separated by commas. Raises ValueError for what cannot be one."""
    names = tuple(name.strip() for name in (text or "").split(",") if name.strip())
    for name in names:
        if not _FIELD.fullmatch(name):
            raise ValueError(name)
    return names


def _parts(order_fields: Sequence[str], line_fields: Sequence[str]) -> str:
    return _FRAGMENT % {"address": _ADDRESS, "of_order": _custom(order_fields), "of_line": _custom(line_fields)}


def _custom(fields: Sequence[str]) -> str:
    return f"customFields {{ {' '.join(fields)} }}" if fields else ""
