"""Where products come from: what to ask and how to read the answers. VTEX is the only source."""
