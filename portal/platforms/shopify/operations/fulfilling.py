"""Work and parcels: holding back, shipping, what is ready or was collected, carriers' events, wishes to return."""

from __future__ import annotations

from typing import Final

HOLDS: Final = """
query Holds($id: ID!, $after: String) {
  order(id: $id) {
    fulfillmentOrders(first: 25, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { id status requestStatus fulfillmentHolds { id handle heldByRequestingApp } }
    }
  }
}
"""

HOLD: Final = """
mutation Hold($id: ID!, $handle: String!, $notes: String!) {
  fulfillmentOrderHold(id: $id, fulfillmentHold: { reason: OTHER, reasonNotes: $notes, handle: $handle }) {
    fulfillmentHold { id }
    userErrors { field message code }
  }
}
"""

RELEASE: Final = """
mutation Release($id: ID!, $holds: [ID!]!) {
  fulfillmentOrderReleaseHold(id: $id, holdIds: $holds) {
    fulfillmentOrder { id status }
    userErrors { field message code }
  }
}
"""

SHIP: Final = """
mutation Ship(
  $works: [FulfillmentOrderLineItemsInput!]!, $tracking: FulfillmentTrackingInput, $notify: Boolean!
) {
  fulfillmentCreate(
    fulfillment: { lineItemsByFulfillmentOrder: $works, trackingInfo: $tracking, notifyCustomer: $notify }
  ) {
    fulfillment { id }
    userErrors { field message }
  }
}
"""

READY: Final = """
mutation Ready($work: ID!) {
  fulfillmentOrderLineItemsPreparedForPickup(
    input: { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: $work }] }
  ) {
    userErrors { field message code }
  }
}
"""

EVENTS: Final = """
query Events($id: ID!, $after: String) {
  fulfillment(id: $id) {
    events(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { id status happenedAt message } }
  }
}
"""

TELL: Final = """
mutation Tell($event: FulfillmentEventInput!) {
  fulfillmentEventCreate(fulfillmentEvent: $event) {
    fulfillmentEvent { id }
    userErrors { field message }
  }
}
"""

RETURNABLE: Final = """
query Returnable($order: ID!, $first: Int!, $after: String) {
  returnableFulfillments(orderId: $order, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes {
      returnableFulfillmentLineItems(first: 50) { nodes { quantity fulfillmentLineItem { id lineItem { id } } } }
    }
  }
}
"""

REASONS: Final = """
query Reasons { returnReasonDefinitions(first: 250) { nodes { id handle deleted } } }
"""

REQUEST_RETURN: Final = """
mutation RequestReturn($order: ID!, $lines: [ReturnRequestLineItemInput!]!) {
  returnRequest(input: { orderId: $order, returnLineItems: $lines }) {
    return { id name }
    userErrors { field message code }
  }
}
"""
