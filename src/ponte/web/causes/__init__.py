"""`/causas`: problems of many records as one line each."""
