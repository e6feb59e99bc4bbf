"""
Statements of the bank, read strictly: CSV or XLSX by a mapping, camt.053, MT940. Pure.

What cannot be read stops the file and names its row: half a statement must not be booked.
"""

from qinghe.settlement.bank.reading import read_statements
from qinghe.settlement.bank.sheets import Line, Sheet

__all__ = ["Line", "Sheet", "read_statements"]
