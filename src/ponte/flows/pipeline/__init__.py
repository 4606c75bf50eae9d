"""One integration on its way: a lane is taken, its work begun, fetched, mapped, checked, sent and settled.

- `runner` with `heartbeat` and `key_check` takes lanes; `errands` and `tidying` are what it does beside them.
- `drain` works one off: `begin`, `run` (under the fence, `lease`), `integrate`, `reading` (VTEX, for a batch),
  `watch` (why a drain stops), `breaker` (a side that does not answer), `solitude` (suspects run alone), `rounds`
  (when results are written).
- `gathering`: one request for many SKUs, each with its own part (docs/adr/0019); `windows`: how often an endpoint
  may be asked, also after a restart.
- `settlement` writes what came of it: `judging` (what a result means), `overtaken` (runs that came too late),
  `doubts`, `later` (what follows), `burial` (what killed its worker), `batch` (what one transaction writes).
"""
