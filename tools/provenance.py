"""What each fact came through, found by trial and compared with what the book says of it.

    python tools/provenance.py [CHAPTER ...]      all chapters if none is named

A number's box names the quantities and tables that computed it; `computegap.lineage` follows them
while cells run. Here nothing is followed. A chapter runs once as it is, and once more for each
quantity that it calls and each table that it opens, with the numbers of that one changed: what
changes with it came through it. A fact that changes has to name what was changed (*missing* if it
does not), and what a fact names has to change it (*false* if nothing that is tried does). Names
that are right although no change moves the fact stand with their reason in
tests/provenance_kept.csv.
"""

import argparse
import ast
import contextlib
import csv
import json
import os
import pickle
import sys
import zlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from cells import ROOT, cells

sys.path.insert(0, str(ROOT / "book"))
# Nothing that chapters show with: a notebook is watched from the cell on that imports it.
from computegap import lag, lineage, package, tables

KEPT = ROOT / "tests" / "provenance_kept.csv"
# Imported once, before processes split off.
LIBRARIES = ("altair", "IPython.core.interactiveshell", "scipy.special", "vl_convert")
# A kind, "quantity" or "table", and a name.
Pair = tuple[str, str]


# Changes


@dataclass(frozen=True)
class Change:
    """A way to make other values: rows and columns by different amounts, so that ratios change."""

    name: str
    # What numbers are multiplied by, less one; what is added to whole numbers, and to dates.
    part: float = 0.0
    steps: int = 0
    later: pd.DateOffset | pd.Timedelta | None = None
    # Which rows, entries or elements are left, and how far values move down from row to row.
    left: tuple[int | None, ...] = (None,)
    rolls: int = 0
    # Whether words, dates and whole numbers of a table's key change too.
    keys: bool = False

    def of(self, value, seed: int = 0):
        """Another value of the same kind; another seed gives other amounts."""
        if isinstance(value, pd.DataFrame):
            return self.rows(value, seed=seed)
        if isinstance(value, pd.Series):
            return self.rows(value.to_frame("value"), seed=seed)["value"].rename(value.name)
        if isinstance(value, pd.Index):
            return pd.Index(self.of(value.to_series(index=range(len(value))), seed))
        if isinstance(value, np.ndarray):
            return self.of(pd.Series(value.ravel()), seed).to_numpy().reshape(value.shape)
        if isinstance(value, dict):
            new = self.of(list(value.values()), seed)
            return dict(zip(list(value)[slice(*self.left)], new, strict=True))
        if isinstance(value, list):
            return [self.of(one, seed + at) for at, one in enumerate(value)][slice(*self.left)]
        if isinstance(value, tuple):
            # Low and high ends stay in their order.
            return tuple(self.of(one, seed) for one in value)
        return self._scalar(value, seed)

    def _scalar(self, value, seed: int):
        if isinstance(value, bool | np.bool_):
            return not value if self.rolls else value
        if isinstance(value, int | np.integer) and self.steps:
            return value + self.steps
        if isinstance(value, int | float | np.number):
            return value * (1 + self.part * _share(seed)) if self.part else value
        if isinstance(value, pd.Timestamp):
            return value + self.later if self.later else value
        if isinstance(value, str):
            return value[self.rolls :] + value[: self.rolls]
        return value

    def rows(self, frame: pd.DataFrame, key: tuple[str, ...] = (), seed: int = 0) -> pd.DataFrame:
        """Another table; its key stays, so that rows are found."""
        new = frame.copy()
        for at, name in enumerate(frame.columns):
            if name not in key or self.keys or pd.api.types.is_float_dtype(frame.iloc[:, at]):
                column = self._column(frame.iloc[:, at], seed + zlib.crc32(str(name).encode()) % 97)
                new.isetitem(at, column)
        return new[slice(*self.left)]

    def _column(self, column: pd.Series, seed: int) -> pd.Series:
        if column.dtype == object:
            return column.map(lambda one: self.of(one, seed))
        if self.rolls:
            return pd.Series(np.roll(column.array, self.rolls), column.index, column.dtype)
        if pd.api.types.is_bool_dtype(column):
            return column
        if pd.api.types.is_integer_dtype(column) and (self.steps or column.dtype == "Int64"):
            return column + self.steps
        if pd.api.types.is_numeric_dtype(column):
            amounts = np.array([_share(seed + row) for row in range(len(column))])
            return column * (1 + self.part * amounts)
        if pd.api.types.is_datetime64_any_dtype(column):
            return column + self.later if self.later else column
        return column


