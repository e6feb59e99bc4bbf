"""
The staff side: pages for creditors, collectors, reviewers, compliance, operators and
regulators.
"""
