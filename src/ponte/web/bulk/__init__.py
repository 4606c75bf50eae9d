"""Actions on many, and the page of the queue that does them."""
