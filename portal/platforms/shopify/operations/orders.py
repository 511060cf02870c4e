"""Reading orders: one whole, what did not fit, which ones changed, and all of them in bulk."""

from __future__ import annotations

from typing import Final

from portal.platforms.shopify.operations.fragments import (
    HEAD,
    LINE,
    MARKS,
    MONEY,
    PARCEL,
    PARCEL_LINE,
    RATE,
    REFUND,
    REFUND_LINE,
    RETURN,
    RETURN_LINE,
    WORK,
    WORK_LINE,
    inlined,
)

ORDER: Final = (
    """
query Order(
  $id: ID!, $lines: Int!, $works: Int!, $parcels: Int!, $refunds: Int!, $returns: Int!, $parts: Int!, $events: Int!
) {
  order(id: $id) {
    ...Head
    ...Marks
    shippingLines(first: 5) { nodes { ...Rate } }
    lineItems(first: $lines) { pageInfo { hasNextPage endCursor } nodes { ...Line } }
    fulfillmentOrders(first: $works) {
      pageInfo { hasNextPage endCursor }
      nodes { ...Work lineItems(first: $parts) { pageInfo { hasNextPage endCursor } nodes { ...WorkLine } } }
    }
    fulfillments(first: $parcels) {
      ...Parcel
      fulfillmentLineItems(first: $parts) { pageInfo { hasNextPage endCursor } nodes { ...ParcelLine } }
    }
    refunds(first: $refunds) {
      ...Refund
      refundLineItems(first: $parts) { pageInfo { hasNextPage endCursor } nodes { ...RefundLine } }
    }
    returns(first: $returns) {
      pageInfo { hasNextPage endCursor }
      nodes { ...Return returnLineItems(first: $parts) { pageInfo { hasNextPage endCursor } nodes { ...ReturnLine } } }
    }
  }
}
"""
    + HEAD + MARKS + RATE + LINE + WORK + WORK_LINE + PARCEL + PARCEL_LINE + REFUND + REFUND_LINE + RETURN + RETURN_LINE
)  # fmt: skip

MORE_LINES: Final = (
    """
query MoreLines($id: ID!, $first: Int!, $after: String!) {
  order(id: $id) {
    updatedAt
    lineItems(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...Line } }
  }
}
"""
    + LINE
    + MONEY
)

MORE_WORKS: Final = (
    """
query MoreWorks($id: ID!, $first: Int!, $after: String!, $parts: Int!) {
  order(id: $id) {
    updatedAt
    fulfillmentOrders(first: $first, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { ...Work lineItems(first: $parts) { pageInfo { hasNextPage endCursor } nodes { ...WorkLine } } }
    }
  }
}
"""
    + WORK
    + WORK_LINE
)

MORE_RETURNS: Final = (
    """
query MoreReturns($id: ID!, $first: Int!, $after: String!, $parts: Int!) {
  order(id: $id) {
    updatedAt
    returns(first: $first, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { ...Return returnLineItems(first: $parts) { pageInfo { hasNextPage endCursor } nodes { ...ReturnLine } } }
    }
  }
}
"""
    + RETURN
    + RETURN_LINE
)

# Fulfilments and refunds are plain lists, without pages: their ids first, then each of them.
LISTED: Final = """
query Listed($id: ID!) {
  order(id: $id) { updatedAt fulfillments(first: 250) { id } refunds(first: 250) { id } }
}
"""

ONE_PARCEL: Final = (
    """
query OneParcel($id: ID!, $first: Int!, $events: Int!) {
  fulfillment(id: $id) {
    ...Parcel
    fulfillmentLineItems(first: $first) { pageInfo { hasNextPage endCursor } nodes { ...ParcelLine } }
  }
}
"""
    + PARCEL
    + PARCEL_LINE
)

ONE_REFUND: Final = (
    """
query OneRefund($id: ID!, $first: Int!) {
  refund(id: $id) {
    ...Refund
    refundLineItems(first: $first) { pageInfo { hasNextPage endCursor } nodes { ...RefundLine } }
  }
}
"""
    + REFUND
    + REFUND_LINE
    + MONEY
)

MORE_WORK_LINES: Final = (
    """
query MoreWorkLines($id: ID!, $first: Int!, $after: String!) {
  fulfillmentOrder(id: $id) {
    lineItems(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...WorkLine } }
  }
}
"""
    + WORK_LINE
)

MORE_PARCEL_LINES: Final = (
    """
query MoreParcelLines($id: ID!, $first: Int!, $after: String!) {
  fulfillment(id: $id) {
    fulfillmentLineItems(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...ParcelLine } }
  }
}
"""
    + PARCEL_LINE
)

MORE_REFUND_LINES: Final = (
    """
query MoreRefundLines($id: ID!, $first: Int!, $after: String!) {
  refund(id: $id) {
    refundLineItems(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...RefundLine } }
  }
}
"""
    + REFUND_LINE
    + MONEY
)

MORE_RETURN_LINES: Final = (
    """
query MoreReturnLines($id: ID!, $first: Int!, $after: String!) {
  return(id: $id) {
    returnLineItems(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...ReturnLine } }
  }
}
"""
    + RETURN_LINE
)

OWNER: Final = """
query Owner($id: ID!) { fulfillmentOrder(id: $id) { orderId } }
"""

RETURN_OWNER: Final = """
query ReturnOwner($id: ID!) { return(id: $id) { order { id } } }
"""

CHANGED: Final = """
query Changed($first: Int!, $after: String, $query: String) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    edges { cursor node { id updatedAt } }
  }
}
"""

COUNT: Final = """
query Count($query: String) { ordersCount(query: $query, limit: null) { count } }
"""

# Bulk operations take five lists at most and none inside a plain list, so the contents of fulfilments and refunds are
# not in it (`reading.gaps` says what follows).
EVERYTHING: Final = inlined(
    """
query Everything {
  orders(sortKey: CREATED_AT) {
    edges {
      node {
        ...Head
        shippingLines { edges { node { ...Rate id } } }
        lineItems { edges { node { ...Line } } }
        fulfillmentOrders { edges { node { ...Work lineItems { edges { node { ...WorkLine } } } } } }
        fulfillments {
          id status displayStatus createdAt updatedAt inTransitAt deliveredAt estimatedDeliveryAt totalQuantity
          trackingInfo { company number url }
        }
        refunds { id }
      }
    }
  }
}
"""
    + HEAD
    + RATE
    + LINE
    + WORK
    + WORK_LINE
)

RUN_BULK: Final = """
mutation RunBulk($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: true) {
    bulkOperation { id status }
    userErrors { field message code }
  }
}
"""

BULK: Final = """
query Bulk($id: ID!) {
  bulkOperation(id: $id) { id status errorCode createdAt url rootObjectCount }
}
"""
