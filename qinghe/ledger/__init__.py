"""
Double entry: accounts are paths, transfers move one amount from one account to another.

Promises: append-only, balances kept under lock and by constraint, corrections are reversals,
the balances of a currency sum to zero. Must never know what a claim is.
"""
