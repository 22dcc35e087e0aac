"""A skill's tasks as a promptfoo config."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from skillopt.app.export_tasks import export_tasks
from skillopt.app.scaffold import create_skill
from skillopt.errors import InputError


def test_the_config_names_the_skill_from_where_it_lies(tmp_path: Path) -> None:
    skill, *_ = create_skill("answer-questions", folder=tmp_path)
    out = tmp_path / "evals" / "promptfooconfig.yaml"
    done = export_tasks(skill.parent, out=out)
    assert (done.tests, done.refused) == (6, {})
    content = yaml.safe_load(out.read_text())
    assert content["defaultTest"]["vars"]["skill"] == "file://../skills/answer-questions/SKILL.md"
    assert content["tests"][0]["assert"] == [{"type": "equals", "value": "yes", "metric": "right"}]
    with pytest.raises(InputError, match="exists already; nothing was written"):
        export_tasks(skill, out=out)
    with pytest.raises(InputError, match="ends in"):
        export_tasks(skill, out=tmp_path / "a.json")
