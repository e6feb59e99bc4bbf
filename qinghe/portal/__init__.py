"""The debtor's door: see, contest, plan, pay, complain. Reveals nothing to a stranger."""
