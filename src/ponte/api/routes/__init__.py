"""The routes of `/api/v1`, by resource."""
