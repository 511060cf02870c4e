"""Whether a shop is connected as it must be: what was granted, what is let through, which webhooks there are."""

from __future__ import annotations

from typing import Final

ABOUT: Final = """
query About {
  shop { name myshopifyDomain }
  currentAppInstallation { app { title } accessScopes { handle } }
  publicApiVersions { handle supported }
}
"""

# One order with what is protected; what is withheld comes back as an error beside it.
PROTECTED: Final = """
query Protected {
  orders(first: 1, sortKey: UPDATED_AT, reverse: true) {
    nodes { id email phone shippingAddress { address1 zip } customer { id firstName } }
  }
}
"""

HOOKS: Final = """
query Hooks($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id topic uri format filter includeFields apiVersion { handle } }
  }
}
"""

ADD_HOOK: Final = """
mutation AddHook($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri, format: JSON }) {
    webhookSubscription { id }
    userErrors { field message }
  }
}
"""

REMOVE_HOOK: Final = """
mutation RemoveHook($id: ID!) {
  webhookSubscriptionDelete(id: $id) {
    deletedWebhookSubscriptionId
    userErrors { field message }
  }
}
"""
