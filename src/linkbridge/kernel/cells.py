"""Cells of tables that people open in spreadsheets: what would be taken for a formula is written with an apostrophe.

It loses the apostrophe when it comes back, so that a table survives the way out and in. Pure.
"""

import re

_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")


def neutral_cell(value: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{value}" if _FORMULA.match(value) else value


def original_cell(cell: str) -> str:
    """Return what ``neutral_cell`` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
