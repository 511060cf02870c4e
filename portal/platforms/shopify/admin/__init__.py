"""How Shopify's Admin API is spoken to: where, with which token, at which pace, and what its failures mean."""
