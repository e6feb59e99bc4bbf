"""Pages of the operator: overview, organisations and members, payouts, money, jobs."""
