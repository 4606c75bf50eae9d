"""`/produtos/{id}`: one record, whole.

`timeline`, `changes`, `fields` (`values`: prices and measures as read), `standing`, `verification`, `curl`,
`deep_links`.
"""
