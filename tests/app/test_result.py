"""What a run gives back: the version to use follows from what shipped."""

from __future__ import annotations

import typing

import pytest

from skillopt.app.result import Run, Shipped, Written
from skillopt.core.evaluation.rollout import Usage
from tests.adapters.ledger.samples import a_run, an_end
from tests.app.jobs import BETTER
from tests.scripted import SKILL


def run(shipped: Shipped) -> Run:
    return Run(
        record=an_end(a_run()),
        first=SKILL,
        last=BETTER,
        shipped=shipped,
        rounds=(),
        written=Written(path=None, note="nothing was written"),
    )


@pytest.mark.parametrize("shipped", typing.get_args(Shipped))
def test_the_version_to_use_is_the_last_one_where_it_ships(shipped: Shipped) -> None:
    expected = BETTER if shipped in {"improved", "no worse", "not certified"} else SKILL
    assert run(shipped).skill == expected


def test_the_sealed_test_and_the_spend_are_the_records() -> None:
    made = run("improved")
    assert made.sealed is not None
    assert made.sealed == made.record.sealed
    assert made.usage == made.record.usage == Usage(calls=5, cost=None)


def test_a_run_survives_json() -> None:
    assert Run.model_validate_json(run("improved").model_dump_json()) == run("improved")
