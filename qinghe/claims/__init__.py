"""
What is owed and whether it is real: intake, evidence, verification, ageing, disputes, holds.

Promises: no claim enters half checked, every amount has a line and a source, a contested claim
stands still. Must never know who will collect.
"""
