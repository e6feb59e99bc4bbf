"""
Is the claim real, can the person pay: flags and scores, each with its reasons.

A flag asks a human; a score never decides alone. Must never know contact or prices.
"""
