"""What is learnt of a marketplace: asked once, kept, read anew.

`learning`, `refreshing`, `sheets`, `known_sheets`, `sheet_check`; a worker's spare time for it is
`pipeline/errands`.
"""
