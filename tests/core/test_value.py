"""What every value shares: it is frozen, and knows its fields."""

from __future__ import annotations

from functools import cached_property

import pytest
from pydantic import ValidationError

from skillopt.core.value import Value, is_absent, is_empty


class Point(Value):
    x: int
    y: int = 0

    @cached_property
    def total(self) -> int:
        return self.x + self.y


def test_a_value_is_frozen_and_knows_its_fields() -> None:
    point = Point(x=1)
    with pytest.raises(ValidationError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(ValidationError, match="z"):
        Point.model_validate({"x": 1, "z": 3})
    assert point == Point(x=1, y=0) != Point(x=1, y=1)


def test_a_copy_works_out_anew_what_followed_from_the_fields() -> None:
    point = Point(x=1)
    assert point.total == 1
    assert point.model_copy(update={"y": 5}).total == 6
    assert point.total == 1


def test_a_field_is_left_out_while_it_says_nothing() -> None:
    assert [is_absent(value) for value in (None, 0, "", ())] == [True, False, False, False]
    assert [is_empty(value) for value in ((), "", False, {}, "a", (0,))] == [True] * 4 + [False] * 2
