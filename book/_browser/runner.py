"""Runs the chapters of the book in a reader's browser (worker.js), without IPython and Jupyter.

It runs under any Python where the stand-ins are found first; tests/reader/test_verify.py does so.
The folder of the book has `book/computegap`, `data` and `cells.json`.
"""

import ast
import csv
import io
import json
import re
import sys
import time
import traceback
from pathlib import Path

import IPython

HOME = Path.cwd()
# What a page of the book says of these, as computegap.contract has it.
_GLUE = "application/papermill.record/"
_FACT = _GLUE + "application/vnd.computegap.fact+json"
_CONDITION = _GLUE + "application/vnd.computegap.condition+json"
_PARTS = re.compile(r'<script [^>]*class="chart-parts">(.*?)</script>', re.DOTALL)
# The import by which a chapter says that its facts are to know where they come from.
_STATES = "computegap.show.facts"


# Of a chart that the book does not have in this form.
PANELS = (200, 220)


class _Events:
    """Functions that want to be told of a cell that begins or ends."""

    def __init__(self):
        self.told = {"pre_run_cell": [], "post_run_cell": []}

    def register(self, event: str, function) -> None:
        self.told[event].append(function)

    def unregister(self, event: str, function) -> None:
        self.told[event].remove(function)

    def tell(self, event: str) -> None:
        for function in list(self.told[event]):
            function(None)


class Chapter:
    """A chapter that runs: its names, and what its cells have stated and shown so far."""

    def __init__(self, page: str):
        self.page = page
        self.user_ns = {"__name__": "__main__", "In": [""]}
        self.ast_transformers, self.events = [], _Events()
        self.facts, self.conditions = {}, []
        # By the label of a cell: what makes a chart live, as JSON that may hold NaN, or the text of
        # a table.
        self.figures, self.tables = {}, {}
        self.said, self.errors, self.seconds = {}, [], 0.0
        self.label = ""

    def push(self, names: dict, interactive: bool = True) -> None:
        self.user_ns.update(names)

    def shown(self, bundle: dict, metadata: dict) -> None:
        """An output of the cell that runs."""
        name = metadata.get("scrapbook", {}).get("name", "")
        if _FACT in bundle:
            self.facts[name] = bundle[_FACT]
            self.said.setdefault(len(self.user_ns["In"]) - 1, []).append(name)
        elif _CONDITION in bundle:
            self.conditions.append(bundle[_CONDITION])

    def run(self, source: str, label: str = "", panels: tuple[int, int] = PANELS) -> None:
        """Run a cell; an error of the cell is kept, and the next one may run.

        `panels`: how wide the panels of a chart of several are in the book, in both drawings.
        """
        self.label, begun = label, time.perf_counter()
        if charts := sys.modules.get("computegap.show.charts"):
            charts.known_panels.update(zip((charts.WIDE, charts.NARROW), panels, strict=True))
        self.user_ns["In"].append(source)
        IPython.enter(self)
        self.events.tell("pre_run_cell")
        try:
            self._execute(source)
        except Exception as error:
            lines = traceback.format_exception_only(error)
            self.errors.append({"cell": len(self.user_ns["In"]) - 1, "error": lines[-1].strip()})
        self.events.tell("post_run_cell")
        self.seconds += time.perf_counter() - begun

    def _execute(self, source: str) -> None:
        name = f"<{self.page}, cell {len(self.user_ns['In']) - 1}>"
        tree = ast.parse(source, name)
        for transformer in self.ast_transformers:
            tree = ast.fix_missing_locations(transformer.visit(tree))
        # In a kernel the module asks for it when it is imported, which it is here already.
        if _STATES in source and _STATES in sys.modules:
            sys.modules["computegap.lineage"].watch()
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), self.user_ns)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), name, "eval"), self.user_ns)
            if value is not None and not source.rstrip().endswith(";"):
                self._show(value)

    def _show(self, value) -> None:
        """What the cell ends in, as a page would have it."""
        if hasattr(value, "_repr_mimebundle_"):
            html = value._repr_mimebundle_()
            html = html[0] if isinstance(html, tuple) else html
            parts = _PARTS.search(html.get("text/html", ""))
            if parts and self.label:
                self.figures[self.label] = parts[1]
        elif hasattr(value, "_repr_markdown_"):
            text = value._repr_markdown_()
            if self.label:
                self.tables[self.label] = text

    def outcome(self) -> dict:
        """All that was stated and shown, as JSON can hold it."""
        return {
            "page": self.page,
            "facts": self.facts,
            "conditions": self.conditions,
            "figures": self.figures,
            "tables": self.tables,
            "errors": self.errors,
            "seconds": round(self.seconds, 2),
        }


