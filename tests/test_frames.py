"""What a table of a page prints in a cell."""

from computegap.show import frames


def test_a_value_stands_before_its_range():
    assert frames.with_range(10.186, 7.498, 12.71) == "10.2 (7.5 to 12.7)"
    assert frames.with_range(10.186, 7.498, 12.71, ".0f") == "10 (7 to 13)"
