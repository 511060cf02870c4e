"""What a tracking number says by itself: its spelling, its check digit, and which carriers write such numbers."""
