"""What stands at a marketplace: a channel's listings, and what the marketplace asks of each category."""
