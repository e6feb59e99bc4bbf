"""
The evidence log: who did what to what, when, under which rules, with which facts.

Promises: append-only (a trigger refuses UPDATE and DELETE), sealed in Merkle batches, no
foreign keys, no personal data. It also keeps the answers of idempotent writes. Must never know
anyone's models: subjects are text.
"""
