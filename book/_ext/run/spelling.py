"""Each file of the data package in the one form that it may have, before anything reads it.

Readers of CSV forgive much, and not the same: what one takes for a number another takes for text.
So a file is refused whose bytes are not those that the standard library writes for its rows, or
that holds a cell in another spelling than the one that its type has. Checks of what cells say
follow in `datacheck`; these need no library.
"""

import calendar
import csv
import datetime as dt
import io
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from computegap import markup

# The largest table has a third of a megabyte; a file beyond is no table that was typed or derived.
MOST_BYTES = 20_000_000
# Of a table that is wrong in one way throughout, the first lines say it.
MOST_LINES = 20
EARLIEST = "1950-01-01"
# How many times the largest number of a column its bound may be: a column that is 100 or 1000
# times too small throughout, as in another unit, does not pass.
MOST_ROOM = 20

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?(e[+-]?[0-9]+)?")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_MISSING = {"na", "n/a", "n.a.", "nan", "nil", "none", "null", "missing", "tbd", "-", "?"}
_MISSING |= {"\u2013", "\u2014", "\u2026", "...", "xxx", "todo"}
# What a spreadsheet writes for a formula that failed.
_MISSING |= {"#n/a", "#ref!", "#div/0!", "#name?", "#value!", "#num!", "#null!"}
# Signs of a text that was taken from elsewhere badly, and what is expected instead. A no-break
# space may stand within a name, as publishers write it.
_TRACES = {
    "a text in one line, with one blank between words": r" {2}|[^\S \u00a0]",
    "a text without tags of HTML": r"</?[A-Za-z][^<>]*>|<!--",
    "letters, and not their bytes read in another encoding": (
        r"\ufffd|[\u00c2\u00c3][\u0080-\u00bf\u0152-\u2122]|\u00e2\u20ac"
    ),
}
_SPELLED: dict[str, tuple[re.Pattern, str]] = {
    "number": (_NUMBER, "a number in plain digits, as 1234.5"),
    "integer": (_INTEGER, "a whole number in plain digits, as 1234"),
    "year": (re.compile(r"[12][0-9]{3}"), "a year, as 2026"),
    "boolean": (re.compile("true|false"), "true or false"),
    "date": (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "a day, as 2026-06-22"),
}


def problems(path: Path, entry: dict, schema: dict) -> tuple[list[str], bool]:
    """What is misspelt in the file of an entry, and whether its rows can be read all the same.

    A line each: file, row, column, found, expected.
    """
    place = f"data/{entry['path']}"
    if not path.exists() and not path.is_symlink():
        return [f"{place} is missing; data/datapackage.json lists it"], False
    if found := _not_a_file(path):
        return [f"{place}: {found}"], False
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        return [f"{place}: cannot be read ({error.strerror})"], False
    except UnicodeDecodeError as error:
        row, byte = error.object[: error.start].count(b"\n") + 1, error.object[error.start]
        return [f"{place}, row {row}: found the byte {byte:#04x}, expected text in UTF-8"], False
    names = [field["name"] for field in schema["fields"]]
    lines = list(csv.reader(io.StringIO(text, newline="")))
    if found := list(_in_text(text, names)) or list(_in_lines(text, lines, names)):
        return _few(place, found), False
    return _few(place, list(_in_rows(lines[1:], entry, schema))), True


def _few(place: str, found: list[str]) -> list[str]:
    """The first lines, and how many there are more."""
    more = [f": … and {len(found) - MOST_LINES} more like these"] * (len(found) > MOST_LINES)
    return [place + line for line in found[:MOST_LINES] + more]


def _not_a_file(path: Path) -> str:
    """Why a path is no file of the data folder that may be opened; "" for one."""
    if path.is_symlink():
        return "found a link, expected a file of the folder itself"
    try:
        status = path.stat()
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if not stat.S_ISREG(status.st_mode):
        return "found no regular file, expected a table as CSV"
    if status.st_size > MOST_BYTES:
        return f"found {status.st_size:,} bytes, expected {MOST_BYTES:,} at most"
    return ""


# Bytes


def _in_text(text: str, names: list[str]) -> Iterator[str]:
    """Faults that make it unsure where rows and cells end."""
    if text.startswith("\ufeff"):
        yield ", row 1: found a byte order mark, expected the first column's name"
        text = text[1:]
    for number, line in enumerate(text.split("\n"), start=1):
        if bad := next((c for c in line if _is_control(c)), ""):
            place = f", row {number}{_column_of(bad, line, names)}"
            yield f"{place}: found the control character {_named(bad)}, expected text"
    if not text.endswith("\n"):
        yield f", row {text.count(chr(10)) + 1}: found no end of line, expected one after each row"
    elif text.endswith("\n\n"):
        yield f", row {text.count(chr(10))}: found an empty line, expected a row"


