"""What two runs have in common, and what not."""

from __future__ import annotations

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.history.comparison import RunSide, comparison_of
from skillopt.core.history.views import RunSummary
from skillopt.core.loop_settings import LoopSettings
from tests.adapters.ledger.samples import a_run


def side(**changes: object) -> RunSide:
    record = a_run(**changes)
    run = RunSummary(
        record=record, target=record.target, identity_unknown=False, rounds=0, accepted=0
    )
    return RunSide(run=run, rounds=(), usage=Usage())


def test_settings_are_compared_one_by_one() -> None:
    settings = LoopSettings()
    gate = settings.gate.model_copy(update={"alpha": 0.2})
    other = settings.model_copy(update={"gate": gate})
    found = comparison_of(side(), side(settings=other, judge="a/judge", validation_set="other"))
    assert [(one.name, one.first, one.second) for one in found.differs][1:] == [
        ("judge", "none", "a/judge"),
        ("gate.alpha", "0.1", "0.2"),
    ]
    assert not found.same_tasks


def test_a_run_differs_in_nothing_from_itself() -> None:
    found = comparison_of(side(), side())
    assert found.differs == found.both == ()
