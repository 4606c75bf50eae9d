"""The only place that opens connections: limits, deadlines, the address guard, redaction, pace."""
