"""Cells of tables that fit their schemas and that no chapter could compute with.

    python -m computegap.check

Prints a line for each: file, row, column, what was found, what was expected.
"""

from computegap import audit, ledger


def problems() -> list[str]:
    """What is wrong, a line each."""
    return [*audit.problems(), *ledger.problems()]


if __name__ == "__main__":
    print("\n".join(problems()))
