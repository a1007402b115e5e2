"""How a file is written, which here is known (book/_ext/run/spelling.py)."""


class CsvControl:
    def __init__(self, **given):
        self.given = given
