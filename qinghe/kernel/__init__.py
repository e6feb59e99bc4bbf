"""
Words every floor speaks: Actor, DomainError, money, ids, the clock, the queue.

Owns no table and knows no noun of debt. Everything may import it; it imports nothing of ours.
"""
