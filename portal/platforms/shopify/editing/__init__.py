"""Changing a shop's orders: what an edit comes to, making it once, and finding it again after a crash."""
