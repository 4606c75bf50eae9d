"""The pages: thin views, a folder per page with one value per region, templates, static files."""
