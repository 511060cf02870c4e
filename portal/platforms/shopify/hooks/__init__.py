"""Shopify's deliveries: whether they are genuine, what they are about, and which ones we want."""