def _is_control(character: str) -> bool:
    """Whether a character prints nothing: controls, ends of lines, marks of direction."""
    return unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cs")


def _column_of(character: str, line: str, names: list[str]) -> str:
    """The column of a line that holds a character, in words; "" where the line has no columns."""
    # Some end a row for a reader of CSV; this stand-in ends none.
    cells = next(csv.reader([line.replace(character, "\ufffd")]), [])
    held = [name for name, cell in zip(names, cells, strict=False) if "\ufffd" in cell]
    return f", column {held[0]!r}" if held else ""


def _named(character: str) -> str:
    return f"U+{ord(character):04X}"


# Rows


def _in_lines(text: str, lines: list[list[str]], names: list[str]) -> Iterator[str]:
    """Faults of the header, of the number of cells and of quotes."""
    if not lines or lines[0] != names:
        yield from _in_header(lines[0] if lines else [], names)
        return
    for number, cells in enumerate(lines[1:], start=2):
        if len(cells) != len(names):
            yield f", row {number}: found {len(cells)} cells, expected {len(names)}"
    rewritten = io.StringIO(newline="")
    csv.writer(rewritten, lineterminator="\n").writerows(lines)
    if rewritten.getvalue() != text:
        yield from _in_quotes(text, rewritten.getvalue())


def _in_rows(rows: list[list[str]], entry: dict, schema: dict) -> Iterator[str]:
    yield from _in_count(rows, entry)
    yield from _in_newest(rows, entry, [field["name"] for field in schema["fields"]])
    for place, field in enumerate(schema["fields"]):
        yield from _in_column([cells[place] for cells in rows], field, entry)
    yield from _in_order(rows, schema)


def _in_header(found: list[str], names: list[str]) -> Iterator[str]:
    lacking, other = set(names) - set(found), set(found) - set(names)
    for name, times in Counter(found).items():
        if times > 1:
            yield f", row 1: found the column {name!r} {times} times, expected it once"
    said = [f"without {sorted(lacking)}"] * bool(lacking) + [f"with {sorted(other)}"] * bool(other)
    yield f", row 1: found the columns {', '.join(said) or 'in another order'}, expected {names}"


def _in_count(rows: list, entry: dict) -> Iterator[str]:
    expected = entry.get("rows")
    if expected is None:
        yield ": its entry in data/datapackage.json has no 'rows', expected how many it has"
    elif not rows:
        yield ": found no row below the header, expected one at least"
    elif expected != len(rows):
        yield (
            f": found {len(rows)} rows, expected {expected} "
            "('rows' of its entry in data/datapackage.json)"
        )


def _in_newest(rows: list[list[str]], entry: dict, names: list[str]) -> Iterator[str]:
    """Whether a table is as new as its entry says, where a column tells."""
    if (column := entry.get("dated_by")) is None:
        return
    if column not in names:
        yield f": found no column {column!r}, expected that of 'dated_by' of its entry"
        return
    newest, as_of = max((row[names.index(column)] for row in rows), default=""), entry["as_of"]
    if newest != as_of:
        yield (
            f", column {column!r}: found {newest!r} as the newest, expected {as_of!r} "
            "('as_of' of its entry in data/datapackage.json)"
        )


def _in_quotes(text: str, rewritten: str) -> Iterator[str]:
    pairs = zip(text.split("\n"), rewritten.split("\n"), strict=False)
    for number, (old, new) in enumerate(pairs, start=1):
        if old != new:
            yield f", row {number}: found {_short(old)}, expected it quoted as {_short(new)}"
            return


def _in_order(rows: list[list[str]], schema: dict) -> Iterator[str]:
    """The first row that does not follow the one before it by the table's key."""
    types = {field["name"]: field["type"] for field in schema["fields"]}
    places = [(list(types).index(name), types[name]) for name in schema["primaryKey"]]
    keys = [[_sortable(cells[place], kind) for place, kind in places] for cells in rows]
    for number, (before, key) in enumerate(pairwise(keys), start=3):
        if key < before:
            found = ", ".join(repr(rows[number - 2][place]) for place, _ in places)
            yield f", row {number}: found {found}, expected the rows in order of their key"
            return


def _sortable(cell: str, kind: str) -> tuple:
    is_number = kind in ("number", "integer", "year") and _NUMBER.fullmatch(cell)
    return (cell != "", float(cell) if is_number else 0.0, cell)


def _short(line: str) -> str:
    return repr(line if len(line) <= 60 else line[:59] + "…")


# Cells