_chapters: dict[str, Chapter] = {}


def cells() -> str:
    """The code cells of all chapters, as JSON."""
    return (HOME / "cells.json").read_text(encoding="utf-8")


def begin(page: str) -> None:
    """Start a chapter afresh, in the folder where its cells expect to be."""
    lineage = sys.modules.get("computegap.lineage")
    if lineage:
        # Each kernel has one of its own.
        lineage._watch.__init__()
    _chapters.clear()
    _chapters[page] = Chapter(page)


def run_cell(page: str, source: str, label: str = "", wide: int = 0, narrow: int = 0) -> None:
    _chapters[page].run(source, label, (wide or PANELS[0], narrow or PANELS[1]))


def outcome(page: str) -> str:
    """What the chapter came to, as JSON."""
    return json.dumps(_chapters[page].outcome(), ensure_ascii=False, default=str)


def verdicts() -> str:
    """Every claim with its verdict, as JSON."""
    from computegap import ledger

    judged = ledger.judged()
    return json.dumps(dict(zip(judged["claim_id"], judged["verdict"], strict=True)))


def forget() -> None:
    """Read code and data anew when they are next asked for."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "computegap"]:
        del sys.modules[name]


# Changing a table

# The files that were changed, as they are published.
_published: dict[str, bytes] = {}


def tables() -> str:
    """Every table with its title, its columns, and the number of its rows, as JSON."""
    package = json.loads((HOME / "data/datapackage.json").read_text(encoding="utf-8"))
    found = {}
    for entry in package["resources"]:
        rows = _rows(entry["name"])
        found[entry["name"]] = {"title": entry["title"], "columns": rows[0], "rows": len(rows) - 1}
    return json.dumps(found, ensure_ascii=False)


def cells_of(table: str, row: int) -> str:
    """The cells of a row, counted as a spreadsheet does: the header is row 1."""
    return json.dumps(_rows(table)[row - 1], ensure_ascii=False)


def change(table: str, row: int, column: str, value: str) -> str:
    """Put another value into a cell; returns the one that was there."""
    rows = _rows(table)
    place = rows[0].index(column)
    before, rows[row - 1][place] = rows[row - 1][place], value
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    drop(table, text.getvalue())
    return before


def nudge(table: str, row: int, factor: float) -> str:
    """Make each number of a row so many times as large, but for its key and years; as JSON, what
    changed: column, before, after."""
    schema = json.loads((HOME / f"data/{table}.schema.json").read_text(encoding="utf-8"))
    rows, changed = _rows(table), []
    for place, field in enumerate(schema["fields"]):
        before = rows[row - 1][place]
        is_number = field["type"] in ("number", "integer")
        if not is_number or field["name"] in schema["primaryKey"] or not before:
            continue
        value = float(before) * factor
        after = str(round(value)) if field["type"] == "integer" else f"{value:.12g}"
        if after != before:
            changed.append([field["name"], before, after])
    for column, _, after in changed:
        change(table, row, column, after)
    return json.dumps(changed)


def drop(table: str, text: str) -> None:
    """Put another file in the place of a table's; what was read of it is forgotten."""
    path = HOME / "data" / f"{table}.csv"
    _published.setdefault(table, path.read_bytes())
    path.write_text(text, encoding="utf-8", newline="")
    forget()


def reset() -> None:
    """All tables as they are published."""
    for table, content in _published.items():
        (HOME / "data" / f"{table}.csv").write_bytes(content)
    _published.clear()
    forget()


