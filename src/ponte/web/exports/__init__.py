"""Lists as files: what was asked, how far it got, and the sending."""
