"""
Break the contact rules on purpose, one place at a time, and see whether the tests notice.

`make mutants` turns every comparison of `qinghe.rules.contact`, moves every number by one, swaps
`and` with `or`, true with false, plus with minus, and `in` with `not in`; and it moves every number
that the packs give to those rules by one, every length of time by a second. `places` finds what can
be changed, `judging` asks the tests, `equivalents` knows the changes that nobody could notice.
"""
