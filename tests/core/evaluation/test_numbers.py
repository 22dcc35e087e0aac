"""Numbers as people write them: one rule, and what it cannot decide has two values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.checks import Number
from skillopt.core.evaluation.numbers import DecimalSign, last_number


def values(text: str, *, decimal: DecimalSign | None = None) -> tuple[Decimal, ...]:
    found = last_number(text, decimal=decimal)
    return found.values if found else ()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("42", 42),
        ("The answer is **42**.", 42),
        ("-5", -5),
        ("\u22125 °C", -5),
        ("+7", 7),
        ("3-5", 5),
        ("x=-5", -5),
        ("(5) - 3", 3),
        ("1,234.5", 1234.5),
        ("1,234,567", 1234567),
        ("1\u202f234", 1234),
        ("1,2345", 1.2345),
        ("1,23", 1.23),
        ("12 %", 12),
        ("12%", 12),
        ("$12.50", 12.5),
        ("EUR12.50", 12.5),
        ("6.02e23", 6.02e23),
        ("1E-3", 0.001),
        (".5", 0.5),
        ("5.", 5),
        ("v1.2.3", 3),
        ("007", 7),
        ("between 3 and 4, so 3.5", 3.5),
        ("٣", 3),
        ("5．5", 5.5),
        ("１，２３４．５", 1234.5),
        ("\u20115", -5),
        ("\u20105", -5),
        ("1_000", 1000),
        ("1\u2008234\u200a567", 1234567),
        ("½", 0.5),
        ("1½ cups", 1.5),
        ("2 ½", 2.5),
        ("-2¼", -2.25),
        ("1.5 × 10^3", 1500),
        ("1.5×10³", 1500),
        ("1.5 × 10⁻³", 0.0015),
        ("$6.02 \\times 10^{23}$", 6.02e23),
        ("2 * 10**-2", 0.02),
        ("4 x 10", 10),
        ("3 · 10^4000", 4000),
        ("(5)", 5),
        ("5-6", 6),
        ("2024-01-02", 2),
        ("5k", 5),
        ("3,14", 3.14),
        ("-0,5 kg", -0.5),
        ("0,125", 0.125),
        ("1234,567", 1234.567),
        ("1.234", 1.234),
        ("1.234,50 €", 1234.5),
        ("1.234.567", 1234567),
        ("1.234.567,8", 1234567.8),
        ("1 234", 1234),
        ("1 234 567,89 zł", 1234567.89),
        ("1\u00a0234,5", 1234.5),
        ("1\u2009234\u2009567", 1234567),
        ("1'234.50 CHF", 1234.5),
        ("1\u2019234\u2019567", 1234567),
        ("12,34,567.89", 1234567.89),
        ("\u2212€1.234,50", -1234.5),
        ("-$ 12.50", -12.5),
        ("$-12.50", -12.5),
        ("\u20135", -5),
        ("3\u20135", 5),
        ("50,5 %", 50.5),
        ("1,2,3", 3),
        ("2020 100,5", 100.5),
        ("-2020 100", 100),
        ("on 05.01.2024", 2024),
        ("10.0.0.1", 1),
        ("1,234e2 and 1,5e2", 150),
        ("half is 0.5, in all 1,234", 1234),
        ("halb ist 0,5, ganz 1,234", 1.234),
        ("1.234.567, then 1,234", 1.234),
    ],
)
def test_the_last_number_counts(text: str, number: float) -> None:
    assert values(text) == (Decimal(str(number)),)


@pytest.mark.parametrize("text", ["1,234", "-12,345", "€ 999,000", "1,5 and 2.5 and 1,234"])
def test_a_comma_before_three_digits_has_two_values(text: str) -> None:
    digits = text.rsplit(maxsplit=1)[-1]
    assert values(text) == (Decimal(digits.replace(",", "")), Decimal(digits.replace(",", ".")))


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234", ",", "1234"),
        ("1.234", ".", "1.234"),
        ("3.14", ",", "3.14"),
        ("3,14", ".", "3.14"),
        ("1.234,5", ".", "1234.5"),
        ("0.5 and 1,234", ",", "1.234"),
    ],
)
def test_a_given_decimal_sign_decides(text: str, decimal: DecimalSign, number: str) -> None:
    assert values(text, decimal=decimal) == (Decimal(number),)


def test_a_per_cent_sign_is_seen() -> None:
    for text in ("12%", "12 %", "12\u202f%"):
        found = last_number(text)
        assert found
        assert found.per_cent
    for text in ("12٪", "12\u202f％"):
        assert (last_number(text) or found).per_cent
    assert not (last_number("12 per cent") or found).per_cent


@pytest.mark.parametrize("text", ["", "none", "1e999", "²", "twelve", "-", "9" * 400])
def test_no_number(text: str) -> None:
    assert last_number(text) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_as_it_is_written(number: float) -> None:
    assert values(f"It is {number!r}") == (Decimal(repr(number)),)


@given(
    st.decimals(-(10**12), 10**12, places=2),
    st.sampled_from(((",", "."), (".", ","), (" ", ","), ("\u202f", ","), ("'", "."), ("", ","))),
    st.sampled_from(("-", "\u2212", "\u2013")),
)
def test_every_way_of_writing_has_its_value(
    number: Decimal, marks: tuple[str, str], minus: str
) -> None:
    group, decimal = marks
    text = f"{number:,.2f}".translate({ord(","): group, ord("."): decimal, ord("-"): minus})
    assert values(f"Total: {text} €") == (number,)


@given(st.integers(-(10**15), 10**15))
def test_grouped_thousands(number: int) -> None:
    assert number in values(f"{number:,}")
    assert values(f"{number:,}", decimal=".") == (number,)


@given(st.text() | st.text(alphabet="0123,. '-e%$\u2212\u202f"))
def test_any_text_has_a_number_or_none(text: str) -> None:
    for decimal in (None, ".", ","):
        assert all(one.is_finite() for one in values(text, decimal=decimal))


def test_a_long_run_of_marks_is_read() -> None:
    assert values("1," * 100_000 + "7") == (7,)


def test_a_check_without_a_decimal_sign_keeps_its_digest() -> None:
    assert "decimal" not in Number(type="number").model_dump()
    given = Number(type="number", decimal=",")
    assert Number.model_validate(given.model_dump()) == given


@pytest.mark.parametrize("mark", ["\u061c", "\u200e", "\u200f", "\u2066", "\u202b"])
def test_marks_of_direction_are_no_part_of_a_number(mark: str) -> None:
    for written in (f"{mark}-12,5", f"-{mark}12,5", f"-12{mark},5", f"-12,5{mark}"):
        found = last_number(f"x {written}")
        assert found is not None
        assert found.values == (Decimal("-12.5"),)
