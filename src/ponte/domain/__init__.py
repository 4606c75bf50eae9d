"""What is true whoever asks: values and decisions, no I/O of any kind."""
