"""What a number came through: told by what ran, in cells as authors write them."""

import subprocess
import sys
import textwrap

import pytest
from conftest import ROOT

# A notebook's shell in a process of its own: cells come in, and `trail` prints what it is handed.
SHELL = '''
import sys
from IPython.core.interactiveshell import InteractiveShell

FIRST = """
from computegap import lineage
from computegap.quantities import article, sites, spending, stocks
from computegap.tables import load

def trail(value):
    found = lineage.trail_of(value)
    words = [sorted(found.quantities), sorted(found.tables)] if found else []
    print(" | ".join(map(" ".join, words)) if found else "unknown")

before = stocks.us_stock()
lineage.watch()
"""
shell = InteractiveShell.instance()
for cell in [FIRST, *sys.stdin.read().split("# next cell")]:
    shell.run_cell(cell).raise_error()
'''


def trails(*cells: str) -> list[str]:
    """What the cells of one notebook print, of a trail "quantities | tables"."""
    text = "\n# next cell\n".join(textwrap.dedent(cell) for cell in cells)
    done = subprocess.run(
        [sys.executable, "-c", SHELL], input=text, text=True, capture_output=True, cwd=ROOT / "book"
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout.splitlines()


BOTH = "both = {'a': article.claimed('C028'), 'b': sites.cluster_ratio()}\n"
CASES = {
    "a value that a quantity gives": (
        "trail(sites.cluster_ratio())",
        "cluster_ratio | clusters",
    ),
    "a quantity that calls others": (
        "trail(stocks.smuggled_compute_ratio())",
        "smuggled_compute_ratio | chip_owners",
    ),
    "a table that the cell opens": (
        "chips = load('chips')\ntrail(chips['vendor'].iloc[0])",
        " | chips",
    ),
    "arithmetic with a name": (
        "mine = stocks.world_stock()\nhalf = mine.iloc[-1] / 2\ntrail(half)",
        "world_stock | chip_owners",
    ),
    "a whole number, which Python shares": (
        "n = int(sites.cluster_ratio())\ntrail(n)",
        "cluster_ratio | clusters",
    ),
    "a name that is used again": (
        "x = sites.cluster_ratio()\nx = article.claimed('C028')\ntrail(x)",
        "claimed | claims",
    ),
    "a typed number": (
        "x = sites.cluster_ratio()\ny = 3\ntrail(y)",
        " | ",
    ),
    "two names at once": (
        "a, b = article.claimed('C028'), sites.cluster_ratio()\ntrail(a)",
        "claimed | claims",
    ),
    "an entry of a dictionary": (
        BOTH + "trail(both['b'])",
        "cluster_ratio | clusters",
    ),
    "a loop over a dictionary": (
        BOTH + "for key, value in both.items():\n    if key == 'a':\n        trail(value)",
        "claimed | claims",
    ),
    "a comprehension over it": (
        BOTH + "twice = {key: 2 * value for key, value in both.items()}\ntrail(twice['a'])",
        "claimed | claims",
    ),
    "values that come one by one": (
        "low, high = (article.claimed('C006', end) for end in ('value', 'value_high'))\n"
        "trail(high)",
        "claimed | claims",
    ),
    "a name in the text of a query": (
        "floor = article.claimed('C028')\n"
        "rows = load('chips').query('fp16_dense_tflops > @floor')\ntrail(len(rows))",
        "claimed | chips claims",
    ),
    "a column that is put in": (
        "rows = load('chips')\nrows['x'] = sites.cluster_ratio()\ntrail(rows['x'].iloc[0])",
        "cluster_ratio | chips clusters",
    ),
    "a list that grows": (
        "found = []\nfound.append(sites.cluster_ratio())\ntrail(found[-1] + 1)",
        "cluster_ratio | clusters",
    ),
    "a function of the notebook": (
        "rows = load('chips')\n\ndef twice(number):\n    return 2 * number * len(rows)\n\n"
        "trail(twice(sites.cluster_ratio()))",
        "cluster_ratio | chips clusters",
    ),
    "a number handed to a function": (
        "def state(number):\n    trail(number)\n\nstate(int(sites.cluster_ratio()))",
        "cluster_ratio | clusters",
    ),
    "a typed number that a computed one equals": (
        "n = int(10 * sites.cluster_ratio() / sites.cluster_ratio())\nm = 10\ntrail(m)",
        " | ",
    ),
    "a name that is given inside of an expression": (
        "if (x := sites.cluster_ratio()) > 0:\n    y = x + 1\ntrail(y)",
        "cluster_ratio | clusters",
    ),
    "a name that is given in a function, inside of a comprehension": (
        "def last(rows):\n    [x := row for row in rows]\n    return x * 1\n\n"
        "trail(last([int(sites.cluster_ratio())]))",
        "cluster_ratio | clusters",
    ),
    "a name with a type": (
        "x: float = 2 * sites.cluster_ratio()\ntrail(x)",
        "cluster_ratio | clusters",
    ),
    "a number that grows": (
        "x = article.claimed('C028')\nx += sites.cluster_ratio()\nx *= 2\ntrail(x)",
        "claimed cluster_ratio | claims clusters",
    ),
    "a number that grows in a loop": (
        "x, n = 0, 0\nwhile n < 3:\n    n += 1\n    x += sites.cluster_ratio()\ntrail(x)",
        "cluster_ratio | clusters",
    ),
    "a whole number that grew from a typed one": (
        "n = int(sites.cluster_ratio())\nm = 1\nm += 1\ntrail(m)",
        " | ",
    ),
    "whole numbers given at once": (
        "x, y = int(article.claimed('C028')), int(sites.cluster_ratio())\ntrail(y)",
        "cluster_ratio | clusters",
    ),
    "the argument of a function around this one": (
        "def outer(number):\n    def inner(times):\n        return times * number\n\n"
        "    return inner(2)\n\ntrail(outer(int(sites.cluster_ratio())))",
        "cluster_ratio | clusters",
    ),
    "a name of a function around a comprehension": (
        "def many(number):\n    more = number + 1\n    return [more * n for n in (1, 2)]\n\n"
        "trail(many(int(sites.cluster_ratio()))[0])",
        "cluster_ratio | clusters",
    ),
    "a name that an inner function gives to an outer one": (
        "def outer():\n    number = 0\n\n    def inner():\n        nonlocal number\n"
        "        number = int(sites.cluster_ratio())\n\n    inner()\n    return number + 1\n\n"
        "trail(outer())",
        "cluster_ratio | clusters",
    ),
    "one function called for two values": (
        "def twice(number):\n    more = 2 * number\n    return more\n\n"
        "one, other = twice(article.claimed('C028')), twice(sites.cluster_ratio())\ntrail(one)",
        "claimed | claims",
    ),
    "what a generator yields": (
        "x = sites.cluster_ratio()\n\ndef ones():\n    yield 2 * x\n\ntrail(next(ones()))",
        "cluster_ratio | clusters",
    ),
    "what a block opens": (
        "import contextlib\n\nwith contextlib.nullcontext(int(sites.cluster_ratio())) as x:\n"
        "    y = x + 1\ntrail(y)",
        "cluster_ratio | clusters",
    ),
    "what a pattern finds": (
        "match (1, int(sites.cluster_ratio())):\n    case (1, x):\n        y = x + 1\ntrail(y)",
        "cluster_ratio | clusters",
    ),
    "what a class holds": (
        "class Held:\n    number = int(sites.cluster_ratio())\n\ntrail(Held.number)",
        "unknown",
    ),
    "what is awaited": (
        "async def later():\n    return int(sites.cluster_ratio())\n\nx = await later()\ntrail(x)",
        "unknown",
    ),
    "a cell of a frame": (
        "frame = spending.capex_cash(2025).reset_index()\ntrail(frame.iloc[0, 1])",
        "capex_cash | capex_quarterly",
    ),
}


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """What each case prints, all in one notebook, so that names stand for many things in turn."""
    lines = trails(*(cell for cell, _ in CASES.values()))
    return dict(zip(CASES, lines, strict=True))


@pytest.mark.parametrize("case", CASES)
def test_a_value_names_what_it_came_through_and_nothing_else(told, case):
    assert told[case] == CASES[case][1]


def test_what_a_cell_made_that_nobody_watched_is_unknown():
    assert trails("trail(before)", "after = before.iloc[-1] / 2\ntrail(after)") == ["unknown"] * 2


def test_a_name_that_is_given_anew_is_known_again():
    said = trails("before = sites.cluster_ratio()\ntrail(before)")
    assert said == ["cluster_ratio | clusters"]


def test_an_error_that_a_cell_catches_leaves_nothing_open():
    said = trails(
        "try:\n    x = [1 / 0, sites.cluster_ratio()]\nexcept ZeroDivisionError:\n    pass",
        "trail(article.claimed('C028'))",
    )
    assert said == ["claimed | claims"]


def test_a_notebook_still_shows_the_value_of_a_cell_s_last_line():
    shown = trails("rows = load('chips')\nrows.shape", "rows.head(1).size", "rows['x'] = 1")
    assert [line.partition(":")[0] for line in shown] == ["Out[0]", "Out[0]"]


def test_a_cell_that_ends_with_an_assignment_shows_nothing():
    assert (
        trails("rows = load('chips')\nrows['x'] = 1", "rows['x'] += 1", "rows.index.name = 'y'")
        == []
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("fact('x', load('clusters')['h100e'].sum(), 'H100e', 'chips')", "the table ['chips']"),
        ("fact('x', 3, 'chips', 'chips')", "the table ['chips']"),
        ("fact('x', 3, 'chips')", "came through no table; name its source"),
    ],
)
def test_a_fact_that_did_not_come_through_its_table_is_refused(call, message):
    first = "from computegap.show.facts import FactError, fact"
    said = trails(
        first, f"try:\n    {call}\nexcept FactError as error:\n    print(error)", "print(1)"
    )
    assert message in said[0]


def test_a_fact_takes_its_tables_from_what_it_came_through():
    said = trails(
        "from computegap.show import facts\nfacts.display = lambda data, **rest: print(data)",
        "facts.fact('x', sites.cluster_ratio(), 'US over China')",
        "from computegap.show.facts import fact\nfact('y', sites.cluster_ratio(), 'US over China')",
    )
    assert all("'source': ['clusters']" in line for line in said)
    assert all("'cluster_ratio': 'US over Chinese compute" in line for line in said)


def test_a_condition_says_what_its_sides_came_to_but_for_numbers_that_are_written_out():
    said = trails(
        "from computegap.show import conditions\n"
        "conditions.display = lambda data, **rest: print(next(iter(data.values()))['values'])\n"
        "holds = conditions.holds",
        "low = article.claimed('C028')\nholds('words', -0.5 < low < 2 * low)",
    )
    assert said[-1] == "{'low': '725', '2 * low': '1450'}"
