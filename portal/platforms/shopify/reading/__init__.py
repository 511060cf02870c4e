"""Reading a shop's orders: one whole, those that changed, and all of them in bulk."""
