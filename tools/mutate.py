"""Change the book's code in one place after another, and see whether a test notices.

    make mutate [WHAT="verdicts facts"]

WHAT names groups; without it all are run. The changes are those of mutmut 2, which
reaches decorated functions and constants of modules; mutmut 3 leaves both alone, and so nearly
all quantities. Each mutant runs in a process forked from one that has imported the libraries and
nothing of the book, so that it costs a second or two. No file is changed.

Survivors that no test can or should kill stand in tests/mutants.md, each with its reason; any
other one is printed as a difference, and the command fails.
"""

import ast
import gc
import importlib
import importlib.util
import os
import re
import resource
import sys
from collections import Counter
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOOK, KEPT = ROOT / "book", ROOT / "tests" / "mutants.md"
# CPU seconds after which a mutant counts as one that never ends, and so as noticed.
LONGEST = 90
AT_ONCE = 2
LIBRARIES = ("pandas", "scipy.special", "altair", "vl_convert", "IPython.display", "psutil")
LIBRARIES += ("filelock", "playwright.sync_api", "sphinx.testing.util", "myst_nb.sphinx_ext")
LIBRARIES += ("nbformat", "bs4", "pytest")


# Of each group, the files that are changed: names of their parts, or none for all, and the tests.
GROUPS: dict[str, dict[str, tuple[tuple[str, ...], str]]] = {
    "verdicts": {"computegap/verdicts.py": ((), "test_verdicts.py")},
    "facts": {
        "computegap/show/facts.py": ((), "test_facts.py"),
        "_ext/page/quotes.py": ((), "test_facts.py test_quotes.py"),
    },
    "formats": {
        "computegap/typography.py": (("TIMES", "RAISED", "_SPACE", "typeset"), "test_facts.py"),
        "computegap/show/frames.py": ((), "test_frames.py"),
        "computegap/show/claims.py": (("_finding", "in_words"), "test_blocks.py"),
        "computegap/show/theme.py": (
            ("US", "CHINA", "GREY", "COUNTRIES", "VERDICTS", "country_colour"),
            "test_drawings.py",
        ),
        "computegap/show/charts.py": (
            (
                *("_KEYED", "_POWERS", "_SPELLED", "_stacked", "_completed", "_print_powers"),
                *("_in_words", "_add_filter", "_legend_keys", "_units"),
            ),
            "test_drawings.py",
        ),
    },
    "front": {
        "computegap/dates.py": ((), "test_small_frames.py"),
        "computegap/ledger.py": (("judged", "_claim", "_piece", "computed"), "test_blocks.py"),
        "computegap/model.py": (("months_behind",), "test_small_frames.py"),
        "computegap/quantities/article.py": (
            ("claimed", "article_chip_ratio"),
            "test_small_frames.py",
        ),
        "computegap/quantities/chips.py": (("cuda_developers_million",), "test_small_frames.py"),
        "computegap/quantities/frontier.py": (
            (
                *("eci_vintages", "eci_scores", "eci_records", "first_match", "eci_lag_months"),
                *("eci_lag_daily", "eci_lag_draws", "eci_lag_range_months"),
                *("capability_lag_interval", "capability_lag_months", "eci_best"),
            ),
            "test_small_frames.py",
        ),
        "computegap/outcomes.py": ((), "test_blocks.py"),
        "computegap/quantities/runs.py": (
            ("record_run", "record_run_ratio", "run_clock"),
            "test_small_frames.py",
        ),
        "computegap/quantities/spending.py": (
            ("capex_guidance", "capex_cash", "_high_end_2026", "capex_growth_cash"),
            "test_small_frames.py",
        ),
        "computegap/quantities/stocks.py": (
            (
                *("US_OWNERS", "by_owner", "latest_quarter", "stock", "us_stock", "china_stock"),
                *("world_stock", "us_china_compute_ratio", "official_compute_ratio"),
                *("smuggled_compute_ratio", "smuggled_compute_ratio_range"),
                *("china_new_compute_share", "hardware_clock", "_months_behind", "google_stock"),
            ),
            "test_small_frames.py",
        ),
    },
}


@dataclass(frozen=True)
class Mutant:
    """One change: the file, the number of its line, the line as it is and as it becomes."""

    file: str
    number: int
    before: str
    after: str
    source: str


def mutants(file: str, parts: tuple[str, ...]) -> list[Mutant]:
    """All mutants of the named parts of a file, or of the whole file."""
    import mutmut

    source = (BOOK / file).read_text(encoding="utf-8")
    lines = _lines(source, parts)
    found = []
    for place in mutmut.list_mutations(mutmut.Context(source=source, filename=file)):
        if place.line_number + 1 in lines:
            one = mutmut.Context(source=source, filename=file, mutation_id=place)
            found.append(_mutant(file, source, mutmut.mutate(one)[0]))
    # A line that mutmut enters from two sides has some of its changes twice.
    return list({one.source: one for one in found}.values())


