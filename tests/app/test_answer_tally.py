"""The tally of a run's answers."""

from __future__ import annotations

from skillopt.app.answer_tally import AnswerTally
from skillopt.core.evaluation.answer_faults import AnswerFault, AnswerFaults
from skillopt.core.events import AnswersLacking, Event, RunStarted


def test_an_answer_counts_once_and_every_event_is_passed_on() -> None:
    seen: list[Event] = []
    tally = AnswerTally(seen.append)
    first = AnswersLacking(purpose="validation", faults={"a": AnswerFault.EMPTY})
    second = AnswersLacking(purpose="train", faults={"a": AnswerFault.EMPTY, "b": AnswerFault.CUT})
    started = RunStarted(run="r", skill="s", resumed=False, rounds_done=0)
    for event in (started, first, second):
        tally.see(event)
    assert seen == [started, first, second]
    assert tally.keys == {"a", "b"}
    assert tally.counted({}) == AnswerFaults(empty=1, cut=1)


def test_what_is_stored_wins() -> None:
    tally = AnswerTally(lambda _event: None)
    refused = dict.fromkeys("ab", AnswerFault.REFUSED)
    tally.see(AnswersLacking(purpose="validation", faults=refused))
    stored = {"a": None, "b": AnswerFault.REFUSED, "c": AnswerFault.CUT}
    assert tally.counted(stored) == AnswerFaults(refused=1, cut=1)
