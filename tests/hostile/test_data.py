"""Bad data are refused before a notebook runs, each fault by one line that says where and what."""

import random
import re

import pytest
from _ext.run import datacheck
from conftest import ROOT
from mutations import KINDS, NEVER_SEEN, Copy

SEED = 20261127
TRIES = 5


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Copy:
    return Copy(ROOT / "data", tmp_path_factory.mktemp("package") / "data")


def tries(copy: Copy, name: str, change):
    """Some changes of a kind, each with what the check says of it, all undone."""
    chance = random.Random(f"{SEED} {name}")
    tables, made = chance.sample(copy.tables, len(copy.tables)), 0
    for table in tables * TRIES:
        place = change(copy, table, chance)
        if place is None:
            continue
        try:
            yield table, place, datacheck.problems(copy.folder, {table})
        finally:
            copy.restore()
        made += 1
        if made == TRIES:
            return


def faults(copy: Copy, table: str, place, found: list[str]) -> list[str]:
    """What is wrong with the answer to a change: it passed, or is not said well."""
    if not found:
        return [f"{table} {place}: passed"]
    wrong = [
        f"{table} {place}: {line}"
        for line in found
        if "\n" in line
        or str(copy.folder) in line
        or "Traceback" in line
        or not line.isprintable()
        or not re.match(r"data/\w+(\.schema)?\.(csv|json)|data/'?caf", line)
        or not re.search(r"expected|cannot be read|is missing|found a|more like these", line)
    ]
    if isinstance(place, tuple):
        row, column = place
        said = [
            line
            for line in found
            if re.search(rf"data/{table}\.csv, row {row}\b", line) and repr(column)[1:-1] in line
        ]
        wrong += [] if said else [f"{table} {place}: the place is not said in {found[:2]}"]
    return wrong


@pytest.mark.parametrize("name", sorted(KINDS))
def test_bad_data_are_refused_by_a_line_with_file_row_and_column(copy, name):
    tried = list(tries(copy, name, KINDS[name]))
    assert tried, "no table can go wrong in this way"
    assert [line for one in tried for line in faults(copy, *one)] == []


def test_a_sound_package_has_no_problem(copy):
    assert datacheck.problems(copy.folder) == []


def test_nine_kinds_of_ten_are_refused():
    assert len(KINDS) >= 50
    assert len(KINDS) / (len(KINDS) + len(NEVER_SEEN)) > 0.9


@pytest.mark.parametrize("name", sorted(NEVER_SEEN))
def test_what_the_page_says_that_nothing_can_see_is_really_not_seen(copy, name):
    """As soon as every try of such a kind is refused, the page of methods says too little."""
    tried = list(tries(copy, name, NEVER_SEEN[name]))
    assert tried and not all(found for _, _, found in tried)


def test_the_page_of_methods_lists_what_nothing_can_see():
    page = (ROOT / "book/methods.md").read_text(encoding="utf-8")
    section = page.split("(sec-methods-data)=")[1].split("(sec-methods-not)=")[0]
    assert [name for name in NEVER_SEEN if name not in section] == []
