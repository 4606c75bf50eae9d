"""One integration on its way: a lane is taken, its work begun, fetched, mapped, checked, sent and settled."""
