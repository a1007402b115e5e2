"""What is wrong with a row or a cell, by the names that frictionless has for it."""


class _Error:
    type = ""

    def __init__(self, note: str, **given):
        self.note = note
        self.__dict__.update(given)

    @classmethod
    def from_row(cls, row, *, note: str, **given):
        return cls(note=note, row_number=row.row_number, cells=row.cells, **given)


class TypeError(_Error):
    type = "type-error"


class ConstraintError(_Error):
    type = "constraint-error"


class UniqueError(_Error):
    type = "unique-error"


class PrimaryKeyError(_Error):
    type = "primary-key"


class ForeignKeyError(_Error):
    type = "foreign-key"


class RowConstraintError(_Error):
    type = "row-constraint"
