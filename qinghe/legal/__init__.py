"""
The legal routes of a claim: limitation, mediation, payment order, suit; what is open, why, and
what it costs in time.

Pure calculators live in rules; this room feeds them with a claim's facts. Must never know
payouts.
"""