def _mutant(file: str, before: str, after: str) -> Mutant:
    old, new = ([line.strip() for line in text.splitlines()] for text in (before, after))
    at = next(i for i, (one, other) in enumerate(zip(old, new, strict=False)) if one != other)
    if len(old) == len(new):
        return Mutant(file, at + 1, old[at], new[at], after)
    # A decorator is taken away with the empty lines before it.
    at = next(i for i in range(at, len(old)) if old[i])
    return Mutant(file, at + 1, old[at], "", after)


def _lines(source: str, parts: tuple[str, ...]) -> set[int]:
    """The numbers of the lines of functions, classes and constants by their names."""
    body = ast.parse(source).body
    chosen = [node for node in body if not parts or _names(node) & set(parts)]
    missing = set(parts) - set().union(*map(_names, body))
    if missing:
        raise SystemExit(f"no such parts: {sorted(missing)}")
    first = [min([n.lineno for n in getattr(node, "decorator_list", [])] + [node.lineno])
             for node in chosen]  # fmt: skip
    return {
        n for at, node in zip(first, chosen, strict=True) for n in range(at, node.end_lineno + 1)
    }


def _names(node: ast.stmt) -> set[str]:
    """The names that a statement gives: of a function, a class or constants."""
    inner = ast.walk(node) if isinstance(node, ast.Assign | ast.AugAssign) else ()
    given = {n.id for n in inner if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return {node.name} if hasattr(node, "name") else given


class Changed(SourceFileLoader):
    """Loads one module of the book from other source than its file holds."""

    def __init__(self, name: str, path: str, source: str):
        super().__init__(name, path)
        self.source = source

    def get_code(self, fullname):
        return compile(self.source, self.path, "exec")

    def find_spec(self, name, path=None, target=None):
        if name == self.name:
            return importlib.util.spec_from_file_location(name, self.path, loader=self)
        return None


def start(mutant: Mutant | None, tests: str) -> int:
    """Run the tests on a mutant in a process of its own; gives its id."""
    if process := os.fork():
        return process
    code = 1
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
        if mutant:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            name = mutant.file.removesuffix(".py").replace("/", ".")
            sys.meta_path.insert(0, Changed(name, str(BOOK / mutant.file), mutant.source))
        import pytest

        options = ["-x", "-q", "--tb=short", "-p", "no:cacheprovider", "-o", "addopts="]
        code = int(
            pytest.main(
                [
                    *options,
                    *(str(path) for name in tests.split() for path in (ROOT / "tests").rglob(name)),
                ]
            )
        )
    finally:
        os._exit(code)


def run(found: list[Mutant], tests: str) -> list[Mutant]:
    """The mutants that no test notices."""
    waiting, running, alive = list(reversed(found)), {}, []
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            mutant = waiting.pop()
            running[start(mutant, tests)] = mutant
        process, status = os.wait()
        if status == 0:
            alive.append(running[process])
        del running[process]
    return sorted(alive, key=lambda one: (one.file, one.number))


def kept() -> Counter:
    """The survivors that are accounted for: file, line before, line after."""
    if not KEPT.exists():
        return Counter()
    rows = re.findall(r"^\| `(\S+\.py)` \| `(.*?)` \| `(.*?)` \|", KEPT.read_text("utf-8"), re.M)
    return Counter(tuple(cell.replace("\\|", "|").strip() for cell in row) for row in rows)


def main(names: list[str]) -> int:
    os.chdir(ROOT)
    for library in LIBRARIES:
        importlib.import_module(library)
    # Plugins of other packages cost each process a second; and what is there stays shared.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    gc.freeze()
    unexcused = []
    for name in names or list(GROUPS):
        excused = kept()
        for file, (parts, tests) in GROUPS[name].items():
            if os.waitpid(start(None, tests), 0)[1]:
                raise SystemExit(f"{file}: the tests fail on the code as it is")
            found = mutants(file, parts)
            alive = run(found, tests)
            new = []
            for one in alive:
                excused[one.file, one.before, one.after] -= 1
                if excused[one.file, one.before, one.after] < 0:
                    new.append(one)
            counts = [len(found), len(found) - len(alive), len(alive) - len(new), len(new)]
            print(f"| {name} | `{file}` | {' | '.join(map(str, counts))} |", flush=True)
            for one in new:
                print(f"{one.file}:{one.number}\n- {one.before}\n+ {one.after}", flush=True)
            unexcused += new
    return 1 if unexcused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
