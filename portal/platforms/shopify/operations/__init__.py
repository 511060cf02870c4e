"""Every operation that is sent to Shopify's Admin API, as text, by theme.

The tests validate them against the schema that Shopify publishes, and work out from it which scopes they need. Pages
are small on purpose: a question may not cost more than 1,000 points, where a list costs its length times what is in it.
What does not fit is asked for afterwards (`reading`).
"""