def _share(at: int) -> float:
    """Between one half and one and a half, another for each place."""
    return 0.5 + (at * 0.6180339887) % 1


# By these a fact may change only with what it names.
SMALL = (
    Change("a little more", part=1e-3),
    Change("a day later", later=pd.Timedelta(days=1)),
)
# Where errors keep facts back in all runs with these.
INSTEAD = (
    Change("a little less", part=-1e-3),
    # Dates that are ends of quarters stay such.
    Change("a quarter earlier", later=-pd.offsets.QuarterEnd()),
)
# By one of these, or one of the small ones, it has to change with all that it names.
LARGE = (
    Change("a half more", part=0.5),
    Change("ten times as much", part=9.0),
    Change("a third as much", part=-0.66),
    Change("the opposite", part=-2.0),
    Change("one more", steps=1),
    Change("a quarter earlier", later=-pd.offsets.QuarterEnd()),
    Change("a year earlier", later=-pd.DateOffset(years=1)),
    Change("two years later", later=pd.DateOffset(years=2)),
    Change("every other row", left=(None, None, 2)),
    Change("without the last row", left=(-1,)),
    Change("without the last thirty rows", left=(-30,)),
    Change("without the first three rows", left=(3, None)),
    Change("all dates a year earlier", later=-pd.DateOffset(years=1), keys=True),
    Change("all dates a year later", later=pd.DateOffset(years=1), keys=True),
    Change("rows exchanged", rolls=1),
    Change("rows exchanged further", rolls=5),
)


# Names that are right although no change moves the fact


@dataclass(frozen=True)
class Kept:
    """Facts, a kind, and names, with * for any letters; and why they are right."""

    fact: str
    kind: str
    name: str
    reason: str

    def has(self, pair: tuple[str, str, str]) -> bool:
        wanted = self.fact, self.kind, self.name
        return all(fnmatchcase(one, pattern) for one, pattern in zip(pair, wanted, strict=True))


def kept() -> list[Kept]:
    with open(KEPT, encoding="utf-8", newline="") as table:
        return [Kept(**row) for row in csv.DictReader(table)]


def _is_kept(pair: tuple[str, str, str], known: list[Kept]) -> bool:
    return any(one.has(pair) for one in known)


# Runs


@dataclass
class Outcome:
    """What the facts of a chapter came to, and the errors of cells that raised."""

    facts: dict[str, object] = field(default_factory=dict)
    raised: list[str] = field(default_factory=list)

    def changed(self, before: dict[str, object]) -> set[str]:
        """The facts that are others than before. One that an error kept back is not."""
        return {
            key
            for key, value in before.items()
            if (self.facts[key] != value if key in self.facts else not self.raised)
        }


@dataclass
class Findings:
    """What is not as it should be. A pair is a fact, a kind, and a name of that kind."""

    facts: int = 0
    named: int = 0
    runs: int = 0
    # Facts with a part that nobody watched, and those that come out otherwise when nobody does.
    unknown: list[str] = field(default_factory=list)
    unequal: list[str] = field(default_factory=list)
    # What errors kept back in all runs with a small change, so that nobody knows.
    untried: list[tuple[str, str, str]] = field(default_factory=list)
    missing: list[tuple[str, str, str]] = field(default_factory=list)
    false: list[tuple[str, str, str]] = field(default_factory=list)
    kept: list[tuple[str, str, str]] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """What is wrong, a line each."""
        return [
            *(f"{key}: its trail is not known" for key in self.unknown),
            *(f"{key}: has another value when nobody watches" for key in self.unequal),
            *sorted(f"{key}: {kind} {name} was not tried" for key, kind, name in self.untried),
            *sorted({f"{key}: changes with the {kind} {name}" for key, kind, name in self.missing}),
            *sorted(
                f"{key}: does not change with the {kind} {name}" for key, kind, name in self.false
            ),
        ]


