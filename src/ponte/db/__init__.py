"""The tables, and every statement that reads or writes them; nothing here decides or asks the network.

- `models`, `migrations`; `sqlite` is Django's backend with its statements' marks turned once,
  `postgresql` the other one with a limit for statements.
- `inbox`: the statement that the webhook waits for. `integrations`, `results`, `counts`: the rest of the write
  side. `scope`: what somebody may see. `sealed`: secrets.
- `queries`, `queries_api`, `pulse`: the lists and counts of the screens, the API and the numbers beside the menu.
- `filters`, `narrowing`, `picking`, `ordering`, `slicing`, `walking`, `totals`, `facets`, `search`, `cursor`: from
  an address to rows: what may be asked; few by their ids and many along an index; orders and signed places in them;
  a page's rows, and statements that read an index alone; totals and choices without counting rows.
- `selection`, `bulk*`: what an action on many is about, what it would do (`bulk_counts`: how many, without reading
  them), how far it is.
- `causes`, `cause_*`, `code_*`, `gaps`: causes with counts from `Cause`, names from their newest record and trends
  from `Tally`; codes without a rule; what the mapping lacks.
- `record_*`, `overview`, `history`, `exports`: a record's tries, deeds, notes, offers, place; sums from `Tally`,
  never from rows; days found in the ids of tries by halving.
- `facts`, `rules`, `links`, `listings`, `channels`: what was learnt, with versions; links of SKU and listing; what
  the channels' pages read.
- `chain`, `audit_trail`, `refused`, `views`, `sku_lists`, `people`: who did what, as a chain, and tried what they
  may not; saved views, pasted lists, people.
- `needed_tries`, `forgetting`, `frozen`: what of old tries is needed all the same; the statements that delete;
  transactions of frozen workers, ended.
"""
