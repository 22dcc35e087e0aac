"""What a target's own calls change keeps its identity; what its owner changes does not."""

from __future__ import annotations

from typing import Any

from skillopt.adapters.targets import CallableTarget


def counting(log: list[str], settings: dict[str, str]) -> Any:
    def agent(skill: str, question: str) -> str:
        log.append(question)
        return settings["model"] if len(log) < 9 else ""

    return agent


def test_a_log_of_its_calls_makes_no_other_target() -> None:
    log: list[str] = []
    settings = {"model": "a"}
    agent = counting(log, settings)
    first = CallableTarget(agent)
    log.append("called")
    first.settle()
    second = CallableTarget(agent)
    assert second.identity == first.identity == first.renewed().identity
    assert CallableTarget(counting([], {"model": "a"})).identity == first.identity
    second.settle()
    settings["model"] = "b"
    assert CallableTarget(agent).identity != first.identity
    assert second.renewed().identity == CallableTarget(agent).identity


def test_a_change_between_two_sessions_is_seen_although_it_was_called() -> None:
    log: list[str] = []
    agent = counting(log, {"model": "a"})
    first = CallableTarget(agent)
    first.settle()
    log.append("by its owner")
    assert CallableTarget(agent).identity != first.identity


def test_methods_are_recognized_by_their_object() -> None:
    class Desk:
        calls = 0

        def answer(self, skill: str, question: str) -> str:
            self.calls += 1
            return "a"

    desk = Desk()
    first = CallableTarget(desk.answer)
    desk.answer("", "")
    first.settle()
    assert CallableTarget(desk.answer).identity == first.identity
    assert CallableTarget(Desk().answer).identity != first.identity or desk.calls == 1
    named = CallableTarget(desk.answer, identity="desk 1")
    named.settle()
    assert CallableTarget(desk.answer, name="desk 1").identity == named.identity
