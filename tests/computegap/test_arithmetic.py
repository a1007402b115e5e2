"""Sums in cells: what they may hold, what they give, and what is refused in one line."""

import pytest
from computegap.arithmetic import CalculationError, evaluate, names_in

NAMES = {"C026": 4.0, "C006h": 15.0, "b200": 2.25}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("7", 7),
        ("0.85", 0.85),
        ("C026", 4),
        ("C006h - C026 - 1", 10),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("52 / 3 / 2", 52 / 3 / 2),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("3 - -b200", 5.25),
        ("  (C026/2)**2 ", 4),
    ],
)
def test_a_sum_has_the_result_that_it_has_on_paper(text, result):
    assert evaluate(text, NAMES) == result


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "found 'the end' in '', expected a number, a name"),
        ("C026 +", "found 'the end' in 'C026 +', expected a number, a name"),
        ("C026 C026", "found 'C026' in 'C026 C026', expected one of + - * / **"),
        ("(C026", "found 'the end' in '(C026', expected one of + - * / ** or a closing"),
        ("C026)", "found ')' in 'C026)', expected one of + - * / ** or the end"),
        ("C999", "found the name 'C999' in 'C999', expected one of C026, C006h, b200"),
        ("C026.real", "found '.' in 'C026.real'"),
        ("__import__('os').system('id')", "found '_'"),
        ("C026.__class__", "found '.'"),
        ("@C026", "found '@'"),
        ("C026[0]", "found '['"),
        ("b200(C026)", "found '('"),
        ("C026 if C026 else 1", "found 'if'"),
        ("lambda: 1", "found the name 'lambda'"),
        ("C026; C026", "found ';'"),
        ("C026 == 4", "found '='"),
        ("C026 // 3", "found '/'"),
        ("C026 % 3", "found '%'"),
        ("'C026'", 'found "\'"'),
        ("1_000", "found '_'"),
        ("1e9", "found 'e9'"),
        ("\N{FULLWIDTH DIGIT ONE}", "found '\N{FULLWIDTH DIGIT ONE}'"),
        ("C026 \N{MULTIPLICATION SIGN} 2", "found '\N{MULTIPLICATION SIGN}'"),
        ("the end", "found the name 'the'"),
        ("1 / 0", "expected a sum with a result"),
        ("9 ** 9 ** 9", "expected a sum with a result"),
        ("(0 - 8) ** 0.5", "expected a sum with a result"),
        ("9" * 200 + "1", "found 201 characters, expected a calculation of at most 200"),
        ("(" * 200, "found 'the end'"),
        ("-" * 200, "found 'the end'"),
        ("2**" * 60, "found 'the end'"),
    ],
)
def test_anything_else_is_refused_with_what_was_found_and_expected(text, said):
    with pytest.raises(CalculationError) as refused:
        evaluate(text, NAMES)
    assert said in str(refused.value)
    assert "expected" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_names_are_found_whole():
    assert names_in("b200 * (C026 + 2)") == ["b200", "C026"]
