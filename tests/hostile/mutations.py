"""Ways in which a table, its schema or its file goes wrong: what one can do to the data package.

A kind takes a copy of the package, a table and a source of chance, changes one thing, and returns
where: a row (as a spreadsheet counts) and a column, "" for a place in no cell, None where the
table has nothing that could go wrong in this way. Its name says what was done.
"""

import csv
import io
import json
import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

Place = tuple[int, str] | str | None
KINDS: dict[str, Callable[["Copy", str, random.Random], Place]] = {}
# What nothing can refuse: another true-looking value in its place. The build's difference of facts
# shows each; book/methods.md lists them.
NEVER_SEEN: dict[str, Callable[["Copy", str, random.Random], Place]] = {}


def kind(function):
    KINDS[function.__name__.replace("_", " ")] = function
    return function


def never_seen(function):
    NEVER_SEEN[function.__name__.replace("_", " ")] = function
    return function


class Copy:
    """A copy of the data package in which one thing at a time is wrong."""

    def __init__(self, data: Path, folder: Path):
        shutil.copytree(data, folder)
        self.data, self.folder = data, folder
        self.descriptor = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
        self.tables = [entry["name"] for entry in self.descriptor["resources"]]

    def path(self, table: str) -> Path:
        return self.folder / f"{table}.csv"

    def text(self, table: str) -> str:
        return (self.data / f"{table}.csv").read_bytes().decode("utf-8")

    def rows(self, table: str) -> list[list[str]]:
        """Header and rows, as written."""
        return list(csv.reader(io.StringIO(self.text(table), newline="")))

    def schema(self, table: str) -> dict:
        return json.loads((self.data / f"{table}.schema.json").read_text(encoding="utf-8"))

    def write(self, table: str, content: str | bytes | list[list[str]]) -> None:
        if isinstance(content, list):
            text = io.StringIO(newline="")
            csv.writer(text, lineterminator="\n").writerows(content)
            content = text.getvalue()
        data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        self.path(table).write_bytes(data)

    def write_schema(self, table: str, schema: dict) -> None:
        (self.folder / f"{table}.schema.json").write_text(json.dumps(schema), encoding="utf-8")

    def write_descriptor(self, descriptor: dict) -> None:
        (self.folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")

    def restore(self) -> None:
        """All as it was."""
        for path in self.folder.iterdir():
            if not (self.data / path.name).exists():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for path in self.data.iterdir():
            other = self.folder / path.name
            if other.is_symlink() or other.is_fifo():
                other.unlink()
            elif other.is_dir():
                shutil.rmtree(other)
            # Its size first: it may have gigabytes.
            sizes = [one.stat().st_size for one in (path, other) if one.exists()]
            if len({*sizes}) + 2 - len(sizes) > 1 or other.read_bytes() != path.read_bytes():
                shutil.copyfile(path, other)

    def change(
        self,
        table: str,
        chance: random.Random,
        fits: Callable[[dict, str], bool],
        new: Callable[[str], str],
    ) -> Place:
        """Change one cell among those whose field and content fit."""
        rows, fields = self.rows(table), self.schema(table)["fields"]
        places = [
            (row, column)
            for row in range(1, len(rows))
            for column, field in enumerate(fields)
            if fits(field, rows[row][column])
        ]
        if not places:
            return None
        row, column = chance.choice(places)
        rows[row][column] = new(rows[row][column])
        self.write(table, rows)
        return row + 1, fields[column]["name"]


def limits(field: dict) -> dict:
    return field.get("constraints", {})


def is_words(field: dict, cell: str) -> bool:
    """A cell of text that nothing but its reader understands."""
    free = not {"enum", "pattern"} & set(limits(field)) and field.get("format") != "uri"
    dated = field["name"].endswith("_date") or field.get("verbatim")
    return bool(cell) and field["type"] == "string" and free and not dated


def is_number(field: dict, cell: str) -> bool:
    return bool(cell) and field["type"] in ("number", "integer")


def is_date(field: dict, cell: str) -> bool:
    return bool(cell) and field["name"].endswith("_date")


def of_type(*types: str):
    return lambda field, cell: bool(cell) and field["type"] in types


# Bytes


@kind
def a_byte_order_mark(copy, table, chance):
    copy.write(table, "\ufeff" + copy.text(table))
    return 1, ""


@kind
def lines_that_end_in_carriage_returns(copy, table, chance):
    copy.write(table, copy.text(table).replace("\n", "\r\n"))
    return ""


@kind
def a_carriage_return_in_a_cell(copy, table, chance):
    return copy.change(table, chance, is_words, lambda cell: cell + "\r" + cell)


@kind
def a_nul(copy, table, chance):
    return copy.change(table, chance, is_words, lambda cell: cell + "\0")


@kind
def a_control_character(copy, table, chance):
    return copy.change(table, chance, is_words, lambda cell: "\x1b[31m" + cell)


@kind
def a_byte_of_another_encoding(copy, table, chance):
    lines = copy.text(table).encode().split(b"\n")
    row = chance.randrange(1, len(lines) - 1)
    lines[row] = lines[row].replace(b",", b"\xe9,", 1)
    copy.write(table, b"\n".join(lines))
    return row + 1, ""


@kind
def a_mark_of_direction(copy, table, chance):
    return copy.change(table, chance, is_words, lambda cell: "\u202e" + cell)


@kind
def a_blank_of_no_width(copy, table, chance):
    return copy.change(table, chance, is_words, lambda cell: cell[:1] + "\u200b" + cell[1:])


@kind
def a_separator_of_lines(copy, table, chance):
    return copy.change(table, chance, is_words, lambda cell: cell + "\u2028" + cell)


@kind
def a_next_line(copy, table, chance):
    return copy.change(table, chance, is_words, lambda cell: cell + "\u0085" + cell)


@kind
def a_blank_before_a_text(copy, table, chance):
    return copy.change(table, chance, is_words, lambda cell: " " + cell)


@kind
def a_blank_after_a_text(copy, table, chance):
    return copy.change(table, chance, is_words, lambda cell: cell + " ")


@kind
def a_blank_that_does_not_break(copy, table, chance):
    return copy.change(table, chance, is_words, lambda cell: cell + "\u00a0")


def _with_cyrillic(cell: str) -> str:
    return re.sub(r"a(?=[a-zA-Z])|(?<=[a-zA-Z])a", "\u0430", cell)


@kind
def a_letter_that_looks_like_another(copy, table, chance):
    def fits(field, cell):
        return is_words(field, cell) and re.search(r"[a-zA-Z]a|a[a-zA-Z]", cell)

    return copy.change(
        table, chance, fits, lambda cell: re.sub(r"a(?=\w)|(?<=\w)a", "\u0430", cell)
    )


@kind
def letters_apart_from_their_marks(copy, table, chance):
    return copy.change(table, chance, is_words, lambda cell: cell + "e\u0301")


@kind
def another_case_of_a_name(copy, table, chance):
    rows = copy.rows(table)
    names = [field["name"] for field in copy.schema(table)["fields"]]

    def fits(field, cell):
        column = [row[names.index(field["name"])] for row in rows[1:]]
        return is_words(field, cell) and column.count(cell) > 2 and cell.upper() not in column

    place = copy.change(table, chance, fits, str.upper)
    # Its order may have been another reason, and is one; the file is what counts.
    return place and ""


@kind
def another_delimiter(copy, table, chance):
    copy.write(table, copy.text(table).replace(",", ";"))
    return 1, ""


@kind
def tabs_for_commas(copy, table, chance):
    copy.write(table, copy.text(table).replace(",", "\t"))
    return 1, ""


@kind
def a_line_of_comment(copy, table, chance):
    copy.write(table, "# from the publisher\n" + copy.text(table))
    return 1, ""


@kind
def a_line_of_comment_between_rows(copy, table, chance):
    lines = copy.text(table).split("\n")
    lines.insert(len(lines) // 2, "# checked")
    copy.write(table, "\n".join(lines))
    return ""


@kind
def an_empty_line_between_rows(copy, table, chance):
    lines = copy.text(table).split("\n")
    lines.insert(1, "")
    copy.write(table, "\n".join(lines))
    return 2, ""


@kind
def an_empty_line_at_the_end(copy, table, chance):
    copy.write(table, copy.text(table) + "\n")
    return ""


@kind
def no_end_of_the_last_line(copy, table, chance):
    copy.write(table, copy.text(table)[:-1])
    return ""


@kind
def quotes_that_nothing_needs(copy, table, chance):
    header, rest = copy.text(table).split("\n", 1)
    copy.write(table, ",".join(f'"{name}"' for name in header.split(",")) + "\n" + rest)
    return 1, ""


@kind
def a_quote_that_is_never_closed(copy, table, chance):
    copy.write(table, copy.text(table).replace("\n", '\n"', 1))
    return ""


# Spellings


@kind
def a_word_for_a_missing_text(copy, table, chance):
    word = chance.choice(["NA", "n/a", "None", "null", "NaN", "-"])
    return copy.change(table, chance, is_words, lambda cell: word)


@kind
def a_word_for_a_missing_number(copy, table, chance):
    return copy.change(table, chance, is_number, lambda cell: "NA")


@kind
def an_underscore_in_a_number(copy, table, chance):
    return copy.change(table, chance, is_number, lambda cell: cell[:1] + "_" + cell)


@kind
def a_comma_for_thousands(copy, table, chance):
    return copy.change(table, chance, is_number, lambda cell: "1," + cell.zfill(3))


@kind
def digits_of_full_width(copy, table, chance):
    wide = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}
    return copy.change(table, chance, is_number, lambda cell: cell.translate(wide))


@kind
def a_plus_before_a_number(copy, table, chance):
    return copy.change(table, chance, is_number, lambda cell: "+" + cell.lstrip("-"))


@kind
def a_zero_before_a_number(copy, table, chance):
    return copy.change(table, chance, is_number, lambda cell: "0" + cell.lstrip("-"))


@kind
def a_point_after_a_number(copy, table, chance):
    return copy.change(table, chance, of_type("integer"), lambda cell: cell + ".")


@kind
def a_comma_for_a_point(copy, table, chance):
    def fits(field, cell):
        return is_number(field, cell) and "." in cell

    return copy.change(table, chance, fits, lambda cell: cell.replace(".", ","))


@kind
def a_unit_behind_a_number(copy, table, chance):
    return copy.change(table, chance, is_number, lambda cell: cell + " GW")


@kind
def a_percent_sign_behind_a_number(copy, table, chance):
    return copy.change(table, chance, is_number, lambda cell: cell + "%")


@kind
def a_typographic_minus(copy, table, chance):
    return copy.change(table, chance, is_number, lambda cell: "\u2212" + cell.lstrip("-"))


@kind
def not_a_number(copy, table, chance):
    word = chance.choice(["inf", "nan", "-inf", "Infinity", "1e400x"])
    return copy.change(table, chance, is_number, lambda cell: word)


@kind
def an_exponent_in_a_count(copy, table, chance):
    return copy.change(table, chance, of_type("integer"), lambda cell: cell + "e0")


@kind
def a_fraction_of_a_count(copy, table, chance):
    return copy.change(table, chance, of_type("integer"), lambda cell: cell + ".5")


@kind
def words_for_a_number(copy, table, chance):
    return copy.change(table, chance, is_number, lambda cell: "about " + cell)


@kind
def another_word_for_true(copy, table, chance):
    word = chance.choice(["yes", "TRUE", "True", "1", "wahr", "t"])
    return copy.change(table, chance, of_type("boolean"), lambda cell: word)


@kind
def a_date_in_another_order(copy, table, chance):
    def turned(cell):
        return ".".join(reversed(cell.split("-"))) if "-" in cell else "06/" + cell

    return copy.change(table, chance, is_date, turned)


@kind
def a_time_behind_a_day(copy, table, chance):
    return copy.change(table, chance, is_date, lambda cell: f"{cell}T00:00:00")


@kind
def a_month_by_its_name(copy, table, chance):
    return copy.change(table, chance, is_date, lambda cell: "June " + cell[:4])


# Rows and columns


@kind
def a_column_with_another_name(copy, table, chance):
    rows = copy.rows(table)
    rows[0][chance.randrange(len(rows[0]))] += "_2"
    copy.write(table, rows)
    return 1, ""


@kind
def two_columns_exchanged(copy, table, chance):
    rows = copy.rows(table)
    left, right = chance.sample(range(len(rows[0])), 2)
    for row in rows:
        row[left], row[right] = row[right], row[left]
    copy.write(table, rows)
    return 1, ""


@kind
def no_header(copy, table, chance):
    copy.write(table, copy.rows(table)[1:])
    return 1, ""


@kind
def a_column_more(copy, table, chance):
    copy.write(table, [[*row, "x"] for row in copy.rows(table)])
    return 1, ""


@kind
def a_column_less(copy, table, chance):
    rows = copy.rows(table)
    column = chance.randrange(len(rows[0]))
    copy.write(table, [row[:column] + row[column + 1 :] for row in rows])
    return 1, ""


@kind
def a_column_twice(copy, table, chance):
    copy.write(table, [[*row, row[0]] for row in copy.rows(table)])
    return 1, ""


@kind
def a_cell_more_in_a_row(copy, table, chance):
    rows = copy.rows(table)
    row = chance.randrange(1, len(rows))
    rows[row].append("")
    copy.write(table, rows)
    return row + 1, ""


@kind
def a_cell_less_in_a_row(copy, table, chance):
    rows = copy.rows(table)
    row = chance.randrange(1, len(rows))
    rows[row].pop()
    copy.write(table, rows)
    return row + 1, ""


@kind
def nothing_but_the_header(copy, table, chance):
    copy.write(table, copy.rows(table)[:1])
    return ""


@kind
def an_empty_file(copy, table, chance):
    copy.write(table, "")
    return 1, ""


@kind
def a_row_removed(copy, table, chance):
    rows = copy.rows(table)
    del rows[chance.randrange(1, len(rows))]
    copy.write(table, rows)
    return ""


@kind
def rows_cut_off(copy, table, chance):
    rows = copy.rows(table)
    copy.write(table, rows[: chance.randrange(1, len(rows))])
    return ""


@kind
def a_file_cut_inside_of_a_row(copy, table, chance):
    text = copy.text(table)
    copy.write(table, text[: chance.randrange(text.index("\n") + 1, len(text) - 1)].rstrip("\n"))
    return ""


@kind
def a_row_twice(copy, table, chance):
    rows = copy.rows(table)
    row = chance.randrange(1, len(rows))
    copy.write(table, [*rows[: row + 1], *rows[row:]])
    return ""


@kind
def a_key_twice(copy, table, chance):
    rows, key = copy.rows(table), copy.schema(table)["primaryKey"]
    if len(rows) < 3:
        return None
    row = chance.randrange(2, len(rows))
    for name in key:
        column = rows[0].index(name)
        rows[row][column] = rows[row - 1][column]
    copy.write(table, rows)
    return row + 1, ""


@kind
def rows_in_another_order(copy, table, chance):
    rows = copy.rows(table)
    if len(rows) < 3:
        return None
    row = chance.randrange(2, len(rows))
    rows[row], rows[row - 1] = rows[row - 1], rows[row]
    copy.write(table, rows)
    return row + 1, ""


# What a schema says of a cell


@kind
def an_empty_cell_where_a_value_is_needed(copy, table, chance):
    def fits(field, cell):
        return limits(field).get("required") and cell

    return copy.change(table, chance, fits, lambda cell: "")


@kind
def blanks_where_a_value_is_needed(copy, table, chance):
    def fits(field, cell):
        return limits(field).get("required") and is_words(field, cell)

    return copy.change(table, chance, fits, lambda cell: "   ")


@kind
def a_word_that_is_not_on_the_list(copy, table, chance):
    def fits(field, cell):
        return cell and "enum" in limits(field)

    return copy.change(table, chance, fits, lambda cell: cell + " or so")


@kind
def another_case_of_a_word_on_the_list(copy, table, chance):
    def fits(field, cell):
        return "enum" in limits(field) and cell.swapcase() != cell

    return copy.change(table, chance, fits, str.swapcase)


@kind
def another_form_than_the_pattern(copy, table, chance):
    def fits(field, cell):
        return cell and "pattern" in limits(field) and not is_date(field, cell)

    return copy.change(table, chance, fits, lambda cell: f"{cell}!")


@kind
def a_number_below_its_bounds(copy, table, chance):
    def fits(field, cell):
        return is_number(field, cell) and "minimum" in limits(field)

    return copy.change(table, chance, fits, lambda cell: "-9" + "9" * 15)


@kind
def a_number_above_its_bounds(copy, table, chance):
    def fits(field, cell):
        return is_number(field, cell) and "maximum" in limits(field)

    return copy.change(table, chance, fits, lambda cell: "9" * 31)


@kind
def a_million_times_the_largest_number(copy, table, chance):
    """A column in another unit, told by its largest value."""
    rows = copy.rows(table)
    fields = copy.schema(table)["fields"]
    columns = [
        column
        for column, field in enumerate(fields)
        if "maximum" in limits(field)
        and field["type"] in ("number", "integer")
        and any(float(row[column] or 0) > 0 for row in rows[1:])
    ]
    if not columns:
        return None
    column = chance.choice(columns)
    row = max(range(1, len(rows)), key=lambda row: float(rows[row][column] or 0))
    value = float(rows[row][column]) * 1e6
    rows[row][column] = f"{value:.0f}"
    copy.write(table, rows)
    return row + 1, fields[column]["name"]


@kind
def a_date_to_come(copy, table, chance):
    return copy.change(table, chance, is_date, lambda cell: "2097" + cell[4:])


@kind
def a_date_before_there_were_chips(copy, table, chance):
    return copy.change(table, chance, is_date, lambda cell: "1897" + cell[4:])


@kind
def a_day_that_no_calendar_has(copy, table, chance):
    return copy.change(table, chance, is_date, lambda cell: cell[:4] + "-02-30")


@kind
def a_month_that_no_calendar_has(copy, table, chance):
    return copy.change(table, chance, is_date, lambda cell: cell[:4] + "-13" + cell[7:])


@kind
def a_quarter_that_ends_on_another_day(copy, table, chance):
    def fits(field, cell):
        return "quarter_end" in field["name"] and cell

    return copy.change(table, chance, fits, lambda cell: cell[:8] + "15")


# What cells say of each other


@kind
def percentiles_out_of_order(copy, table, chance):
    return _exchanged(copy, table, chance, "_p5", "_p95")


@kind
def a_range_the_wrong_way_round(copy, table, chance):
    return _exchanged(copy, table, chance, "_low", "_high")


def _exchanged(copy, table, chance, low: str, high: str) -> Place:
    rows = copy.rows(table)
    header = rows[0]
    pairs = [
        (row, header.index(name), header.index(name[: -len(low)] + high))
        for name in header
        if name.endswith(low) and name[: -len(low)] + high in header
        for row in range(1, len(rows))
    ]
    pairs = [
        (row, a, b) for row, a, b in pairs if rows[row][a] and rows[row][a] != rows[row][b] != ""
    ]
    if not pairs:
        return None
    row, a, b = chance.choice(pairs)
    rows[row][a], rows[row][b] = rows[row][b], rows[row][a]
    copy.write(table, rows)
    return row + 1, ""


def in_table(wanted: str, fits, new):
    """A kind that only one table can have."""

    def change(copy, table, chance):
        return copy.change(table, chance, fits, new) if table == wanted else None

    return change


def named(name: str):
    return lambda field, cell: field["name"] == name and bool(cell)


KINDS |= {
    # A part of the key too: what is said may be of the order of rows.
    "a period that ends before it begins": lambda *given: (
        in_table("company_results", named("period_end_date"), lambda cell: "2020-12-31")(*given)
        and ""
    ),
    "a pause that ends before it begins": in_table(
        "model_pauses", named("to_date"), lambda cell: "2026-06-01"
    ),
    "an announcement after the release": in_table(
        "release_dates", named("announced_date"), lambda cell: "2026-11-20"
    ),
    "a page that was read before it was published": in_table(
        "sources", named("accessed_date"), lambda cell: "1999-01-01"
    ),
    "a claimed value without its comparator": in_table(
        "claims", named("comparator"), lambda cell: ""
    ),
    "a claimed value without its unit": in_table("claims", named("unit"), lambda cell: ""),
    "the best grade for what nobody opened": in_table(
        "sources", lambda field, cell: field["name"] == "is_opened" and cell == "false", str
    ),
    "more active parameters than there are": in_table(
        "model_parameters", named("active_parameters_billion"), lambda cell: "99999"
    ),
    "a quarter larger than all quarters": in_table(
        "chip_sales_quarterly", named("h100e"), lambda cell: "49999999"
    ),
    "a thousand-fold slip in a series": in_table(
        "exchange_rates", named("rate"), lambda cell: str(float(cell) / 1000)
    ),
    "a decimal point moved in a series": in_table(
        "private_investment", named("gpdi_usd_billion"), lambda cell: str(float(cell) / 10)
    ),
}


@kind
def the_best_grade_for_what_nobody_opened(copy, table, chance):
    rows = copy.rows(table)
    if table != "sources":
        return None
    grade, opened = rows[0].index("grade"), rows[0].index("is_opened")
    row = chance.choice([row for row in range(1, len(rows)) if rows[row][opened] == "false"])
    rows[row][grade] = "A"
    copy.write(table, rows)
    return row + 1, ""


del KINDS["the best grade for what nobody opened"]
KINDS["the best grade for what nobody opened"] = the_best_grade_for_what_nobody_opened


@kind
def a_piece_that_measures_without_a_value(copy, table, chance):
    if table != "evidence":
        return None
    rows = copy.rows(table)
    stance, value, high, measure = (
        rows[0].index(name) for name in ("stance", "value", "value_high", "measure")
    )
    row = chance.choice([row for row in range(1, len(rows)) if rows[row][stance] == "measures"])
    for column in (value, high, measure):
        rows[row][column] = ""
    copy.write(table, rows)
    return row + 1, ""


@kind
def a_stock_that_falls(copy, table, chance):
    """The last quarter of the largest series, set to a tenth."""
    if table != "chip_owners":
        return None
    rows = copy.rows(table)
    amount = rows[0].index("h100e")
    row = max(range(1, len(rows)), key=lambda row: int(rows[row][amount]))
    for name in ("h100e", "h100e_p5", "h100e_p95", "units"):
        column = rows[0].index(name)
        if rows[row][column]:
            rows[row][column] = str(int(rows[row][column]) // 10)
    copy.write(table, rows)
    return row + 1, ""


# What tables say of each other


@kind
def a_source_that_nobody_listed(copy, table, chance):
    def fits(field, cell):
        return field["name"] == "source_id" and table != "sources" and cell

    return copy.change(table, chance, fits, lambda cell: "hearsay-2026")


@kind
def a_reference_to_a_row_that_is_not_there(copy, table, chance):
    keys = copy.schema(table).get("foreignKeys", [])
    columns = {
        key["fields"] if isinstance(key["fields"], str) else key["fields"][0] for key in keys
    }

    def fits(field, cell):
        return field["name"] in columns - {"source_id"} and cell

    return copy.change(table, chance, fits, lambda cell: "C999" if cell[0] == "C" else cell + "-x")


@kind
def an_address_that_ends_its_attribute(copy, table, chance):
    def fits(field, cell):
        return field.get("format") == "uri" and cell

    return copy.change(table, chance, fits, lambda cell: cell + '" onmouseover="alert(1)')


@kind
def an_address_of_a_script(copy, table, chance):
    def fits(field, cell):
        return field.get("format") == "uri" and cell

    return copy.change(table, chance, fits, lambda cell: "javascript:alert(1)")


@kind
def a_formula_of_a_spreadsheet(copy, table, chance):
    formula = chance.choice(['=cmd|"/c calc"!A1', "@SUM(1)", '=HYPERLINK("http://x.invalid")'])
    return copy.change(table, chance, is_words, lambda cell: formula)


# Descriptor and schemas


@kind
def an_entry_removed(copy, table, chance):
    entries = [entry for entry in copy.descriptor["resources"] if entry["name"] != table]
    copy.write_descriptor({**copy.descriptor, "resources": entries})
    return ""


@kind
def an_entry_twice(copy, table, chance):
    entries = copy.descriptor["resources"]
    again = [entry for entry in entries if entry["name"] == table]
    copy.write_descriptor({**copy.descriptor, "resources": entries + again})
    return ""


@kind
def an_entry_without_a_part(copy, table, chance):
    parts = ["path", "schema", "title", "licenses", "sources", "accessed", "as_of", "rows"]
    part = chance.choice(parts)
    entries = [
        {key: value for key, value in entry.items() if (entry["name"], key) != (table, part)}
        for entry in copy.descriptor["resources"]
    ]
    copy.write_descriptor({**copy.descriptor, "resources": entries})
    return ""


@kind
def a_path_to_another_folder(copy, table, chance):
    entries = [
        {**entry, "path": "../README.md"} if entry["name"] == table else entry
        for entry in copy.descriptor["resources"]
    ]
    copy.write_descriptor({**copy.descriptor, "resources": entries})
    return ""


@kind
def a_descriptor_cut_off(copy, table, chance):
    text = json.dumps(copy.descriptor)
    cut = text[: chance.randrange(1, len(text) - 1)]
    (copy.folder / "datapackage.json").write_text(cut, encoding="utf-8")
    return ""


@kind
def a_schema_cut_off(copy, table, chance):
    path = copy.folder / f"{table}.schema.json"
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    return ""


@kind
def a_schema_with_a_name_twice(copy, table, chance):
    path = copy.folder / f"{table}.schema.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"name":', '"name": "other", "name":', 1), encoding="utf-8")
    return ""


def changed_schema(change: Callable[[dict, random.Random], bool]):
    """A kind that changes the schema; `change` says whether there was anything to change."""

    def changed(copy, table, chance):
        schema = copy.schema(table)
        if not change(schema, chance):
            return None
        copy.write_schema(table, schema)
        return ""

    return changed


def _numbers(schema: dict) -> list[dict]:
    return [field for field in schema["fields"] if {"minimum", "maximum"} <= set(limits(field))]


def _without_bounds(schema, chance) -> bool:
    fields = [field for field in _numbers(schema) if field["type"] != "year"]
    if fields:
        chance.choice(fields)["constraints"].pop(chance.choice(["minimum", "maximum"]))
    return bool(fields)


def _bounds_exchanged(schema, chance) -> bool:
    fields = [f for f in _numbers(schema) if limits(f)["minimum"] != limits(f)["maximum"]]
    if fields:
        field = chance.choice(fields)["constraints"]
        field["minimum"], field["maximum"] = field["maximum"], field["minimum"]
    return bool(fields)


def _without_key(schema, chance) -> bool:
    del schema["primaryKey"]
    return True


def _with_unknown_type(schema, chance) -> bool:
    chance.choice(schema["fields"])["type"] = "anything"
    return True


def _without_description(schema, chance) -> bool:
    del chance.choice(schema["fields"])["description"]
    return True


def _with_a_field_less(schema, chance) -> bool:
    keep = schema["primaryKey"]
    fields = [field for field in schema["fields"] if field["name"] not in keep]
    if fields:
        schema["fields"].remove(chance.choice(fields))
    return bool(fields)


def _with_optional_key(schema, chance) -> bool:
    for field in schema["fields"]:
        if field["name"] == schema["primaryKey"][0]:
            del field["constraints"]["required"]
    return True


def _with_key_into_nothing(schema, chance) -> bool:
    for key in schema.get("foreignKeys", [])[:1]:
        key["reference"]["resource"] = "nowhere"
        return True
    return False


def _with_rule_of_nothing(schema, chance) -> bool:
    schema.setdefault("rules", []).append({"that": "no_such_column > 1", "says": "it is"})
    return True


def _with_other_missing_values(schema, chance) -> bool:
    schema["missingValues"] = ["", "NA", "-"]
    return True


def _with_broken_pattern(schema, chance) -> bool:
    texts = [field for field in schema["fields"] if field["type"] == "string"]
    if texts:
        chance.choice(texts).setdefault("constraints", {})["pattern"] = "(["
    return bool(texts)


KINDS |= {
    "a schema without a bound": changed_schema(_without_bounds),
    "a schema with its bounds exchanged": changed_schema(_bounds_exchanged),
    "a schema without a key": changed_schema(_without_key),
    "a schema with an unknown type": changed_schema(_with_unknown_type),
    "a schema with a column that nobody describes": changed_schema(_without_description),
    "a schema without one of the columns": changed_schema(_with_a_field_less),
    "a schema whose key may be empty": changed_schema(_with_optional_key),
    "a schema that refers to no table": changed_schema(_with_key_into_nothing),
    "a schema with a rule of no column": changed_schema(_with_rule_of_nothing),
    "a schema with other words for missing": changed_schema(_with_other_missing_values),
    "a schema with a broken pattern": changed_schema(_with_broken_pattern),
}


# Files


@kind
def a_table_that_is_not_there(copy, table, chance):
    copy.path(table).unlink()
    return ""


@kind
def a_schema_that_is_not_there(copy, table, chance):
    (copy.folder / f"{table}.schema.json").unlink()
    return ""


@kind
def a_file_that_no_entry_names(copy, table, chance):
    shutil.copyfile(copy.path(table), copy.folder / f"{table}_old.csv")
    return ""


@kind
def a_file_with_a_name_that_is_no_text(copy, table, chance):
    (copy.folder / os.fsdecode(b"caf\xe9.csv")).write_text("a\n1\n")
    return ""


@kind
def a_folder_in_the_place_of_a_table(copy, table, chance):
    copy.path(table).unlink()
    copy.path(table).mkdir()
    return ""


@kind
def a_pipe_in_the_place_of_a_table(copy, table, chance):
    copy.path(table).unlink()
    os.mkfifo(copy.path(table))
    return ""


@kind
def a_link_to_a_file_elsewhere(copy, table, chance):
    copy.path(table).unlink()
    copy.path(table).symlink_to(copy.data / f"{table}.csv")
    return ""


@kind
def a_file_of_gigabytes(copy, table, chance):
    # Nothing but a length: it takes no room.
    os.truncate(copy.path(table), 3_000_000_000)
    return ""


# What only a reader sees


def _is_free(field: dict, cell: str) -> bool:
    """A positive number that something beside its bounds would have to know."""
    return is_number(field, cell) and float(cell) > 0


@never_seen
def one_digit_is_another(copy, table, chance):
    digit = chance.choice("123456789")
    return copy.change(
        table, chance, _is_free, lambda cell: re.sub(r"\d(?=\D*$)", digit, cell, count=1)
    )


@never_seen
def two_digits_are_exchanged(copy, table, chance):
    def fits(field, cell):
        return _is_free(field, cell) and re.search(r"([1-9])(?!\1)[1-9]", cell)

    def new(cell):
        return re.sub(r"([1-9])(?!\1)([1-9])", r"\2\1", cell, count=1)

    return copy.change(table, chance, fits, new)


@never_seen
def the_decimal_point_is_elsewhere(copy, table, chance):
    def fits(field, cell):
        return _is_free(field, cell) and field["type"] == "number" and "e" not in cell

    return copy.change(table, chance, fits, lambda cell: f"{float(cell) / 10:.6f}")


@never_seen
def a_number_is_a_thousandth(copy, table, chance):
    def fits(field, cell):
        return _is_free(field, cell) and field["type"] == "number" and "e" not in cell

    return copy.change(table, chance, fits, lambda cell: f"{float(cell) / 1000:.6f}")


@never_seen
def a_word_of_the_list_is_another_one(copy, table, chance):
    def fits(field, cell):
        return cell and len(limits(field).get("enum", [])) > 1

    words = sorted({w for f in copy.schema(table)["fields"] for w in limits(f).get("enum", [])})
    fields = {f["name"]: limits(f).get("enum", []) for f in copy.schema(table)["fields"]}

    def new(cell):
        own = next((enum for enum in fields.values() if cell in enum), words)
        return own[(own.index(cell) + 1) % len(own)]

    return copy.change(table, chance, fits, new)


@never_seen
def a_flag_is_turned(copy, table, chance):
    turned = {"true": "false", "false": "true"}
    return copy.change(table, chance, of_type("boolean"), turned.get)


@never_seen
def a_text_says_something_else(copy, table, chance):
    def fits(field, cell):
        return is_words(field, cell) and " " in cell

    return copy.change(table, chance, fits, lambda cell: cell + " not")


@never_seen
def a_day_is_another_one(copy, table, chance):
    def fits(field, cell):
        return is_date(field, cell) and len(cell) == 10 and "quarter" not in field["name"]

    return copy.change(table, chance, fits, lambda cell: cell[:8] + "11")


@never_seen
def a_schema_without_a_list_of_words(copy, table, chance):
    def without(schema, chance):
        fields = [field for field in schema["fields"] if "enum" in limits(field)]
        if fields:
            del chance.choice(fields)["constraints"]["enum"]
        return bool(fields)

    return changed_schema(without)(copy, table, chance)
