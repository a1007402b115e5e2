"""Why a number of one edition differs from the same number of another: its data, or its method.

Both editions are asked as they were published: tables from `data/`, code from the zip to take home,
the cells of a chapter from its notebook. The method of a number is every statement that its own
reaches by name; where a name could mean several things, all of them count. So a change of method
may be named where it moved nothing, and none is missed that goes by name.
"""

import ast
import hashlib
import json
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# How things are shown; it changes no number.
_SHOWN = ("show/", "palette.py", "typography.py", "markup.py", "contract.py")

_DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Statement:
    """A statement of a module or notebook: what it binds, what it names, and what it says."""

    binds: frozenset[str]
    names: frozenset[str]
    strings: frozenset[str]
    said: str


class Published:
    """The tables and the code of an edition, in its folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._read: dict[str, list] = {}

    @cached_property
    def tables(self) -> dict[str, str]:
        """The digest of each table, by its name."""
        package = self.folder / "data" / "datapackage.json"
        if not package.exists():
            return {}
        listed = json.loads(package.read_text(encoding="utf-8"))["resources"]
        return {one["name"]: _digest(self.folder / "data" / one["path"]) for one in listed}

    @cached_property
    def software(self) -> str:
        """The digest of the lock."""
        return hashlib.sha256(self._zipped.get("requirements.txt", b"")).hexdigest()

    @cached_property
    def _zipped(self) -> dict[str, bytes]:
        found = next(self.folder.glob("*.zip"), None)
        if found is None:
            return {}
        with zipfile.ZipFile(found) as archive:
            return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}

    @cached_property
    def _library(self) -> dict[str, list[Statement]]:
        """What the package binds, by name."""
        bound: dict[str, list[Statement]] = {}
        for name, text in self._zipped.items():
            inner = name.removeprefix("book/computegap/")
            if inner == name or not name.endswith(".py") or inner.startswith(_SHOWN):
                continue
            for one in _statements(ast.parse(text)):
                for binding in one.binds:
                    bound.setdefault(binding, []).append(one)
        return bound

    def _cells(self, page: str) -> list[tuple[str, list[Statement]]]:
        """The code cells of a page: the figure or table that each is, and its statements."""
        if page not in self._read:
            path = self.folder / "_notebooks" / f"{page}.ipynb"
            self._read[page] = _cells_of(path) if path.exists() else []
        return self._read[page]

    def method(
        self, page: str = "", key: str = "", label: str = "", names: tuple[str, ...] = ()
    ) -> tuple[set[str], set[str]]:
        """What a method says, and the tables that it names.

        Of a fact (`key`) or a figure (`label`) of a page, or of what the package calls `names`.
        """
        cells = self._cells(page)
        inside: dict[str, list[Statement]] = {}
        for _, statements in cells:
            for one in statements:
                for binding in one.binds:
                    inside.setdefault(binding, []).append(one)
        start = [one for name, said in cells for one in said if label and name == label]
        if key:
            start = [one for _, said in cells for one in said if key in one.strings]
        start += [one for name in names for one in self._library.get(name, ())]
        # A key or a figure that a loop makes is not found: everything of the page is its method.
        found = start or [one for _, said in cells for one in said]
        reached, waiting = set(found), list(found)
        while waiting:
            for name in waiting.pop().names:
                for one in (*inside.get(name, ()), *self._library.get(name, ())):
                    if one not in reached:
                        reached.add(one)
                        waiting.append(one)
        named = {text for one in reached for text in one.strings}
        return {one.said for one in reached}, named & set(self.tables)


def cause(
    old: Published, new: Published, what: tuple[dict, dict], tables: set[str], moved: bool = False
) -> str:
    """Why a thing changed; `what` says how to find its method, in the old and the new edition.

    `tables`: those it comes from, where they are known; else those that its method names.
    `moved`: whether data of it are known to have changed beside those.
    """
    (said_old, named_old), (said_new, named_new) = (
        old.method(**what[0]),
        new.method(**what[1]),
    )
    read = tables or named_old | named_new
    moved = moved or any(old.tables.get(name) != new.tables.get(name) for name in read)
    reasons = [word for word, is_so in (("data", moved), ("method", said_old != said_new)) if is_so]
    if reasons:
        return " and ".join(reasons)
    if old.tables != new.tables:
        return "data"
    return "software" if old.software != new.software else "not known"


def _cells_of(notebook: Path) -> list[tuple[str, list[Statement]]]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [
        (
            cell["metadata"].get("mystnb", {}).get("figure", {}).get("name", ""),
            _of_cell("".join(cell["source"])),
        )
        for cell in cells
        if cell["cell_type"] == "code"
    ]


def _statements(tree: ast.Module) -> list[Statement]:
    return [_statement(node) for node in tree.body]


def _of_cell(source: str) -> list[Statement]:
    try:
        return _statements(ast.parse(source))
    except SyntaxError:
        # Of IPython, as a cell that begins with %.
        nothing: frozenset[str] = frozenset()
        return [Statement(nothing, nothing, nothing, source)]


def _statement(node: ast.stmt) -> Statement:
    binds, names, strings = set(), set(), set()
    for one in ast.walk(node):
        # A docstring is no method.
        if isinstance(one, _DEFINED) and ast.get_docstring(one, clean=False) is not None:
            one.body = one.body[1:] or [ast.Pass()]
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            (binds if isinstance(one.ctx, ast.Store) else names).add(one.id)
        elif isinstance(one, ast.Attribute):
            names.add(one.attr)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            strings.add(one.value)
        elif isinstance(one, ast.alias) and one.asname:
            binds.add(one.asname)
            names.add(one.name.rsplit(".", 1)[-1])
    if isinstance(node, _DEFINED):
        binds = {node.name}
    is_import = isinstance(node, ast.Import | ast.ImportFrom)
    # Where a name comes from is no method either: a function may move to another module.
    said = "import" if is_import else ast.dump(node)
    return Statement(frozenset(binds), frozenset(names), frozenset(strings), said)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