class Trial:
    """A run of a chapter that splits where a quantity or a table is first used, once a change.

    Each process that splits off goes on with its change to the end of the chapter.
    """

    def __init__(self, named: dict[Pair, set[str]], known: list[Kept]):
        # By kind and name the facts that name it, and the facts as they are.
        self.named, self.values = named, {}
        # Facts that name something, and that no change has moved so far.
        self.unmoved = {
            what: {key for key in facts if not _is_kept((key, *what), known)}
            for what, facts in named.items()
        }
        # What can not change a little without an error, and the facts that no such run has stated.
        self.unseen: dict[Pair, set[str]] = {}
        self.outcome = Outcome()
        self.findings = Findings()
        # What was changed already, and how.
        self.tried: set[tuple[Pair, str]] = set()
        self.depth = 0
        # Calls with what they gave and the tables that they opened; the tables of calls under way.
        self.known: dict[bytes, tuple[bytes, list[str]]] = {}
        self.opened: list[set[str]] = [set()]
        self.is_splitting = False
        self.read_file = tables._read
        # In a process that has split off: what is changed, how, and where the outcome goes.
        self.what: Pair | None = None
        self.change: Change | None = None
        self.out = -1

    def of(self, what: Pair, value, other: Callable[[Change], object]):
        """A value of a quantity or table as this process sees it; splits for each change of it."""
        if self.is_splitting and self.what is None:
            for change in SMALL:
                self._split(what, value, other, change)
            for change in INSTEAD:
                if self.unseen.get(what):
                    self._split(what, value, other, change)
            for change in LARGE:
                if self.unmoved.get(what):
                    self._split(what, value, other, change)
        return other(self.change) if self.what == what else value

    def _split(self, what: Pair, value, other: Callable[[Change], object], change: Change) -> None:
        if self.what or (what, change.name) in self.tried:
            return
        if pickle.dumps(other(change)) == pickle.dumps(value):
            # A quantity may have another kind of value for other arguments; a table has not.
            if what[0] == "table":
                self.tried.add((what, change.name))
            return
        self.tried.add((what, change.name))
        come, go = os.pipe()
        if (child := os.fork()) == 0:
            os.close(come)
            self.what, self.change, self.out = what, change, go
            return
        os.close(go)
        with open(come, "rb") as pipe:
            outcome = pickle.load(pipe)
        os.waitpid(child, 0)
        self._compare(what, change, outcome)

    def _compare(self, what: Pair, change: Change, outcome: Outcome) -> None:
        moved, where = outcome.changed(self.values), self.findings
        where.runs += 1
        self.unmoved[what] = self.unmoved.get(what, set()) - moved
        if change not in LARGE:
            unseen = set(self.values) - set(outcome.facts) if outcome.raised else set()
            self.unseen[what] = self.unseen.get(what, unseen) & unseen - self.named.get(what, set())
            where.missing += [(key, *what) for key in moved - self.named.get(what, set())]
            where.raised += [f"{' '.join(what)}, {change.name}: {one}" for one in outcome.raised]

    def call(self, name: str, function, args: tuple, kwargs: dict):
        """In place of `lineage.call`. Only outermost calls are the chapter's own."""
        self.depth += 1
        try:
            value = self._value(function, args, kwargs)
        finally:
            self.depth -= 1
        if not name or self.depth:
            return value
        # Two calls of one quantity change by different amounts.
        seed = zlib.crc32(pickle.dumps((args, kwargs))) % 97
        return self.of(("quantity", name), value, lambda change: change.of(value, seed))

    def _value(self, function, args: tuple, kwargs: dict):
        """What a call gives; one that was made before and opens no changed table gives the same."""
        call = pickle.dumps((function.__module__, function.__qualname__, args, kwargs))
        known = self.known.get(call)
        if known is None:
            self.opened.append(set())
            value = function(*args, **kwargs)
            self._learn(call, value, self.opened.pop())
            return value
        value, tables = known
        for table in tables:
            self.read(table)
        changed = self.what and self.what[0] == "table" and self.what[1] in tables
        return function(*args, **kwargs) if changed else pickle.loads(value)

    def _learn(self, call: bytes, value, tables: set[str]) -> None:
        self.opened[-1] |= tables
        # A table drawn for a page may hold what can not be copied.
        with contextlib.suppress(AttributeError, TypeError, pickle.PicklingError):
            self.known[call] = pickle.dumps(value), sorted(tables)

    def read(self, name: str) -> pd.DataFrame:
        """In place of `tables._read`."""
        self.opened[-1].add(name)
        frame, key = self.read_file(name), _key_of(name)
        return self.of(("table", name), frame, lambda change: change.rows(frame, key))

    def run(self, chapter: Path) -> Findings:
        """Execute the cells of a chapter, once as it is, once with changes."""
        lineage.call, tables._read = self.call, self.read
        _hand_over(self._take)
        self._execute(chapter)
        self.values, self.outcome, self.is_splitting = self.outcome.facts, Outcome(), True
        self._execute(chapter)
        self.findings.false = [
            (key, *what) for what, facts in self.unmoved.items() for key in facts
        ]
        self.findings.untried = [
            (key, *what) for what, facts in self.unseen.items() for key in facts
        ]
        return self.findings

    def _execute(self, chapter: Path) -> None:
        """A process that has split off ends with the chapter."""
        names = {"__name__": "__main__"}
        for cell in cells(chapter.read_text(encoding="utf-8")):
            for one in ast.parse("\n" * (cell.line - 1) + cell.code).body:
                try:
                    exec(compile(ast.Module([one], []), chapter.name, "exec"), names)
                except Exception as error:
                    said = f"{chapter.name}:{one.lineno}: {type(error).__name__}: {error}"
                    self.outcome.raised.append(said)
                    # What comes after must not find what the names stood for before.
                    for name in _given(one):
                        names.pop(name, None)
        if self.what:
            with open(self.out, "wb") as pipe:
                pickle.dump(self.outcome, pipe)
            os._exit(0)

    def _take(self, key: str, payload: dict) -> None:
        self.outcome.facts[key] = payload["value"]


