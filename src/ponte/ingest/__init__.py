"""VTEX's webhook: writes down what it tells us, durably, before it says 200.

A raw ASGI application beside Django. `paths` reads the address, `doors` knows the stores by their keys, `body` takes
at most 64 kB in about 10 seconds, `judging` decides (purely) what a body means, `writer` collects what comes while a
transaction runs and `committing` stores it in the next one; only then do the requests get their answers.
`listening` is the same for what marketplaces post: `signatures` checks it, and it only has listings looked at.
"""
