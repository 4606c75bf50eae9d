"""PostgreSQL, with statements that end after a time where they are a page's or the API's."""
