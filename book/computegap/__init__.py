"""What the chapters import.

Data flow in one direction: `package` and `tables` read, `quantities` compute, `model` and
`scenarios` draw, `verdicts` and `ledger` judge, `show` says what a cell ends in. None of them
knows a chapter. docs/architecture.md draws it.
"""
