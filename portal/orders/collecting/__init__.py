"""Who else may collect an order at the shop: a name that its customer gives, and a link that shows the code."""
