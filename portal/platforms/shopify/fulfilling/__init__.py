"""What happens to an order's goods, told to Shopify: held back, shipped, ready to collect, under way, wished back."""
