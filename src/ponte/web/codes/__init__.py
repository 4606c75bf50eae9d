"""`/codigos`: codes without a rule, and an administrator's rules for them."""
