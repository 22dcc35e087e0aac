"""Events from far below name what is worked on."""

from __future__ import annotations

import asyncio

from skillopt.core.current_work import placed, working_on
from skillopt.core.events import RolloutStarted, Stopped


def test_an_event_gets_what_it_has_a_field_for_and_keeps_what_it_says() -> None:
    with working_on(run="r", task="t", trial=2, version="v", split="test"):
        whole = placed(RolloutStarted())
        assert (whole.run, whole.task, whole.trial, whole.version, whole.split) == (
            "r", "t", 2, "v", "test",
        )  # fmt: skip
        assert placed(Stopped(reason="rounds")) == Stopped(run="r", reason="rounds")
        assert placed(RolloutStarted(task="mine", trial=None)).task == "mine"
        assert placed(RolloutStarted(task="mine", trial=None)).trial is None
        assert placed(Stopped(reason="rounds"), run="other").run == "other"
        with working_on(run="inner"):
            assert placed(RolloutStarted()).task == ""
        assert placed(RolloutStarted()).task == "t"
    assert placed(Stopped(reason="rounds")).run == ""


async def test_tasks_side_by_side_do_not_mix() -> None:
    async def work(name: str) -> list[str]:
        with working_on(task=name):
            seen = []
            for _ in range(3):
                await asyncio.sleep(0)
                seen.append(placed(RolloutStarted()).task)
            return seen

    assert await asyncio.gather(work("a"), work("b")) == [["a"] * 3, ["b"] * 3]
