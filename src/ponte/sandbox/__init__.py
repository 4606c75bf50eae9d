"""A fake VTEX and a fake of every marketplace: real HTTP servers with faults, for tests, demo and measurements.

`markets` lists them, `serve` starts them, `switchboard` holds the faults, `pace` is their rate limit; `vtexmarket`
is the VTEX store that sells others' products. What must become of each SKU is said by `*/truth` from the
marketplace's rules, without the connector (`fate`); `judge` holds the screen against it.
"""
