"""What a marketplace's codes mean to this installation.

`rules` are an administrator's; `classes` applies them to each outcome after the connector, `sweep` to what stands.
"""
