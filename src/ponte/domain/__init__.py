"""What is true whoever asks: values and decisions, no I/O of any kind.

- `message`, `outcome`, `connector`, `sheet`: a request and its answer; how a try ended; what a connector is; what a
  category asks for.
- `problem`, `lifecycle`, `retry`: one vocabulary of problems; what an outcome means for a record; when to try
  again.
- `sku`, `offer`, `vtex_admin`: a SKU; what is sent and where each field came from; VTEX's own pages.
- `mapping*`, `likeness`: a channel's rules; their file read with line numbers, as rows of a spreadsheet, merged,
  changed in place with comments kept; what may close a gap.
- `fingerprint`, `identifiers`, `listing_text`, `pattern`: which problems are one cause; GTINs; the listing that a
  person means; patterns that no text can make slow.
- `code_rules`, `zones`, `trend`, `latency`, `difference`, `sheet_difference`: values of the pages: rules, stores'
  time zones, growth, durations on a log scale, two offers, two sheets.
"""
