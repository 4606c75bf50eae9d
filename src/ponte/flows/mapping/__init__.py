"""A channel's mapping: kept, tried, exchanged as a spreadsheet, and what it lacks.

`saving` keeps versions, `trial` says what a change would solve; `exporting`, `importing`, `spreadsheet`,
`xlsx_reading`; `suggestions` and `asking` (the marketplace's predictor, likeness of names).
"""
