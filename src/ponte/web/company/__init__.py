"""The company's sign-in: OpenID Connect, with every check of the answer made (docs/adr/0017)."""