def refused() -> str:
    """Why a build would refuse the changed tables, a line each, as JSON."""
    from _ext.run import datacheck

    found = datacheck.problems(HOME / "data", set(_published))
    if not found:
        try:
            from computegap import check

            found = check.problems()
        except Exception as error:
            found = [traceback.format_exception_only(error)[-1].strip()]
        forget()
    return json.dumps(found, ensure_ascii=False)


def _rows(table: str) -> list[list[str]]:
    with open(HOME / "data" / f"{table}.csv", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


# Comparing


def compared(run: str, published: str) -> str:
    """Facts of a run against published values: what agrees, what differs, what only one has.

    `run`: payloads by key; `published`: values by key; both as JSON, and the answer too.
    """
    from computegap.printed import agrees

    ran, wanted = json.loads(run), json.loads(published)
    found = {"agree": [], "differ": [], "only_run": sorted(set(ran) - set(wanted))}
    found["only_published"] = sorted(set(wanted) - set(ran))
    for key in sorted(set(ran) & set(wanted)):
        value = ran[key]["value"]
        if agrees(value, wanted[key]):
            found["agree"].append(key)
        else:
            found["differ"].append({"key": key, "run": value, "published": wanted[key]})
    return json.dumps(found, ensure_ascii=False)


def misprinted(run: str, published: str, pages: str) -> str:
    """Numbers of pages that are not those of the run, printed in the page's own format.

    `pages`: by page, what the page was built to print, [key, format] each, and what it does print,
    [key, text] each. A number at the edge of rounding may stand as the published value gives it.
    """
    from computegap.printed import agrees, formatted

    ran, wanted, found = json.loads(run), json.loads(published), []
    for page, said in json.loads(pages).items():
        built, printed = said["built"], said["printed"]
        if [key for key, _ in built] != [key for key, _ in printed]:
            lost, new = _difference([k for k, _ in built], [k for k, _ in printed])
            found.append({"page": page, "key": "", "lost": lost, "new": new})
            continue
        for (key, spec), (_, text) in zip(built, printed, strict=True):
            if key not in ran:
                continue
            expected = formatted(ran[key], spec)
            value = wanted.get(key)
            as_published = agrees(value, ran[key]["value"]) and formatted(
                ran[key] | {"value": value}, spec
            )
            if _letters(text) not in (_letters(expected), _letters(as_published or expected)):
                found.append({"page": page, "key": key, "printed": text, "run": expected})
    return json.dumps(found, ensure_ascii=False)


def reprinted(run: str, pairs: str) -> str:
    """Facts as a page prints them, [key, format] each; None for what the run did not state."""
    from computegap.printed import formatted

    ran = json.loads(run)
    said = [formatted(ran[key], spec) if key in ran else None for key, spec in json.loads(pairs)]
    return json.dumps(said, ensure_ascii=False)


def _letters(text: str) -> str:
    """A text without what a browser may make of its blanks."""
    return " ".join(text.split())


def _difference(built: list[str], printed: list[str]) -> tuple[list[str], list[str]]:
    lost, new = list(built), []
    for key in printed:
        if key in lost:
            lost.remove(key)
        else:
            new.append(key)
    return lost, new


def same_drawing(one: str, other: str) -> bool:
    """Whether two charts draw the same: the same rows, and the same specification beside them."""
    from computegap.printed import agrees

    def alike(a, b) -> bool:
        if isinstance(a, dict) and isinstance(b, dict):
            return a.keys() == b.keys() and all(alike(a[key], b[key]) for key in a)
        if isinstance(a, list) and isinstance(b, list):
            return len(a) == len(b) and all(map(alike, a, b))
        return agrees(a, b) or a == b or (a != a and b != b)

    return alike(_numbered(one), _numbered(other))


def _numbered(parts: str) -> dict:
    """A chart whose data sets are named by their order; Altair names them by their last digit."""
    read = json.loads(parts)
    for number, name in enumerate(read["datasets"]):
        parts = parts.replace(f'"{name}"', f'"data-{number}"')
    read = json.loads(parts)
    return {part: read[part] for part in ("wide", "narrow", "datasets")}