def _given(statement: ast.stmt) -> set[str]:
    """The names that a statement gives a value to, or puts something into."""
    nodes = list(ast.walk(statement))
    stored = {one.id for one in nodes if isinstance(one, ast.Name) and _is_stored(one)}
    return stored | {
        root.id
        for one in nodes
        if isinstance(one, ast.Subscript | ast.Attribute) and _is_stored(one)
        if isinstance(root := one.value, ast.Name)
    }


def _is_stored(node) -> bool:
    return isinstance(node.ctx, ast.Store)


def _key_of(table: str) -> tuple[str, ...]:
    key = package.schema(table).get("primaryKey", ())
    return (key,) if isinstance(key, str) else tuple(key)


def _hand_over(take: Callable[[str, dict], None]) -> None:
    """Let facts go to a function, and nothing else be shown."""
    from computegap.show import conditions, facts

    def display(data: dict, metadata: dict, **_) -> None:
        take(metadata["scrapbook"]["name"], next(iter(data.values())))

    facts.display, conditions.display = display, lambda *_, **__: None


# The comparison


def stated(chapter: Path) -> dict[str, dict]:
    """The facts of a chapter with what they name, from a notebook that is watched."""
    from IPython.core.interactiveshell import InteractiveShell

    shell, found = InteractiveShell.instance(), {}
    # Nothing is shown, so no chart is drawn.
    shell.ast_node_interactivity = "none"
    for cell in cells(chapter.read_text(encoding="utf-8")):
        shell.run_cell(cell.code, store_history=True).raise_error()
        if "computegap.show.facts" in sys.modules:
            _hand_over(found.__setitem__)
    return found


