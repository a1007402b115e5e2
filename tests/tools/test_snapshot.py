"""What the book says now is what was reviewed."""

import json

from conftest import ROOT
from snapshot import SNAPSHOT, rounded, verdicts_of


def test_the_numbers_and_verdicts_of_the_book_are_the_reviewed_ones(facts):
    reviewed = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    found = {**rounded(facts), **verdicts_of(ROOT)}
    changed = {
        key: (reviewed.get(key), found.get(key))
        for key in sorted(set(reviewed) | set(found))
        if reviewed.get(key) != found.get(key)
    }
    assert changed == {}, "see the difference, then take it with `make facts`"
