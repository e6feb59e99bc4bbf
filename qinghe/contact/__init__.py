"""
The only way to reach a debtor: ask, decide, send, record.

Promises: one budget per person over all claims, creditors, collectors, numbers and channels; a
refusal is kept and explains itself; collectors never see an address. Must never know anyone's
targets.
"""