def compared(chapter: Path, known: list[Kept]) -> Findings:
    """A chapter's facts: what they name, and what changes them."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        facts = _apart(stated, chapter)
        named = _named(facts)
        trial = Trial(named, known)
        found = trial.run(chapter)
    found.facts, found.named = len(facts), sum(map(len, named.values()))
    pairs = [(key, *what) for what, keys in named.items() for key in keys]
    found.kept = [pair for pair in pairs if _is_kept(pair, known)]
    found.unknown = [key for key, payload in facts.items() if payload["measures"] is None]
    found.unequal = [key for key in facts if trial.values.get(key) != facts[key]["value"]]
    return found


def _named(facts: dict[str, dict]) -> dict[Pair, set[str]]:
    """By kind and name, the facts that name it."""
    named = defaultdict(set)
    for key, payload in facts.items():
        for name in payload["measures"] or ():
            named["quantity", name].add(key)
        for name in payload["source"]:
            # What is typed is a source of data/sources.csv, or the book itself.
            if name in package.resources():
                named["table", name].add(key)
    return dict(named)


def _apart(work: Callable, *arguments):
    """The result of a function that runs in a process of its own, forked from this one."""
    come, go = os.pipe()
    if (child := os.fork()) == 0:
        os.close(come)
        with open(go, "wb") as pipe:
            pickle.dump(work(*arguments), pipe)
        os._exit(0)
    os.close(go)
    with open(come, "rb") as pipe:
        result = pickle.load(pipe)
    os.waitpid(child, 0)
    return result


def _draw_less(draws: int = 300) -> None:
    """Let the estimators of the lag draw less: what moves a number moves it all the same.

    Each change works them out anew, and with all draws this takes hours.
    """
    for estimator in (lag.match_draws, lag.frontier_lag_draws, lag.estimate_draws):
        given = estimator.__defaults__
        estimator.__defaults__ = tuple(draws if one == lag.DRAWS else one for one in given)


def all_compared(chapters: list[Path], known: list[Kept]) -> dict[str, Findings]:
    """The findings of chapters by their names, worked out side by side."""
    os.chdir(ROOT / "book")
    for library in LIBRARIES:
        import_module(library)
    _draw_less()
    with get_context("fork").Pool(maxtasksperchild=1) as pool:
        found = pool.starmap(compared, [(one, known) for one in chapters], chunksize=1)
    return {chapter.stem: one for chapter, one in zip(chapters, found, strict=True)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("chapters", nargs="*", type=Path, help="all chapters if none is named")
    parser.add_argument("--json", action="store_true", help="print all that was found")
    parser.add_argument("--kept", action="store_true", help="try what is kept too")
    options = parser.parse_args()
    paths = [path.resolve() for path in options.chapters] or sorted((ROOT / "book").glob("*.md"))
    for path in paths:
        if not path.is_file():
            parser.error(f"{path} is no file; name a chapter as book/lag.md")
    found = all_compared(paths, [] if options.kept else kept())
    if options.json:
        print(json.dumps({name: asdict(one) for name, one in found.items()}))
        return 0
    wrong = {name: one.lines() for name, one in found.items()}
    for name, one in found.items():
        print(
            f"{name}: {one.facts} facts name {one.named} quantities and tables, {len(one.kept)} "
            f"kept; {one.runs} runs; {len(wrong[name])} wrong"
        )
        print("".join(f"  {line}\n" for line in wrong[name]), end="")
    return 1 if any(wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
