"""A reader's browser refuses bad data as a build does, line by line, without frictionless."""

import json
import os
import subprocess
import sys

import pytest
from _ext.publish import live
from conftest import ROOT
from mutations import KINDS, NEVER_SEEN, Copy
from test_data import tries

ASKED = """
import json, sys
from pathlib import Path
from _ext.run import datacheck
import frictionless
assert "stand_ins" in frictionless.__file__
for line in sys.stdin:
    folder, tables = json.loads(line)
    print(json.dumps(datacheck.problems(Path(folder), set(tables))), flush=True)
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Copy:
    return Copy(ROOT / "data", tmp_path_factory.mktemp("package") / "data")


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory):
    """What the check says where the stand-ins are found first, as in a browser."""
    place = tmp_path_factory.mktemp("stand-in")
    (place / "_ext").mkdir()
    (place / "_ext" / "__init__.py").touch()
    (place / "_ext" / "run").symlink_to(ROOT / "book" / "_ext" / "run")
    paths = [live.SOURCE / "stand_ins", place, ROOT / "book"]
    process = subprocess.Popen(
        [sys.executable, "-c", ASKED],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask(folder, table: str) -> list[str]:
        process.stdin.write(json.dumps([str(folder), [table]]) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield ask
    process.stdin.close()
    assert process.wait() == 0


@pytest.mark.audit
@pytest.mark.parametrize("name", sorted({**KINDS, **NEVER_SEEN}))
def test_both_say_the_same_of_every_kind_of_fault(copy, stand_in, name):
    for table, place, found in tries(copy, name, remembering(copy, stand_in, name)):
        assert sorted(stand_in.said) == sorted(found), (table, place)


def remembering(copy: Copy, stand_in, name: str):
    """The change of a kind, after which the stand-in is asked at once."""
    change = {**KINDS, **NEVER_SEEN}[name]

    def made(one: Copy, table: str, chance):
        place = change(one, table, chance)
        if place is not None:
            stand_in.said = stand_in(one.folder, table)
        return place

    return made
