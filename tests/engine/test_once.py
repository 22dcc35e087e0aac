"""A result that is made once."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from skillopt.engine.once import once


@dataclass(frozen=True)
class Clerk:
    asked: list[str] = field(default_factory=list)
    down: list[bool] = field(default_factory=list)

    @once
    async def answer(self) -> str | None:
        """Made where nothing is in the way."""
        self.asked.append("answer")
        if self.down and self.down.pop():
            raise ConnectionError
        return None

    @once
    async def other(self) -> int:
        """A result of its own."""
        self.asked.append("other")
        return len(self.asked)


async def test_the_first_result_stays_also_where_it_is_none() -> None:
    clerk = Clerk()
    assert [await clerk.answer(), await clerk.answer()] == [None, None]
    assert [await clerk.other(), await clerk.other()] == [2, 2]
    assert clerk.asked == ["answer", "other"]


async def test_each_object_has_its_own() -> None:
    first, second = Clerk(), Clerk()
    await first.answer()
    assert second.asked == []


async def test_what_failed_is_made_again() -> None:
    clerk = Clerk(down=[True])
    with pytest.raises(ConnectionError):
        await clerk.answer()
    await clerk.answer()
    await clerk.answer()
    assert clerk.asked == ["answer", "answer"]
