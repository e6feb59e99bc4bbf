"""
Cases as JSON objects: one module per kind, which reads the input, asks the rules and writes the
answer. Every defect of the input is a `CaseError` with a code of the contract.
"""
