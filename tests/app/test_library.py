"""A library, read before any call."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.app.library import plan_of, read_library
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import InputError, SettingsError
from tests.app.one_library import library, options
from tests.scripted import tasks
from tests.standins_ledger import MemoryLedger


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_limits_are_those_of_all_and_files_limit_each_run(tmp_path: Path) -> None:
    library(tmp_path, "a", "b")
    (tmp_path / "skillopt.toml").write_text("max_tokens = 900\npractice = true\n")
    found = read_library(["skills"], {"max_calls": 50})
    assert found.limits == SpendLimits(max_calls=50)
    own = [one.job.inputs.settings.limits() for one in found.skills]
    assert own == 2 * [SpendLimits(max_tokens=900)]


def test_the_plan_names_each_skill_and_the_most_that_all_may_take(tmp_path: Path) -> None:
    library(tmp_path, "a", "b")
    (tmp_path / "skills/bare").mkdir()
    (tmp_path / "skills/bare/SKILL.md").write_text("# Bare\n")
    plan = plan_of(read_library(["skills"], {"practice": True, "rounds": 1}))
    assert sorted(one.path for one in plan.skills) == ["skills/a/SKILL.md", "skills/b/SKILL.md"]
    assert {one.entry_calls for one in plan.skills} == {24 + 2 * 24}
    assert plan.left_out == ("skills/bare/SKILL.md",)
    alone = [one.estimate for one in plan.skills if one.estimate]
    assert plan.most_calls == sum(role.calls for one in alone for role in one.roles)
    limited = plan_of(read_library(["skills"], {"practice": True, "max_calls": 100}))
    assert limited.most_calls == 100


def test_a_role_that_is_an_object_has_no_estimate(tmp_path: Path) -> None:
    library(tmp_path, "a")
    plan = plan_of(read_library(["skills"], options(MemoryLedger(), max_calls=9)))
    assert plan.skills[0].estimate is None
    assert plan.most_calls == 9


def test_roles_that_are_alike_are_checked_once(tmp_path: Path) -> None:
    library(tmp_path, "a", "b")
    models = {"target": "openai/x", "optimizer": "openai/y"}
    found = read_library(["skills"], models)
    assert [one.job.inputs.settings.health_check for one in found.skills] == [True, False]


@pytest.mark.parametrize(
    ("paths", "more", "says"),
    [
        (["."], {"validation_set": tasks()}, "validation_set is for one skill"),
        (["."], {"max_calls": -1}, "max_calls"),
        (["."], {"rounds": -1}, "rounds"),
        (["empty"], {}, "no skill found in empty"),
        (["bare"], {}, "no skill in bare has tasks"),
    ],
)
def test_what_cannot_be_tuned_is_said(
    tmp_path: Path, paths: list[str], more: dict[str, object], says: str
) -> None:
    library(tmp_path, "a")
    (tmp_path / "empty").mkdir()
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare/SKILL.md").write_text("# Bare\n")
    with pytest.raises(InputError, match=says) as raised:
        read_library(paths, {"practice": True, **more})
    assert isinstance(raised.value, SettingsError) or not more
