"""
Links between persons: who shares a phone, an address or an account, and from which source we
know it.

Serves the fight against fictitious claims and one budget per person; never a way to find
relatives. Must never know scores.
"""
