"""
Rules that find dishonest dealings in rows of the market. Pure: no tables, no clock.

`spotting` tells what one row shows, `rings` what many bids show together, `judging` whether the
signs about some organisations are enough for a person to look. Numbers and their reasons stand in
`signs.yaml`. A rule sees ids and counts, never who somebody is.
"""
