"""The pages: thin views, a folder per page with one value per region, templates, static files.

What all pages share lies beside the folders: `access`, `pages`, `labels`, `clock`, `numbers`, `charts`, `choice`,
`assets`, `fresh`, `bodies` (how large and slow a request may be), `heavy` (how long its statements may
take), `permissions` (what a browser lets our pages do), `folding` (what is fixed in a template is rendered once a
language).
"""
