"""VTEX's webhook: writes down what it tells us, durably, before it says 200.

A raw ASGI application beside Django. `paths` reads the address, `doors` knows the stores by their keys, `body` takes
at most 64 kB in at most 10 seconds, `judging` decides (purely) what a body means, `writer` collects about 3 ms of
requests and `committing` stores them in one transaction; only then do they get their answers.
"""
