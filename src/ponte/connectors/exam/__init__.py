"""What the contract suite (`ponte.connectors.contract`) is made of. Needs no pytest by itself."""
