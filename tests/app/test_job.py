"""A job: roles, tasks, settings and ledger, read once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skillopt.app.job import Roles, read_job
from skillopt.core.evaluation.checks import Rubric
from skillopt.core.events import Stopped
from skillopt.errors import MissingModelError, SettingsError, ValidationSetError
from tests.app.jobs import job
from tests.scripted import SKILL, agent, learner, tasks
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget

RUBRIC = tasks((Rubric(type="rubric", criteria=("desk",)),))


def test_strings_name_models_and_objects_fill_roles() -> None:
    target = ScriptedTarget()
    made = job(target=target, optimizer="openai/b", proposes=True)
    assert made.roles == Roles(target=target)
    assert made.roles.filled == frozenset({"target"})
    assert made.inputs.settings.optimizer == "openai/b"
    assert made.inputs.settings.target is None


def test_every_setting_may_be_given() -> None:
    assert job(rounds=3, siblings=["parcels"]).inputs.settings.siblings == ("parcels",)
    with pytest.raises(SettingsError, match="unknown setting 'round'; did you mean 'rounds'"):
        job(round=3)


def test_a_role_without_a_model_is_an_error_before_anything_is_built() -> None:
    with pytest.raises(MissingModelError, match="no model for the optimizer"):
        job(proposes=True)
    assert job(proposes=True, optimizer=learner).roles.optimizer is learner
    with pytest.raises(MissingModelError, match="no model for the target"):
        read_job(SKILL, validation_set=tasks())


def test_checks_of_ones_own_come_by_name() -> None:
    def right(answer: str, task: Any) -> bool:
        return answer == task.expected

    assert job(checks={"right": right}).roles.checks == {"right": right}
    assert job(checks=None).roles.checks == {}


def test_a_ledger_is_an_object_a_path_or_a_setting(tmp_path: Path) -> None:
    ledger = MemoryLedger()
    assert job(ledger=ledger).ledger is ledger
    assert job(ledger=tmp_path / "l.db").ledger == tmp_path / "l.db"
    named = job(ledger="sqlite:///l.db")
    assert (named.ledger, named.inputs.settings.ledger) == ("sqlite:///l.db", "sqlite:///l.db")
    (tmp_path / "skillopt.toml").write_text('ledger = "mine.db"\n')
    assert job(ledger=None).ledger == str(tmp_path / "mine.db")
    (tmp_path / "skillopt.toml").unlink()
    assert job(ledger=None).ledger is None


def test_events_go_to_the_listener_or_nowhere() -> None:
    heard: list[Any] = []
    event = Stopped(reason="rounds")
    job(on_event=heard.append).emit(event)
    job().emit(event)
    assert heard == [event]


def test_a_target_that_judges_itself_is_noted() -> None:
    models = {"target": "openai/a", "judge": "openai/a", "allow_self_judging": True}
    assert job(validation_set=RUBRIC, **models).self_judged
    assert not job(validation_set=RUBRIC, judge=learner).self_judged


def test_a_single_edit_is_decided_by_its_own_gate_unless_one_is_named() -> None:
    made = job(target=agent, rounds=3)
    single = made.for_single_edit()
    assert (made.inputs.settings.gate, single.inputs.settings.gate) == (None, "race")
    assert single.inputs.settings.rounds == 3
    assert single.roles == made.roles
    assert job(gate="exact").for_single_edit().inputs.settings.gate == "exact"


def test_each_command_asks_for_the_splits_it_uses() -> None:
    only = tasks().model_copy(update={"tasks": tasks().split("validation")})
    assert job(validation_set=only).for_single_edit().inputs.settings.for_single_edit()
    with pytest.raises(ValidationSetError, match="no task is in the split `train` and `test`"):
        job(validation_set=only, proposes=True, optimizer=learner)
    without = tasks().model_copy(update={"tasks": tasks().split("train")})
    with pytest.raises(ValidationSetError, match="no task is in the split `validation`"):
        job(validation_set=without).for_single_edit()
