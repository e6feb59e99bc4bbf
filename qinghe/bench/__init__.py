"""
Benchmarks of the hot paths: each prints JSON with its ratio to the limit measured in the same
run.
"""
