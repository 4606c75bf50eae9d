"""A fake VTEX and a fake of every marketplace: real HTTP servers with faults, for tests, demo and measurements."""
