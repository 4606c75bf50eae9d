"""`/`: how the stores are doing, and what to do next."""
