"""The tables, and every statement that reads or writes them; nothing here decides or asks the network."""
