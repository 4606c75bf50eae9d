"""`/canais`: connect, change and watch a channel."""
