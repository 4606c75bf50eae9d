"""Connectors and fakes held against what the marketplaces publish, by a judge that is not ours (openapi-core).

Each fake is served over HTTP behind a recorder, the real connector goes through everything that it can ask, and every
request and every answer is judged by the marketplace's OpenAPI. The documents are read from a folder outside this
project: `python -m specs FOLDER`.
"""
