from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from skillopt.app.triggers import Triggering, measure_triggers
from skillopt.core.evaluation.rollout import Answer
from skillopt.core.evaluation.trace import ToolCall, Trace
from skillopt.errors import InputError, RunStopped, SettingsError

HEAD = "---\nname: sort-letters\ndescription: Sorts letters by desk.\n---\n"
QUERIES = [
    *({"query": f"sort these letters {n}", "should_trigger": True} for n in range(5)),
    {"query": "which desk?", "should_trigger": True},
    *({"query": f"cook rice {n}", "should_trigger": False} for n in range(5)),
    {"query": "write sorted letters by hand", "should_trigger": False},
]


@pytest.fixture
def skill(tmp_path: Path) -> Path:
    for name, head in [
        ("sort-letters", HEAD),
        ("cook", "---\nname: cook\ndescription: Cooks rice.\n---\n"),
    ]:
        (tmp_path / "skills" / name).mkdir(parents=True)
        (tmp_path / "skills" / name / "SKILL.md").write_text(head + "Body\n")
    (tmp_path / "skillopt.toml").write_text("practice = true\n")
    (tmp_path / "validation_sets").mkdir()
    queries(tmp_path / "validation_sets" / "sort-letters.triggers.json")
    return tmp_path / "skills" / "sort-letters" / "SKILL.md"


def queries(path: Path) -> None:
    path.write_text(json.dumps(QUERIES))


def measured(skill: Path, **more: Any) -> Triggering:
    return measure_triggers(skill, ledger=skill.parent / "ledger.db", **more)


def test_recall_and_false_triggers_beside_neighbours(skill: Path) -> None:
    found = measured(skill, neighbours=str(skill.parent.parent))
    assert found.recall is not None
    assert found.false_triggers is not None
    assert found.recall.mean == pytest.approx(5 / 6)
    assert found.false_triggers.mean == pytest.approx(1 / 6)
    assert found.recall.low < 5 / 6 < found.recall.high
    assert (found.neighbours, found.trials, found.passed) == (("cook",), 1, 10)
    cooked = [one for one in found.queries if "cook" in one.query]
    assert {one.others for one in cooked} == {("cook",)}


def test_a_model_that_errs_is_asked_several_times(skill: Path) -> None:
    found = measured(skill, target_params={"noise": 0.5}, trials=8)
    assert found.trials == 8
    assert found.recall is not None
    assert 0 < found.recall.mean < 5 / 6
    again = measured(skill, target_params={"noise": 0.5}, trials=8)
    assert again == found  # from the ledger


def test_skill_creators_file_is_found_too(skill: Path) -> None:
    named = skill.parents[2] / "validation_sets" / "sort-letters.triggers.json"
    (skill.parent / "evals").mkdir()
    queries(skill.parent / "evals" / "eval_queries.json")
    with pytest.raises(
        SettingsError, match=r"several trigger sets found: .*name one with --triggers"
    ):
        measured(skill)
    named.unlink()
    assert len(measured(skill).queries) == 12
    (skill.parent / "evals" / "eval_queries.json").unlink()
    with pytest.raises(SettingsError, match="no trigger set found"):
        measured(skill)


def test_a_validation_sets_header_names_them_too(skill: Path) -> None:
    folder = skill.parents[2] / "validation_sets"
    (folder / "sort-letters.triggers.json").rename(folder / "asked.json")
    task = "- {{id: {0}, split: {0}, input: ask {0}, expected: y}}\n"
    tasks = "".join(task.format(split) for split in ("train", "validation", "test"))
    head = "settings: {triggers: asked.json, neighbours: ../skills}\nchecks: [{type: exact}]\n"
    (folder / "sort-letters.yaml").write_text(f"{head}tasks:\n{tasks}")
    found = measured(skill)
    assert (len(found.queries), found.neighbours) == (12, ("cook",))


def test_an_agent_says_by_its_trace_what_it_loaded(skill: Path) -> None:
    def agent(_skill: str, asked: str) -> Answer:
        loads = (ToolCall(name="Skill", arguments={"skill": "sort-letters"}),) * ("sort" in asked)
        return Answer(text="", trace=Trace(steps=loads))

    assert measured(skill, target=agent, trials=1).passed == 10
    with pytest.raises(InputError, match="says nothing of its tool calls"):
        measured(skill, target=lambda _skill, _asked: "sorted")


def test_a_provider_that_is_down_is_no_score(skill: Path) -> None:
    down: dict[str, Any] = {"target": "openai/m", "target_api_base": "http://127.0.0.1:1/v1"}
    with pytest.raises(RunStopped, match="Is the server running"):
        measured(skill, **down, max_attempts=1, health_check=False)


def test_two_queries_are_enough_to_measure(skill: Path, tmp_path: Path) -> None:
    (tmp_path / "validation_sets" / "sort-letters.triggers.json").write_text(
        json.dumps([QUERIES[0], QUERIES[6]])
    )
    found = measured(skill)
    assert len(found.queries) == 2
    assert (found.recall is None, found.false_triggers is None) == (False, False)