def _in_column(column: list[str], field: dict, entry: dict) -> Iterator[str]:
    kind = field.get("type", "string")
    if field.get("verbatim"):
        return
    check = _DATES if _is_date(field) else _SPELLINGS.get(kind, _in_words)
    for number, cell in enumerate(column, start=2):
        if cell and (expected := check(cell, field, entry)):
            yield f", row {number}, column {field['name']!r}: found {cell!r}, expected {expected}"
    if kind == "string" and field.get("constraints", {}).get("maxLength", 80) <= 80:
        yield from _in_cases(column, field["name"])
    if kind in ("number", "integer") and not field.get("mixed"):
        yield from _in_size(column, field)


def _in_size(column: list[str], field: dict) -> Iterator[str]:
    """Numbers that are all far below their bounds: in another unit, or the bounds are loose."""
    sizes = [abs(float(cell)) for cell in column if _NUMBER.fullmatch(cell)]
    bound = max(abs(field["constraints"][end]) for end in ("minimum", "maximum"))
    if sizes and max(sizes) * MOST_ROOM < bound:
        yield (
            f", column {field['name']!r}: found {max(sizes):g} as the largest, "
            f"expected {bound / MOST_ROOM:g} or more, or tighter bounds than {bound:g}"
        )


def _is_date(field: dict) -> bool:
    return field["name"].endswith("_date")


def _in_spelling(cell: str, field: dict, entry: dict) -> str:
    pattern, expected = _SPELLED[field["type"]]
    return "" if pattern.fullmatch(cell) else expected


def _in_words(cell: str, field: dict, entry: dict) -> str:
    """What is expected instead of a cell of text; "" where it is well spelt."""
    # Lists of words are exact, and of addresses computegap.addresses says more.
    if "enum" in field.get("constraints", {}) or field.get("format") == "uri":
        return ""
    if cell != cell.strip() or "\u00a0" in (cell[0], cell[-1]):
        return "no blanks around it"
    if cell.lower() in _MISSING:
        return "an empty cell where a value is missing"
    if markup.FORMULA.match(cell):
        return f"a text that no spreadsheet takes for a formula (not {cell[0]!r} first)"
    if trace := next((says for says, form in _TRACES.items() if re.search(form, cell)), ""):
        return trace
    if unicodedata.normalize("NFC", cell) != cell:
        return "letters with their marks in one character (NFC)"
    if mixed := next((word for word in re.findall(r"\w+", cell) if _is_mixed(word)), ""):
        return f"the letters of a word from one script, and not of two as in {mixed!r}"
    return ""


def _is_mixed(word: str) -> bool:
    """Whether a word has letters that look like others: Latin beside Greek or Cyrillic."""
    scripts = {unicodedata.name(c, "").split(" ")[0] for c in word if c.isalpha()}
    return "LATIN" in scripts and bool(scripts & {"CYRILLIC", "GREEK"})


def _in_date(cell: str, field: dict, entry: dict) -> str:
    if not _DAY.fullmatch(cell) or (field["type"] == "date" and len(cell) != 10):
        return "a day, as 2026-06-22" + ("" if field["type"] == "date" else ", a month or a year")
    try:
        day = dt.date.fromisoformat(cell + "0000-01-01"[len(cell) :])
    except ValueError:
        return "a day that the calendar has"
    if cell < field.get("earliest", EARLIEST)[: len(cell)]:
        return f"a date not before {field.get('earliest', EARLIEST)}"
    latest = field.get("latest", entry["accessed"])
    if cell > latest[: len(cell)]:
        return f"a date not after {latest}"
    if "quarter_end" in field["name"] and cell[5:] not in ("03-31", "06-30", "09-30", "12-31"):
        return "the last day of a quarter"
    last = calendar.monthrange(day.year, day.month)[1]
    if field["name"].endswith("_end_date") and len(cell) == 10 and day.day != last:
        return f"the last day of a month, as {cell[:8]}{last}"
    return ""


def _in_cases(column: list[str], name: str) -> Iterator[str]:
    """Cells that another cell of the column spells with other capitals."""
    spelt: dict[str, Counter] = {}
    for cell in column:
        spelt.setdefault(cell.casefold(), Counter())[cell] += 1
    for spellings in spelt.values():
        usual = spellings.most_common(1)[0][0]
        for other in set(spellings) - {usual}:
            number = column.index(other) + 2
            place = f", row {number}, column {name!r}"
            yield f"{place}: found {other!r}, expected {usual!r} as elsewhere"


_DATES = _in_date
_SPELLINGS: dict[str, Callable[[str, dict, dict], str]] = dict.fromkeys(_SPELLED, _in_spelling)
