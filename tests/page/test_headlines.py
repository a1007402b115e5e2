"""The first sentence of a caption is the headline of its figure; the rest keeps its words apart."""

import pytest
from _ext.page.frame import sentences
from docutils import nodes


def words(parts: list) -> str:
    return " ".join("".join(part.astext() for part in parts).split())


@pytest.mark.parametrize("broken", [["It grew. Above, "], ["It grew.", "\n", "Above, "]])
def test_a_line_break_ends_a_headline_as_a_space_does(broken):
    parts = [
        *map(nodes.Text, broken),
        nodes.inline("", "6.3"),
        nodes.Text(" months."),
        nodes.Text("\n"),
    ]
    first, rest = sentences([*parts, nodes.Text("Dotted.")])
    assert words(first) == "It grew."
    assert words(rest) == "Above, 6.3 months. Dotted."
